// The page of reminders: tags go where the caret is, by click, key or drag; and our own text comes back.

const form = document.querySelector("[data-reminders]");
const fields = [...form.querySelectorAll("[data-tagged]")];
let current = fields.at(-1);

for (const field of fields) field.addEventListener("focus", () => { current = field; });

const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

form.addEventListener("click", (event) => {
  const tag = event.target.closest("[data-tag]");
  if (tag) {
    current.setRangeText(tag.dataset.tag, current.selectionStart, current.selectionEnd, "end");
    current.focus();
    changed(current);
    return;
  }
  if (event.target.closest("[data-default]")) {
    event.preventDefault();
    const [subject, text] = fields;
    subject.value = form.dataset.defaultSubject;
    text.value = form.dataset.defaultText;
    text.focus();
    changed(text);
  }
});

form.addEventListener("dragstart", (event) => {
  const tag = event.target.closest("[data-tag]");
  if (!tag) return;
  event.dataTransfer.setData("text/plain", tag.dataset.tag);
  event.dataTransfer.effectAllowed = "copy";
});
