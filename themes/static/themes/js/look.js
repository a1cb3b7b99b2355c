// The miniature of the portal follows the fields of its look as they are typed; the rules are those of themes/css.py.

const form = document.querySelector("[data-look-form]");
const mini = document.querySelector("[data-look]");
const note = document.querySelector("[data-look-note]");
const INKS = ["#ffffff", "#111827"];

const channels = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

function luminance(colour) {
  const [red, green, blue] = channels(colour).map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

const readableOn = (surface) => INKS.find((ink) => contrast(ink, surface) >= 4.5) ?? "#000000";

/** Returns the colour, made darker in steps until it can be read on white. */
function onWhite(colour) {
  for (let step = 0; step <= 100; step += 4) {
    const moved = `#${channels(colour)
      .map((value) => Math.round(value * (1 - step / 100)).toString(16).padStart(2, "0"))
      .join("")}`;
    if (contrast(moved, "#ffffff") >= 4.5) return moved;
  }
  return "#000000";
}

const pictures = new Map();

/** Returns the address of a picture chosen just now, nothing when there is none. */
function chosen(name) {
  const file = form.elements[name]?.files[0];
  const former = pictures.get(name);
  if (former?.file === file) return former?.address ?? "";
  if (former) URL.revokeObjectURL(former.address);
  pictures.delete(name);
  if (!file) return "";
  const address = URL.createObjectURL(file);
  pictures.set(name, { file, address });
  return address;
}

function show() {
  const { background_color: background, button_color: button, site_name: name, top_offset: offset } = form.elements;
  const set = (property, value) => mini.style.setProperty(`--mini-${property}`, value);
  set("background", background.value);
  set("background-fg", contrast("#111827", background.value) >= 7 ? "#111827" : readableOn(background.value));
  set("button", button.value);
  set("button-fg", readableOn(button.value));
  set("link", onWhite(button.value));
  set("offset", `${Math.min(300, Math.max(0, Number(offset.value) || 0)) / 4}px`);

  const cleared = (field) => form.elements[`remove_${field}`]?.checked;
  const picture = chosen("background") || (cleared("background") ? "" : mini.dataset.background);
  set("image", picture ? `url("${picture}")` : "none");

  const logo = mini.querySelector("[data-look-logo]");
  logo.dataset.saved ??= logo.getAttribute("src") ?? "";
  const source = chosen("logo") || (cleared("logo") ? "" : logo.dataset.saved);
  if (source) logo.src = source;
  logo.hidden = !source;
  const label = mini.querySelector("[data-look-name]");
  label.hidden = Boolean(source);
  label.textContent = name.value;

  const distance = contrast(button.value, background.value);
  const figure = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 }).format(distance);
  const parts = [note.dataset.textGood.replace("#", figure)];
  if (distance < 3) parts.unshift(note.dataset.textDull);
  if (contrast(button.value, "#ffffff") < 4.5) parts.push(note.dataset.textDark);
  const said = parts.join(" ");
  if (note.textContent !== said) note.textContent = said;
  note.classList.toggle("dd-branding-warn", distance < 3);
}

if (form && mini) {
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
}
