// The pin of one property: dragged on the map, or typed as two numbers; the form saves it.

import { makeMap, pinIcon } from "./tiles.js";

const { L } = window;
const CLOSE = 16;

function read(input) {
  const text = input.value.trim().replace(",", ".");
  return text === "" ? NaN : Number(text);
}

function enhance(form) {
  const element = form.querySelector("[data-place-map]");
  const [latitude, longitude] = [form.elements.latitude, form.elements.longitude];
  const map = makeMap(element, { scrollWheelZoom: false });
  const marker = L.marker([0, 0], {
    draggable: true,
    autoPan: true,
    icon: pinIcon("place"),
    title: element.dataset.textPin,
    alt: element.dataset.textPin,
  });

  const show = (place, zoom) => {
    marker.setLatLng(place).addTo(map);
    map.setView(place, zoom);
  };
  const write = ({ lat, lng }) => {
    latitude.value = lat.toFixed(6);
    longitude.value = L.Util.wrapNum(lng, [-180, 180], true).toFixed(6);
    form.querySelector("[data-place-save]").classList.add("btn-primary");
  };
  const typed = () => {
    const place = [read(latitude), read(longitude)];
    const known = Math.abs(place[0]) <= 90 && Math.abs(place[1]) <= 180;
    if (known) show(place, Math.max(map.getZoom(), CLOSE - 2));
    else marker.remove();
    return known;
  };

  if (typed()) map.setZoom(CLOSE);
  marker.on("dragend", () => write(marker.getLatLng()));
  map.on("click", (event) => {
    marker.setLatLng(event.latlng).addTo(map);
    write(event.latlng);
  });
  for (const input of [latitude, longitude]) {
    input.addEventListener("change", () => {
      typed();
      form.querySelector("[data-place-save]").classList.add("btn-primary");
    });
  }
}

for (const form of document.querySelectorAll("form[data-place]")) enhance(form);
