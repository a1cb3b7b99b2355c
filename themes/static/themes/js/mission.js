// The page of mission orders: tags go where one was typing, sections move up and down.

const form = document.querySelector("[data-tagging]");
const fields = [...form.querySelectorAll("[data-tagged]")];
let current = fields[0];
for (const field of fields) field.addEventListener("focus", () => { current = field; });

form.addEventListener("click", (event) => {
  const tag = event.target.closest("[data-tag]");
  if (tag) {
    current.setRangeText(tag.dataset.tag, current.selectionStart, current.selectionEnd, "end");
    current.focus();
    return;
  }
  const move = event.target.closest("[data-move]");
  if (!move) return;
  const line = move.closest("li");
  const other = move.dataset.move === "up" ? line.previousElementSibling : line.nextElementSibling;
  if (!other) return;
  if (move.dataset.move === "up") other.before(line);
  else other.after(line);
  move.focus();
});

for (const buttons of form.querySelectorAll(".dd-section-moves")) buttons.hidden = false;
