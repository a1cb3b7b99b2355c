// Planning a visit: a time that fits fills day, time and person; the address of the form's side has no secrets.

const form = document.querySelector("[data-plan]");

form?.addEventListener("click", (event) => {
  const slot = event.target.closest("[data-slot]");
  if (!slot) return;
  form.elements.day.value = slot.dataset.day;
  form.elements.time.value = slot.dataset.time;
  form.elements.diagnostician.value = slot.dataset.who;
  for (const other of form.querySelectorAll("[data-slot]")) other.setAttribute("aria-pressed", String(other === slot));
});
