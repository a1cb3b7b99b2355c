// The SIREN follows from the SIRET, and the VAT number from the SIREN, while one types.

const form = document.querySelector("[data-company]");
const field = (name) => form.elements.namedItem(name);
const digits = (name) => field(name).value.replaceAll(/\D/g, "");
const offer = form.querySelector("[data-vat]");

// Luhn's key, as INSEE uses it
function isSiren(number) {
  let sum = 0;
  [...number].forEach((digit, place) => {
    const value = Number(digit) * (place % 2 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  });
  return number.length === 9 && sum % 10 === 0;
}

function follow() {
  const siret = digits("siret");
  if (siret.length === 14 && !field("siren").value.trim()) field("siren").value = siret.slice(0, 9);
  const siren = digits("siren");
  const fits = isSiren(siren) && !field("vat_number").value.trim();
  offer.hidden = !fits;
  if (!fits) return;
  const key = String((12 + 3 * (Number(siren) % 97)) % 97).padStart(2, "0");
  offer.querySelector("[data-vat-number]").textContent = `FR${key}${siren}`;
}

form.addEventListener("input", follow);
form.querySelector("[data-vat-use]").addEventListener("click", (event) => {
  event.preventDefault();
  field("vat_number").value = offer.querySelector("[data-vat-number]").textContent.trim();
  field("vat_number").focus();
  follow();
});
follow();
