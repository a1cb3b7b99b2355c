// What every map shares: its background, a notice when that cannot be had, pins drawn by our own style.

const { L } = window;
const FRANCE = [[41.3, -5.2], [51.1, 9.6]];
// The world is shown once, and not farther out than it is wide.
const WORLD = [[-85, -220], [85, 220]];

// Leaflet takes the attribution for HTML.
function plain(text) {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}

export function makeMap(element, options = {}) {
  const { tiles, attribution, textZoomIn, textZoomOut } = element.dataset;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = L.map(element, {
    zoomControl: false,
    maxBounds: WORLD,
    minZoom: 2,
    zoomAnimation: !still,
    fadeAnimation: !still,
    markerZoomAnimation: !still,
    ...options,
  });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: textZoomIn, zoomOutTitle: textZoomOut }).addTo(map);
  const layer = L.tileLayer(tiles, {
    maxZoom: 19,
    attribution: plain(attribution),
    // some tile servers refuse those who do not say whence they come: the host alone
    referrerPolicy: "strict-origin-when-cross-origin",
  });
  const notice = element.parentElement.querySelector("[data-map-notice]");
  let seen = false;
  layer.on("tileload", () => {
    seen = true;
    notice.hidden = true;
  });
  layer.on("tileerror", () => { if (!seen) notice.hidden = false; });
  layer.addTo(map);
  map.fitBounds(FRANCE);
  // within something that was folded it had no size
  new ResizeObserver(() => map.invalidateSize()).observe(element);
  return map;
}

// One icon serves many markers, each with an element of its own.
const PinIcon = L.DivIcon.extend({
  createIcon(old) {
    const box = L.DivIcon.prototype.createIcon.call(this, old);
    const pin = document.createElement("span");
    pin.className = `dd-pin dd-pin-${this.options.pin}`;
    box.replaceChildren(pin);
    return box;
  },
});

export function pinIcon(pin) {
  return new PinIcon({ pin, className: "dd-pin-box", iconSize: [26, 34], iconAnchor: [13, 33], popupAnchor: [0, -30] });
}
