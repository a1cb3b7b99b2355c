// The map of all dossiers: fetched once, gathered where they stand close together.

import { makeMap, pinIcon } from "./tiles.js";

const { L } = window;
const CLOSEST = 16;
const element = document.querySelector("[data-map]");
const { places: source, dossier: address, textOpen, textCluster } = element.dataset;
const words = new Map(
  [...document.querySelectorAll("[data-map-legend] [data-pin]")].map((item) => [item.dataset.pin, item.textContent.trim()]),
);

function line(tag, text, className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  if (className) made.className = className;
  return made;
}

function about([code, title, reference, where, , , pin]) {
  const box = document.createElement("div");
  box.className = "dd-popup";
  box.append(line("strong", title));
  if (reference) box.append(line("span", reference, "dd-ref"));
  if (where) box.append(line("span", where));
  box.append(line("span", words.get(pin) ?? "", `dd-popup-state dd-popup-${pin}`));
  const link = line("a", textOpen, "btn btn-sm btn-primary");
  link.href = address.replace("CODE", encodeURIComponent(code));
  box.append(link);
  return box;
}

function cluster(group) {
  const count = group.getChildCount();
  const bubble = line("span", String(count), `dd-cluster dd-cluster-${count < 10 ? "small" : count < 100 ? "medium" : "large"}`);
  const label = textCluster.replace("%s", count);
  bubble.title = label;
  bubble.append(line("span", label.replace(String(count), ""), "visually-hidden"));
  return L.divIcon({ html: bubble, className: "dd-cluster-box", iconSize: [44, 44] });
}

function draw(map, places) {
  const group = L.markerClusterGroup({
    chunkedLoading: true,
    showCoverageOnHover: false,
    maxClusterRadius: 60,
    spiderLegPolylineOptions: { weight: 1.5, color: "#566072", opacity: 0.6 },
    iconCreateFunction: cluster,
  });
  const icons = new Map();
  const markers = places.map((place) => {
    const [, title, , , latitude, longitude, pin] = place;
    if (!icons.has(pin)) icons.set(pin, pinIcon(pin));
    const marker = L.marker([latitude, longitude], { icon: icons.get(pin), title: `${title} – ${words.get(pin) ?? ""}` });
    marker.bindPopup(() => about(place), { minWidth: 200 });
    return marker;
  });
  group.addLayers(markers);
  map.addLayer(group);
  if (markers.length) map.fitBounds(L.latLngBounds(markers.map((marker) => marker.getLatLng())).pad(0.1), { maxZoom: CLOSEST });
}

const loading = document.querySelector("[data-map-loading]");
const map = makeMap(element);
fetch(source, { headers: { Accept: "application/json" } })
  .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer)))
  .then(({ places }) => draw(map, places))
  .catch(() => { document.querySelector("[data-map-failure]").hidden = false; })
  .finally(() => { loading.hidden = true; });
