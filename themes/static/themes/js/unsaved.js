// Who leaves a form (data-unsaved) with something typed and not saved is asked first.

for (const form of document.querySelectorAll("form[data-unsaved]")) {
  let dirty = "dirty" in form.dataset;
  form.addEventListener("input", () => { dirty = true; });
  // a post that stays on the page saves nothing
  form.addEventListener("submit", (event) => { if (!event.defaultPrevented) dirty = false; });
  window.addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });
}
