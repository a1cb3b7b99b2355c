// The preview of a mail: as wide as a computer's window or a telephone; its plain text stays open while one types.

const frame = document.querySelector("[data-frame]");
const buttons = [...document.querySelectorAll("[data-width]")];

for (const button of buttons) {
  button.addEventListener("click", () => {
    for (const other of buttons) other.setAttribute("aria-pressed", String(other === button));
    frame.classList.toggle("dd-mail-phone", button.dataset.width === "phone");
  });
}

let open = false;
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id === "mail-preview") open = event.detail.target.querySelector("details").open;
});
document.addEventListener("htmx:afterSwap", () => {
  const details = document.querySelector("#mail-preview details");
  if (details) details.open = open;
});
