// Tags go where one writes, by click, drag or keyboard: into fields that bear data-tagged, rich text among them.

let current = null;

document.addEventListener("focusin", (event) => {
  const rich = event.target.closest("[data-rich]");
  const field = rich ? rich.querySelector("[data-tagged]") : event.target.closest("[data-tagged]");
  if (field) current = field;
});

function fieldFor(palette) {
  const root = palette.closest("form") ?? document;
  if (current?.isConnected && root.contains(current)) return current;
  return root.querySelector("[data-rich] [data-tagged]") ?? [...root.querySelectorAll("[data-tagged]")].at(-1);
}

function insert(field, text) {
  // a rich text answers for its source
  const event = new CustomEvent("dd:insert", { detail: text, cancelable: true });
  if (!field.dispatchEvent(event)) return;
  field.setRangeText(text, field.selectionStart, field.selectionEnd, "end");
  field.focus();
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("click", (event) => {
  const tag = event.target.closest("[data-tags] [data-tag]");
  if (!tag) return;
  const field = fieldFor(tag.closest("[data-tags]"));
  if (field) insert(field, tag.dataset.tag);
});

document.addEventListener("dragstart", (event) => {
  const tag = event.target.closest?.("[data-tags] [data-tag]");
  if (!tag) return;
  event.dataTransfer.setData("text/plain", tag.dataset.tag);
  event.dataTransfer.effectAllowed = "copy";
});

// One stop for the tab key; the arrows go on from there.
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

function stopAt(buttons, chosen) {
  for (const button of buttons) button.tabIndex = button === chosen ? 0 : -1;
}

for (const bar of document.querySelectorAll("[data-tags] [role=toolbar]")) {
  const buttons = [...bar.querySelectorAll("[data-tag]")];
  stopAt(buttons, buttons[0]);
  bar.addEventListener("focusin", (event) => stopAt(buttons, event.target.closest("[data-tag]")));
  bar.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(event.target);
    const to = { Home: 0, End: buttons.length - 1 }[event.key] ?? (STEPS[event.key] && at + STEPS[event.key]);
    if (to === undefined || at < 0) return;
    event.preventDefault();
    buttons.at(to % buttons.length).focus();
  });
}
