// A set of lines to edit: a button adds an empty one, made from the page's template.

for (const form of document.querySelectorAll("form[data-lines]")) {
  const total = form.elements[`${form.dataset.lines}-TOTAL_FORMS`];
  const list = form.querySelector("[data-lines-list]");
  const empty = form.querySelector("[data-lines-empty]");
  const button = form.querySelector("[data-lines-add]");
  const most = Number(form.dataset.linesMost);
  button.hidden = false;
  button.addEventListener("click", () => {
    const number = Number(total.value);
    const template = document.createElement("template");
    template.innerHTML = empty.innerHTML.replaceAll("__prefix__", String(number));
    const line = template.content.firstElementChild;
    list.append(line);
    total.value = String(number + 1);
    button.hidden = number + 1 >= most;
    line.querySelector("input:not([type=hidden]), select")?.focus();
  });
}
