// Text messages while they are written: their length, messages and cost (3GPP TS 23.038), a preview, tags.
// The count is that of platform/mail/sms/length.py; tests/mail/sms_vectors.json holds both to it.

const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
const EXTENSION = new Set("\f^{}\\[~]|€");
const ROOM = { gsm7: [160, 153], ucs2: [70, 67] };
const INSTEAD = {
  "’": "'", "‘": "'", "‚": ",", "´": "'", "`": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"',
  "–": "-", "—": "-", "‑": "-", "−": "-", "…": "...", "•": "-", "·": ".", "×": "x", "œ": "oe", "Œ": "OE",
  "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\t": " ", "\u00ad": "", "\u200b": "", "™": "TM", "©": "(c)",
  "®": "(R)", "²": "2", "³": "3", "°": "o", "½": "1/2", "¼": "1/4",
};

const isKnown = (char) => BASIC.has(char) || EXTENSION.has(char);

export function measure(text) {
  const chars = [...text];
  const foreign = [...new Set(chars.filter((char) => !isKnown(char)))];
  const encoding = foreign.length ? "ucs2" : "gsm7";
  const size = (char) => (encoding === "gsm7" ? (EXTENSION.has(char) ? 2 : 1) : char.length);
  const [alone, several] = ROOM[encoding];
  const units = chars.reduce((sum, char) => sum + size(char), 0);
  if (units <= alone) return { encoding, units, parts: units ? 1 : 0, left: alone - units, foreign };
  let parts = 1;
  let used = 0;
  for (const char of chars) {
    if (used + size(char) > several) {
      parts += 1;
      used = 0;
    }
    used += size(char);
  }
  return { encoding, units, parts, left: several - used, foreign };
}

function plainChar(char) {
  if (isKnown(char)) return char;
  if (char in INSTEAD) return INSTEAD[char];
  const bare = [...char.normalize("NFKD")].filter((part) => !/\p{Mn}/u.test(part));
  return bare.length && bare.every(isKnown) ? bare.join("") : char;
}

export const plain = (text) => [...text.normalize("NFC")].map(plainChar).join("");

/** Fills a text's tags as the server does, but for the fence: samples need none. */
export function fill(text, samples) {
  const filled = text.replace(/\{([^{}\n]{0,60})\}/g, (whole, name) => samples[name.trim()] ?? whole);
  return filled.replace(/[ \t]+(?=\s|[.,;!?]|$)|(?<=\n)[ \t]+/g, "").trim();
}

function show(box, form, samples) {
  const typed = box.querySelector("[data-sms-text]").value.replace(/\r\n?/g, "\n");
  const { signature, makesPlain, price } = form.dataset;
  const whole = fill(typed, samples[box.querySelector("[data-sms-text]").lang]) + (signature ? `\n${signature}` : "");
  const sent = makesPlain ? plain(whole) : whole;
  const length = measure(sent);
  const set = (name, text) => { box.querySelector(`[data-sms-${name}]`).textContent = text; };
  set("preview", sent);
  set("parts", length.parts);
  set("units", `${length.units} (${length.encoding === "gsm7" ? "GSM-7" : "UCS-2"})`);
  set("left", length.left);
  box.querySelector("[data-sms-figures]").hidden = false;
  const line = box.querySelector("[data-sms-cost-line]");
  line.hidden = !price;
  if (price) {
    const money = new Intl.NumberFormat(document.documentElement.lang, {
      style: "currency", currency: "EUR", maximumFractionDigits: 4,
    });
    set("cost", money.format(length.parts * Number(price)));
  }
  // what is typed itself: of samples and names nobody can change anything here
  const foreign = measure(typed).foreign;
  const stays = length.foreign.length > 0;
  box.querySelector("[data-sms-foreign]").hidden = !foreign.length;
  box.querySelector("[data-sms-foreign-long]").hidden = !stays;
  box.querySelector("[data-sms-foreign-plain]").hidden = stays;
  set("foreign-list", (stays ? foreign : foreign.filter((char) => plainChar(char) !== char)).join(" "));
  box.querySelector("[data-sms-replace]").hidden = plain(typed) === typed;
}

function start() {
  const form = document.querySelector("[data-sms-form]");
  if (!form) return;
  const samples = JSON.parse(document.getElementById("sms-samples").textContent);
  const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));
  for (const box of form.querySelectorAll("[data-sms]")) {
    const field = box.querySelector("[data-sms-text]");
    field.addEventListener("input", () => show(box, form, samples));
    box.addEventListener("click", (event) => {
      if (event.target.closest("[data-tag]")) {
        // each text has tags of its own: tags.js puts them where the caret was last
        field.focus();
        return;
      }
      if (event.target.closest("[data-sms-replace]")) {
        field.value = plain(field.value);
      } else if (event.target.closest("[data-sms-default]")) {
        field.value = box.dataset.default;
      } else {
        return;
      }
      field.focus();
      changed(field);
    });
    show(box, form, samples);
  }
}

start();
