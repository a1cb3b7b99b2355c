// Paying: on to the provider's page, the words of the button, the running total of what is chosen.

const forward = document.querySelector("[data-forward]");
// "replace": going back from the provider's page leads to ours of the means, not to this one between
if (forward instanceof HTMLAnchorElement) location.replace(forward.href);
else if (forward) forward.submit();

const form = document.querySelector("form[data-pay]");
if (form) {
  const button = form.querySelector("[data-pay-button]");
  const label = form.querySelector("[data-pay-label]");
  const show = () => {
    const kind = form.querySelector("[name=means]:checked")?.dataset.kind ?? "online";
    label.textContent = button.dataset[kind];
  };
  form.addEventListener("change", show);
  show();
}

const choice = document.querySelector("form[data-choose]");
const running = choice?.querySelector("[data-running]");
if (running) {
  const euros = new Intl.NumberFormat(document.documentElement.lang, { style: "currency", currency: "EUR" });
  const show = () => {
    const cents = [...choice.querySelectorAll("[data-cents]:checked")].map((box) => Number(box.dataset.cents));
    const sum = cents.reduce((before, one) => before + one, 0);
    running.textContent = cents.length ? euros.format(sum / 100) : "";
    choice.querySelector("[data-pay-chosen]").disabled = !cents.length;
  };
  choice.addEventListener("change", show);
  window.addEventListener("pageshow", show);
  show();
}
