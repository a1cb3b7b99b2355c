// Choosing lines of a list: the bar of actions, all at once, ranges with Shift, and the keys j, k, x and Enter.

const boxes = () => [...document.querySelectorAll("[data-bulk-row]")];
let last = null;

function show() {
  const all = boxes();
  const chosen = all.filter((box) => box.checked);
  for (const head of document.querySelectorAll("[data-bulk-all]")) {
    head.checked = all.length > 0 && chosen.length === all.length;
    head.indeterminate = chosen.length > 0 && chosen.length < all.length;
  }
  for (const bar of document.querySelectorAll("[data-bulk-bar]")) {
    bar.hidden = chosen.length === 0;
    const count = bar.querySelector("[data-bulk-count]");
    const text = chosen.length === 1 ? count.dataset.one : count.dataset.many.replace("%s", chosen.length);
    if (count.textContent !== text) count.textContent = text;
  }
  for (const box of all) box.closest("tr").classList.toggle("dd-chosen", box.checked);
}

document.addEventListener("click", (event) => {
  const box = event.target.closest("[data-bulk-row]");
  if (!box) return;
  const all = boxes();
  if (event.shiftKey && last && all.includes(last)) {
    const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((a, b) => a - b);
    for (const between of all.slice(from, to + 1)) between.checked = box.checked;
  }
  last = box;
  show();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-bulk-all]")) for (const box of boxes()) box.checked = event.target.checked;
  if (event.target.matches("[data-bulk-all], [data-bulk-row]")) show();
});

document.addEventListener("htmx:afterSettle", () => { last = null; show(); });
window.addEventListener("pageshow", show);

// A download leaves the page where it is: the form may be sent again at once.
document.addEventListener("submit", (event) => {
  if (!event.submitter?.hasAttribute("data-bulk-stays")) return;
  const form = event.target;
  setTimeout(() => {
    delete form.dataset.sent;
    event.submitter.removeAttribute("aria-busy");
  }, 1500);
});

// --- keys ------------------------------------------------------------------------------------------------------------

function move(step) {
  const lines = [...document.querySelectorAll("tr[data-row]")];
  if (!lines.length) return;
  const here = lines.indexOf(document.querySelector("tr.dd-here"));
  const next = lines[Math.min(lines.length - 1, Math.max(0, here < 0 ? 0 : here + step))];
  for (const line of lines) line.classList.toggle("dd-here", line === next);
  next.querySelector("a.dd-row-link").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input, textarea, select, [contenteditable], dialog, .dropdown-menu");
  if (field && !field.matches("[data-bulk-row]")) return;
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "x") {
    const box = (event.target.closest("tr[data-row]") ?? document.querySelector("tr.dd-here"))?.querySelector("[data-bulk-row]");
    if (!box) return;
    box.checked = !box.checked;
    last = box;
    show();
  } else return;
  event.preventDefault();
});

show();
