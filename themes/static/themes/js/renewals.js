// The list of what could be renewed: one box for the whole page, and how many are chosen.

function refresh(form) {
  const boxes = [...form.querySelectorAll("input[name=code]:not(:disabled)")];
  const chosen = boxes.filter((box) => box.checked).length;
  const all = form.querySelector("[data-renewals-all]");
  all.hidden = !boxes.length;
  all.querySelector("input").checked = chosen > 0 && chosen === boxes.length;
  all.querySelector("input").indeterminate = chosen > 0 && chosen < boxes.length;
  form.querySelector("[data-renewals-count]").textContent = chosen || "";
  form.querySelector("[data-renewals-send]").disabled = !chosen;
}

function start() {
  for (const form of document.querySelectorAll("[data-renewals]")) refresh(form);
}

document.addEventListener("change", (event) => {
  const form = event.target.closest("[data-renewals]");
  if (!form) return;
  if (event.target.closest("[data-renewals-all]")) {
    for (const box of form.querySelectorAll("input[name=code]:not(:disabled)")) box.checked = event.target.checked;
  }
  refresh(form);
});

document.addEventListener("htmx:afterSettle", start);
window.addEventListener("pageshow", start);
start();
