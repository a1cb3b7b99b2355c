// After a live search or a sort, what stands around the list (filters, search, map, export) starts from what it shows now.

const FOLLOWED = ["q", "sort"];

function setHidden(form, name, value) {
  let field = form.querySelector(`input[type=hidden][name=${name}]`);
  if (!value) return field?.remove();
  if (!field) {
    field = Object.assign(document.createElement("input"), { type: "hidden", name });
    form.prepend(field);
  }
  field.value = value;
}

function follow() {
  const here = new URL(location.href).searchParams;
  here.delete("page");
  const query = here.toString();
  for (const link of document.querySelectorAll("[data-follows-list]")) {
    link.href = link.getAttribute("href").split("?")[0] + (query && `?${query}`);
  }
  for (const next of document.querySelectorAll("[data-bulk-next]")) next.value = location.pathname + location.search;
  for (const link of document.querySelectorAll("a.dd-filter")) {
    const address = new URL(link.href);
    for (const name of FOLLOWED) {
      if (here.get(name)) address.searchParams.set(name, here.get(name));
      else address.searchParams.delete(name);
    }
    link.href = address.pathname + address.search;
  }
  for (const form of document.querySelectorAll("form.dd-more-filters")) {
    for (const name of FOLLOWED) setHidden(form, name, here.get(name));
  }
  for (const form of document.querySelectorAll("form.dd-search")) setHidden(form, "sort", here.get("sort"));
}

for (const moment of ["htmx:afterSettle", "htmx:pushedIntoHistory"]) document.addEventListener(moment, follow);
