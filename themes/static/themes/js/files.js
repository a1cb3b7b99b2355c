// The files of a dossier: their order by drag or buttons, and the panel that shows a file, its versions, its accesses.

// an event, not an import: app.js stands on the page under the name with its hash, and would run twice
const showToast = (level, text) => document.dispatchEvent(new CustomEvent("toast", { detail: { level, text } }));

// --- order -----------------------------------------------------------------------------------------------------------

const section = () => document.querySelector("[data-files]");
const rowsOf = (body) => [...body.querySelectorAll("[data-file]")];
let wanted = 0;

function arm(place) {
  for (const body of place.querySelectorAll("[data-files-rows]")) {
    marks(body);
    if (body.dataset.armed || !globalThis.Sortable) continue;
    body.dataset.armed = "yes";
    let before = [];
    globalThis.Sortable.create(body, {
      handle: "[data-grip]",
      animation: 150,
      ghostClass: "dd-dragged",
      onStart: () => { before = rowsOf(body); },
      onEnd: ({ item, oldIndex, newIndex }) => { if (oldIndex !== newIndex) save(body, item, before); },
    });
  }
}

// the first row cannot go up, the last not down; a disabled button would lose the focus
function marks(body) {
  const rows = rowsOf(body);
  rows.forEach((row, place) => {
    row.querySelector("[data-move=up]")?.setAttribute("aria-disabled", String(place === 0));
    row.querySelector("[data-move=down]")?.setAttribute("aria-disabled", String(place === rows.length - 1));
  });
}

async function save(body, row, before) {
  const form = document.getElementById("files-order");
  const rows = rowsOf(body);
  marks(body);
  const status = section()?.querySelector("[data-files-status]");
  const values = { name: row.dataset.name, place: rows.indexOf(row) + 1, count: rows.length };
  if (status) status.textContent = form.dataset.textMoved.replace(/%\((\w+)\)s/g, (_all, key) => values[key]);
  const data = new FormData();
  for (const one of rows) data.append("code", one.dataset.file);
  wanted += 1;
  const mine = wanted;
  let problem = form.dataset.textFailed;
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: data,
      headers: {
        "X-Requested-With": "XMLHttpRequest",
        "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value,
      },
    });
    if (answer.status === 204) return;
    if (answer.headers.get("Content-Type")?.startsWith("application/json")) problem = (await answer.json()).error;
  } catch {
    problem = document.getElementById("dd-toasts").dataset.failure;
  }
  if (status) status.textContent = "";
  showToast("error", problem);
  // a later move has been sent meanwhile: what it shows is newer
  if (mine !== wanted) return;
  body.append(...before.filter((one) => one.isConnected));
  marks(body);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-move]");
  if (!button) return;
  event.preventDefault();
  const row = button.closest("[data-file]");
  const body = row.parentElement;
  const before = rowsOf(body);
  const up = button.dataset.move === "up";
  const neighbour = up ? row.previousElementSibling : row.nextElementSibling;
  if (!neighbour) return;
  if (up) neighbour.before(row); else neighbour.after(row);
  button.focus();
  save(body, row, before);
});

// --- the panel -------------------------------------------------------------------------------------------------------

const panel = () => document.getElementById("files-panel");
const inside = () => document.getElementById("files-panel-body");

function show(source, title, address) {
  const dialog = panel();
  clear();
  document.getElementById("files-panel-title").textContent = title;
  const whole = dialog.querySelector("[data-panel-whole]");
  whole.hidden = !address;
  if (address) whole.href = address;
  dialog.classList.toggle("dd-panel-wide", "panelWide" in source.dataset);
  if (!dialog.open) dialog.showModal();
}

function clear() {
  for (const viewer of inside().querySelectorAll("[data-pdf-viewer]")) viewer.dispatchEvent(new Event("viewer:end"));
  inside().replaceChildren();
}

function load(method, address, values) {
  return globalThis.htmx.ajax(method, address, { target: "#files-panel-body", swap: "innerHTML", values });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-panel]");
  if (link && panel() && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey) {
    event.preventDefault();
    show(link, link.dataset.panelTitle, link.href);
    load("GET", link.dataset.panel || link.href);
    return;
  }
  if (event.target.closest("[data-panel-close]") || event.target === panel()) panel().close();
});

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-panel-form]");
  if (!form || !panel()) return;
  event.preventDefault();
  show(form, form.dataset.panelTitle, form.action);
  load("POST", form.action, Object.fromEntries(new FormData(form)));
}, true);

document.addEventListener("close", (event) => { if (event.target === panel()) clear(); }, true);

// what cannot be loaded must not leave an empty panel
for (const lost of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(lost, (event) => {
    if (event.detail.target === inside() && panel().open) inside().textContent = panel().dataset.textFailed;
  });
}

document.addEventListener("htmx:load", (event) => arm(event.detail.elt.parentElement ?? document));
if (document.readyState === "complete") arm(document);
else globalThis.addEventListener("load", () => arm(document));
