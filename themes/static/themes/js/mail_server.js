// The page of the mail server: a usual host fills the fields, and a check says that it takes its time.

const form = document.querySelector("[data-mail-server]");

const set = (name, value) => {
  const field = form.elements[name];
  if (field instanceof RadioNodeList) {
    for (const one of field) one.checked = one.value === value;
  } else {
    field.value = value;
  }
};

form.addEventListener("click", (event) => {
  const preset = event.target.closest("[data-preset]");
  if (!preset) return;
  const { host, port, security, hour, day } = preset.dataset;
  set("host", host);
  set("port", port);
  set("security", security);
  set("hour_limit", hour);
  set("day_limit", day);
  const from = form.elements.from_address;
  if (from.value && !form.elements.username.value) set("username", from.value);
  (from.value ? form.elements.username : from).focus();
});

form.addEventListener("submit", (event) => {
  if (event.submitter?.matches("[data-checks]")) form.querySelector("[data-checking]").hidden = false;
});
