// What every page does in the browser: questions before dangerous posts, toasts, passwords, search keys, copying.

const toasts = document.getElementById("dd-toasts");
const TOAST_MS = 6000;

function armToast(toast) {
  const close = () => toast.remove();
  toast.querySelector("[data-toast-close]").addEventListener("click", close);
  if (toast.dataset.toast === "error") return;
  let timer = setTimeout(close, TOAST_MS);
  for (const pause of ["mouseenter", "focusin"]) toast.addEventListener(pause, () => clearTimeout(timer));
  toast.addEventListener("mouseleave", () => { timer = setTimeout(close, TOAST_MS); });
}

function showToast(level, text) {
  const template = document.getElementById(`dd-toast-${level}`) ?? document.getElementById("dd-toast-info");
  const toast = template.content.firstElementChild.cloneNode(true);
  toast.querySelector("[data-toast-text]").textContent = text;
  toasts.append(toast);
  armToast(toast);
}

for (const toast of toasts.querySelectorAll(".dd-toast")) armToast(toast);

// --- questions -------------------------------------------------------------------------------------------------------

const dialog = document.getElementById("dd-confirm");

function ask(source) {
  const title = document.getElementById("dd-confirm-title");
  const button = document.getElementById("dd-confirm-button");
  const danger = "confirmDanger" in source.dataset;
  title.textContent = source.dataset.confirmTitle || title.dataset.default;
  document.getElementById("dd-confirm-text").textContent = source.dataset.confirm || source.getAttribute("hx-confirm") || "";
  button.textContent = source.dataset.confirmButton || button.dataset.default;
  button.classList.toggle("btn-danger", danger);
  button.classList.toggle("btn-primary", !danger);
  dialog.classList.toggle("dd-danger", danger);
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "ok"), { once: true });
  });
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const source = event.submitter?.dataset.confirm ? event.submitter : form;
  if (!source.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await ask(source))) return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(event.submitter);
  delete form.dataset.confirmed;
}, true);

document.addEventListener("htmx:confirm", (event) => {
  if (!event.detail.question) return;
  event.preventDefault();
  ask(event.detail.elt).then((yes) => { if (yes) event.detail.issueRequest(true); });
});

// A form is sent once: a second click while the page is on its way does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), 8000);
});

function release(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) release(form);
});

// --- fields ----------------------------------------------------------------------------------------------------------

function enhance(root) {
  for (const box of root.querySelectorAll("[data-password]")) {
    const toggle = box.querySelector(".dd-password-toggle");
    const input = box.querySelector("input");
    if (!toggle.hidden) continue;
    toggle.hidden = false;
    toggle.addEventListener("click", () => {
      const shown = input.type === "text";
      input.type = shown ? "password" : "text";
      toggle.setAttribute("aria-pressed", String(!shown));
    });
    input.form?.addEventListener("submit", () => { input.type = "password"; });
  }
  for (const output of root.querySelectorAll(".dd-colour-value")) {
    const input = document.getElementById(output.htmlFor.value);
    const show = () => { output.value = input.value; };
    input?.addEventListener("input", show);
    if (input) show();
  }
}

enhance(document);
for (const current of document.querySelectorAll(".dd-tabs [aria-current]")) {
  current.scrollIntoView({ inline: "center", block: "nearest" });
}
const summary = document.querySelector("[data-form-errors]");
if (summary) summary.focus();
else document.querySelector("form .is-invalid")?.focus();

document.addEventListener("click", async (event) => {
  const copy = event.target.closest("[data-copy]");
  if (copy) {
    await navigator.clipboard.writeText(copy.dataset.copy);
    copy.classList.add("dd-copied");
    const label = copy.querySelector("[data-copy-label]");
    const before = label?.textContent;
    if (label) label.textContent = copy.dataset.copied;
    showToast("success", copy.dataset.copied);
    setTimeout(() => {
      copy.classList.remove("dd-copied");
      if (label) label.textContent = before;
    }, 1800);
    return;
  }
  const clear = event.target.closest("[data-search-clear]");
  if (clear) {
    const input = clear.closest("form").querySelector("[data-search]");
    input.value = "";
    clear.hidden = true;
    input.focus();
    if (clear.closest("form").hasAttribute("hx-get")) input.dispatchEvent(new Event("input", { bubbles: true }));
    else clear.closest("form").requestSubmit();
  }
});

document.addEventListener("input", (event) => {
  if (!event.target.matches("[data-search]")) return;
  event.target.closest("form").querySelector("[data-search-clear]").hidden = !event.target.value;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, [contenteditable], dialog")) return;
  const search = document.querySelector("[data-search]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// --- htmx ------------------------------------------------------------------------------------------------------------

const progress = document.getElementById("dd-progress");
let running = 0;

document.addEventListener("htmx:beforeRequest", () => {
  running += 1;
  progress.className = "dd-progress dd-running";
});

document.addEventListener("htmx:afterRequest", () => {
  running = Math.max(0, running - 1);
  if (!running) progress.className = "dd-progress dd-done";
});

// The filters beside a live search keep what was typed.
document.addEventListener("htmx:pushedIntoHistory", () => {
  const query = new URL(location.href).searchParams.get("q") ?? "";
  for (const link of document.querySelectorAll("a.dd-filter")) {
    const address = new URL(link.href);
    if (query) address.searchParams.set("q", query); else address.searchParams.delete("q");
    link.href = address;
  }
});

document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));

for (const lost of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(lost, () => showToast("error", toasts.dataset.failure));
}

document.addEventListener("htmx:responseError", (event) => {
  const { status } = event.detail.xhr;
  if (event.detail.xhr.getResponseHeader("HX-Trigger")) return;
  showToast("error", status === 429 ? toasts.dataset.tooMany : toasts.dataset.refused);
});

// also for other modules: importing this one would run it twice, once under the name with its hash
document.addEventListener("toast", (event) => {
  if (event.detail?.text) showToast(event.detail.level ?? "info", event.detail.text);
});

// Passkeys: a person who closes the browser's own window needs no message.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  if (event.detail.exception?.name !== "NotAllowedError") showToast("error", toasts.dataset.passkey);
});
