// Shows and hides the details of a dossier; the browser remembers the choice.

for (const button of document.querySelectorAll("[data-details]")) {
  const part = document.getElementById(button.dataset.details);
  const key = `dd-${button.dataset.details}`;
  const set = (shown) => {
    part.hidden = !shown;
    button.setAttribute("aria-expanded", String(shown));
    button.querySelector("[data-details-label]").textContent = shown ? button.dataset.textHide : button.dataset.textShow;
  };
  let shown = true;
  try { shown = localStorage.getItem(key) !== "hidden"; } catch { /* no storage: shown */ }
  if (location.hash && part.querySelector(`#${CSS.escape(location.hash.slice(1))}`)) shown = true;
  set(shown);
  button.addEventListener("click", () => {
    const now = part.hidden;
    set(now);
    try { localStorage.setItem(key, now ? "shown" : "hidden"); } catch { /* not remembered then */ }
  });
}
