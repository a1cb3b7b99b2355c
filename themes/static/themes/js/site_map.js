// The map of a firm's site: nothing of it is loaded, and no other host asked, before a visitor presses the button.

function load(tag, attributes) {
  return new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.addEventListener("load", resolve);
    element.addEventListener("error", reject);
    document.head.append(element);
  });
}

async function show(box) {
  const { latitude, longitude, tiles, attribution, script, style, textIn, textOut, textMap } = box.dataset;
  await Promise.all([
    load("link", { rel: "stylesheet", href: style }),
    load("script", { src: script }),
  ]);
  const { L } = window;
  const holder = document.createElement("div");
  holder.className = "site-map-box";
  holder.setAttribute("role", "region");
  holder.setAttribute("aria-label", textMap);
  box.replaceChildren(holder);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const place = [Number(latitude), Number(longitude)];
  const map = L.map(holder, { zoomControl: false, scrollWheelZoom: false, zoomAnimation: !still, fadeAnimation: !still });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: textIn, zoomOutTitle: textOut }).addTo(map);
  // Leaflet takes the attribution for HTML
  const plain = document.createElement("span");
  plain.textContent = attribution;
  L.tileLayer(tiles, { maxZoom: 19, attribution: plain.innerHTML, referrerPolicy: "strict-origin-when-cross-origin" }).addTo(map);
  L.circleMarker(place, { radius: 10, weight: 3 }).addTo(map);
  map.setView(place, 10);
  holder.focus();
}

for (const button of document.querySelectorAll("[data-map-show]")) {
  button.addEventListener("click", () => {
    button.disabled = true;
    show(button.closest("[data-map]")).catch(() => { button.disabled = false; });
  });
}
