// A refund's amount follows what is chosen, as long as nobody typed another one.

const form = document.querySelector("form[data-refund]");
const amount = form?.elements.amount;
const lefts = form?.dataset.refund.split("|") ?? [];
let shown = amount?.value;

for (const choice of form?.querySelectorAll("input[name=line][type=radio]") ?? []) {
  choice.addEventListener("change", () => {
    if (amount.value !== shown) return;
    shown = lefts[Number(choice.value)] ?? shown;
    amount.value = shown;
  });
}
