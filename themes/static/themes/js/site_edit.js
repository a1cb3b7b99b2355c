// The editor of a firm's site: the page in a frame, in which a click opens a block; what is saved is drawn anew in place.

const editor = document.querySelector("[data-site-editor]");
const box = editor.querySelector("[data-frame]");
const panel = document.getElementById("site-panel");
const saved = editor.querySelector("[data-saved]");
const { htmx } = window;
let open = "";

const frame = document.createElement("iframe");
frame.title = editor.dataset.textFrame;
frame.src = editor.dataset.preview;
box.append(frame);

// --- in the frame ----------------------------------------------------------------------------------------------------

function mark(code, { scroll = false } = {}) {
  open = code;
  for (const block of frame.contentDocument.querySelectorAll("[data-block]")) {
    block.classList.toggle("is-open", block.dataset.block === code);
    if (scroll && block.dataset.block === code) block.scrollIntoView({ block: "nearest" });
  }
}

function toPanel(url) {
  return htmx.ajax("GET", url, { source: panel, target: panel, swap: "innerHTML" });
}

function openBlock(code) {
  mark(code);
  toPanel(editor.dataset.block.replace("CODE", code)).then(() => {
    panel.querySelector("input:not([type=hidden]), textarea:not([hidden]), select")?.focus({ preventScroll: true });
  });
}

function inFrame(event) {
  const link = event.target.closest("a");
  // the menu leads from page to page of the editor; everything else stays where it is
  if (link?.target === "_top" || link?.closest(".site-header nav, .site-footer nav")) {
    event.preventDefault();
    window.location.assign(link.href);
    return;
  }
  const block = event.target.closest("[data-block]");
  const button = event.target.closest("[data-do], [data-add], [data-open]");
  if (!event.target.closest("summary")) event.preventDefault();
  if (button?.dataset.do) {
    const url = editor.dataset.blockDo.replace("CODE", block.dataset.block);
    htmx.ajax("POST", url, { source: panel, swap: "none", values: { do: button.dataset.do } });
  } else if (button && "add" in button.dataset) {
    toPanel(`${editor.dataset.add}&after=${button.dataset.add}`).then(() => panel.focus());
  } else if (block) {
    openBlock(block.dataset.block);
  }
}

frame.addEventListener("load", () => {
  frame.contentDocument.addEventListener("click", inFrame);
  frame.contentDocument.addEventListener("submit", (event) => event.preventDefault());
  if (open) mark(open);
});

async function redraw() {
  const answer = await fetch(editor.dataset.preview, { cache: "no-store" });
  if (!answer.ok) { window.location.reload(); return; }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const shown = frame.contentDocument;
  shown.documentElement.dataset.theme = fresh.documentElement.dataset.theme;
  const { scrollY } = frame.contentWindow;
  shown.body.replaceWith(shown.adoptNode(fresh.body));
  frame.contentWindow.scrollTo({ top: scrollY, behavior: "instant" });
  mark(open, { scroll: true });
}

// --- what was saved --------------------------------------------------------------------------------------------------

document.body.addEventListener("site-changed", (event) => {
  const { block } = event.detail;
  const form = panel.querySelector("[data-block-form]");
  open = block || "";
  saved.textContent = editor.dataset.textSaved;
  redraw();
  htmx.ajax("GET", editor.dataset.bar, { source: "#site-bar", target: "#site-bar", swap: "innerHTML" });
  // a list of blocks shows their order; the form of a block that is gone has nothing to say
  if (panel.querySelector("[data-rows]") || (form && form.dataset.blockForm !== block)) toPanel(editor.dataset.panel);
});

panel.addEventListener("htmx:beforeRequest", () => { saved.textContent = ""; });

// --- the list of blocks ----------------------------------------------------------------------------------------------

function arm() {
  const rows = panel.querySelector("[data-rows]");
  const form = panel.querySelector("[data-block-form]");
  if (form) mark(form.dataset.blockForm, { scroll: true });
  if (!rows || rows.dataset.armed || !globalThis.Sortable) return;
  rows.dataset.armed = "yes";
  globalThis.Sortable.create(rows, {
    handle: "[data-grip]",
    animation: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 120,
    onEnd: () => {
      const block = [...rows.children].map((row) => row.dataset.code);
      htmx.ajax("POST", rows.dataset.order, { source: panel, swap: "none", values: { page: editor.dataset.page, block } });
    },
  });
}

panel.addEventListener("htmx:afterSettle", arm);
window.addEventListener("DOMContentLoaded", arm);
if (document.readyState !== "loading") arm();

for (const button of editor.querySelectorAll("[data-width]")) {
  button.addEventListener("click", () => {
    box.classList.toggle("is-phone", button.dataset.width === "phone");
    for (const other of editor.querySelectorAll("[data-width]")) other.setAttribute("aria-pressed", String(other === button));
  });
}
