// Addresses offered while one types: <div data-addresses="address of the search"> with the field of the street in it.
// What is picked fills in the postcode and the town; a change afterwards forgets its place.

const WAIT_MS = 250;
const MIN_LETTERS = 3;

function enhance(box) {
  const form = box.closest("form");
  const part = (name) => form.querySelector(`[data-address-part=${name}]`);
  const street = part("street");
  const place = form.querySelector("input[name=place]");
  const list = box.querySelector("[data-address-list]");
  const status = box.querySelector("[data-address-status]");
  let timer;
  let asked = 0;
  let active = -1;

  list.id = "dd-address-list";
  for (const [name, value] of [
    ["role", "combobox"],
    ["aria-autocomplete", "list"],
    ["aria-expanded", "false"],
    ["aria-controls", list.id],
  ]) street.setAttribute(name, value);

  function close() {
    list.hidden = true;
    active = -1;
    street.setAttribute("aria-expanded", "false");
    street.removeAttribute("aria-activedescendant");
  }

  function mark(index) {
    const options = [...list.children];
    if (!options.length) return;
    active = (index + options.length) % options.length;
    options.forEach((option, rank) => option.setAttribute("aria-selected", String(rank === active)));
    options[active].scrollIntoView({ block: "nearest" });
    street.setAttribute("aria-activedescendant", options[active].id);
  }

  function pick(found) {
    street.value = found.street;
    part("postcode").value = found.postcode;
    part("city").value = found.city;
    place.value = found.place;
    close();
    const next = found.street ? form.querySelector("[name=street_extra]") : street;
    next.focus();
  }

  function show(results) {
    list.replaceChildren(
      ...results.map((found, rank) => {
        const option = document.createElement("li");
        option.id = `dd-address-${rank}`;
        option.className = "dd-address-option";
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = found.label;
        // before the field loses the focus
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          pick(found);
        });
        option.found = found;
        return option;
      }),
    );
    list.hidden = !results.length;
    active = -1;
    street.setAttribute("aria-expanded", String(results.length > 0));
    status.textContent = results.length ? box.dataset.textFound.replace("%s", results.length) : box.dataset.textNone;
  }

  function ask() {
    const query = [street.value, part("postcode").value, part("city").value].join(" ").trim();
    if (street.value.trim().length < MIN_LETTERS) return close();
    const mine = ++asked;
    fetch(`${box.dataset.addresses}?q=${encodeURIComponent(query)}`, { headers: { Accept: "application/json" } })
      .then((response) => (response.ok ? response.json() : { results: [] }))
      .then((answer) => {
        if (mine === asked && document.activeElement === street) show(answer.results);
      })
      .catch(close);
  }

  street.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  });
  street.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown") mark(active + 1);
    else if (event.key === "ArrowUp") mark(active - 1);
    else if (event.key === "Enter" && active >= 0) pick(list.children[active].found);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  street.addEventListener("blur", close);
  for (const name of ["street", "postcode", "city"]) {
    part(name).addEventListener("input", () => {
      place.value = "";
    });
  }
}

for (const box of document.querySelectorAll("[data-addresses]")) enhance(box);
