// The firm's calendar: a visit is dragged, or moved with Alt and the arrows, to another time, day or person.

const calendar = document.querySelector("[data-calendar]");
const form = document.querySelector("[data-calendar-form]");
const live = document.querySelector("[data-calendar-live]");

const ROW_PX = 5;
const ROW_MINUTES = 5;
const SNAP = 15;
const FAR_PX = 5;

const isGrid = calendar?.dataset.calendar === "grid";
const firstMinute = Number(calendar?.dataset.firstHour ?? 0) * 60;
const columns = [...(calendar?.querySelectorAll("[data-column]") ?? [])];
const linesEnd = columns[0] ? columns[0].querySelectorAll("a.dd-cal-line").length * 60 + firstMinute : 0;

let moving = null;

const minutesOf = (text) => { const [hours, minutes] = text.split(":").map(Number); return hours * 60 + minutes; };
const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
const rowOf = (minutes) => Math.floor((minutes - firstMinute) / ROW_MINUTES) + 1;

function begin(visit) {
  const minutes = minutesOf(visit.dataset.time);
  const column = columns.indexOf(visit.closest("[data-column]"));
  moving = { visit, column, minutes, length: Number(visit.dataset.minutes), from: { column, minutes } };
  visit.classList.add("dd-visit-moving");
  if (!isGrid) return;
  moving.ghost = visit.cloneNode(true);
  for (const name of ["id", "href", "data-move"]) moving.ghost.removeAttribute(name);
  moving.ghost.setAttribute("aria-hidden", "true");
}

function place(column, minutes) {
  const before = columns[moving.column];
  moving.column = Math.min(Math.max(column, 0), columns.length - 1);
  const now = columns[moving.column];
  if (isGrid) {
    moving.minutes = Math.min(Math.max(minutes, firstMinute), linesEnd - SNAP);
    const colour = [...moving.visit.classList].find((name) => name.startsWith("dd-c-"));
    const last = rowOf(moving.minutes + Math.max(moving.length, SNAP));
    moving.ghost.className = `dd-visit dd-visit-ghost ${colour} dd-r${rowOf(moving.minutes)} dd-e${last}`;
    moving.ghost.querySelector(".dd-visit-time").textContent =
      `${clock(moving.minutes)}–${clock(moving.minutes + moving.length)}`;
    if (moving.ghost.parentElement !== now) now.append(moving.ghost);
  } else {
    before.classList.remove("dd-cal-target");
    now.classList.add("dd-cal-target");
  }
}

function end() {
  moving.visit.classList.remove("dd-visit-moving");
  moving.ghost?.remove();
  for (const column of columns) column.classList.remove("dd-cal-target");
  document.documentElement.classList.remove("dd-dragging");
  moving = null;
}

function giveUp() {
  const { visit } = moving;
  end();
  live.textContent = live.dataset.givenUp;
  visit.focus({ preventScroll: true });
}

function send() {
  const { visit, column, minutes, from } = moving;
  if (column === from.column && minutes === from.minutes) { end(); return; }
  const target = columns[column];
  form.action = visit.dataset.move;
  form.elements.who.value = target.dataset.who;
  form.elements.day.value = target.dataset.day;
  form.elements.time.value = clock(minutes);
  form.elements.version.value = visit.dataset.version;
  form.requestSubmit();
}

function announce() {
  live.textContent = live.dataset.text
    .replace("{place}", columns[moving.column].dataset.place)
    .replace("{time}", clock(moving.minutes));
}

// --- with the mouse or a pen; a finger scrolls -----------------------------------------------------------------------

let pressed = null;
let dropped = false;

calendar?.addEventListener("pointerdown", (event) => {
  const visit = event.target.closest("[data-move]");
  if (!visit || event.button !== 0 || event.pointerType === "touch") return;
  if (moving) end();
  pressed = { visit, x: event.clientX, y: event.clientY, grip: event.clientY - visit.getBoundingClientRect().top };
});

document.addEventListener("pointermove", (event) => {
  if (!pressed) return;
  if (!moving) {
    if (Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) < FAR_PX) return;
    begin(pressed.visit);
    document.documentElement.classList.add("dd-dragging");
  }
  const column = columns.findIndex((each) => {
    const box = each.getBoundingClientRect();
    return event.clientX >= box.left && event.clientX < box.right
      && (isGrid || (event.clientY >= box.top && event.clientY < box.bottom));
  });
  const chosen = column < 0 ? moving.column : column;
  const top = columns[chosen].getBoundingClientRect().top;
  const minutes = ((event.clientY - pressed.grip - top) / ROW_PX) * ROW_MINUTES + firstMinute;
  place(chosen, isGrid ? Math.round(minutes / SNAP) * SNAP : moving.minutes);
  event.preventDefault();
});

document.addEventListener("pointerup", () => {
  if (!pressed) return;
  const dragged = Boolean(moving);
  pressed = null;
  if (!dragged) return;
  // the click that follows would open the visit
  dropped = true;
  setTimeout(() => { dropped = false; }, 0);
  send();
});

calendar?.addEventListener("click", (event) => { if (dropped) event.preventDefault(); }, true);

document.addEventListener("pointercancel", () => { pressed = null; if (moving) end(); });
calendar?.addEventListener("dragstart", (event) => event.preventDefault());

// --- with the keyboard ------------------------------------------------------------------------------------------------

const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

document.addEventListener("keydown", (event) => {
  if (moving && event.key === "Escape") { pressed = null; giveUp(); return; }
  const visit = event.target.closest?.("[data-move]");
  if (!visit || !calendar.contains(visit)) return;
  if (moving && event.key === "Enter") { event.preventDefault(); send(); return; }
  const arrow = ARROWS[event.key];
  if (!arrow || !event.altKey) return;
  event.preventDefault();
  if (moving && moving.visit !== visit) end();
  if (!moving) begin(visit);
  const [across, down] = arrow;
  const width = isGrid ? 0 : columns.filter((each) => each.dataset.who === columns[0].dataset.who).length;
  place(moving.column + across + down * width, moving.minutes + (isGrid ? down * SNAP : 0));
  announce();
});
