// Sends files one by one, shows how far each is, and takes the server's row for each into the form.

const PARALLEL = 2;

class Uploads {
  constructor(root) {
    this.root = root;
    this.input = root.querySelector("input[type=file]");
    this.drop = root.querySelector("[data-upload-drop]");
    this.queue = root.querySelector("[data-upload-queue]");
    this.rows = root.querySelector("[data-upload-rows]");
    this.status = root.querySelector("[data-upload-status]");
    this.template = root.querySelector("template[data-upload-item]");
    this.form = root.closest("form");
    this.waiting = [];
    this.active = new Set();
    // the chosen files are sent here, never again with the form
    this.input.removeAttribute("name");
    this.input.addEventListener("change", () => { this.add([...this.input.files]); this.input.value = ""; });
    this.listenToDrops();
    this.rows.addEventListener("click", (event) => {
      const remove = event.target.closest("[data-upload-remove]");
      if (!remove) return;
      remove.closest("[data-upload-row]").remove();
      this.input.focus();
      this.changed();
    });
    window.addEventListener("beforeunload", (event) => { if (this.busy) event.preventDefault(); });
    this.form?.addEventListener("submit", (event) => {
      if (!this.busy) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }, true);
  }

  text(name) {
    return this.root.dataset[`text${name}`];
  }

  get busy() {
    return this.active.size > 0 || this.waiting.length > 0;
  }

  listenToDrops() {
    let depth = 0;
    const over = (value) => this.drop.classList.toggle("dd-over", value);
    this.root.addEventListener("dragenter", (event) => { event.preventDefault(); depth += 1; over(true); });
    this.root.addEventListener("dragover", (event) => event.preventDefault());
    this.root.addEventListener("dragleave", () => { depth -= 1; if (depth <= 0) over(false); });
    this.root.addEventListener("drop", (event) => {
      event.preventDefault();
      depth = 0;
      over(false);
      const files = [];
      for (const item of event.dataTransfer.items) {
        if (item.kind !== "file") continue;
        const file = item.getAsFile();
        if (item.webkitGetAsEntry?.()?.isDirectory) this.refuse(file, this.text("Folder"));
        else if (file) files.push(file);
      }
      this.add(files);
    });
    // a file dropped beside the zone must not replace the page
    for (const kind of ["dragover", "drop"]) window.addEventListener(kind, (event) => event.preventDefault());
  }

  add(files) {
    for (const file of files) {
      if (file.size === 0) this.refuse(file, this.text("Empty"));
      else if (file.size > Number(this.root.dataset.maxBytes)) this.refuse(file, this.text("TooBig"));
      else this.waiting.push(this.item(file));
    }
    this.next();
  }

  item(file) {
    const element = this.template.content.firstElementChild.cloneNode(true);
    const item = { file, element, xhr: null, part: (name) => element.querySelector(`[data-${name}]`) };
    item.part("name").textContent = file.name;
    item.part("name").title = file.name;
    item.part("figures").textContent = `${this.size(file.size)} · ${this.text("Waiting")}`;
    item.part("bar").setAttribute("aria-label", file.name);
    item.part("cancel").addEventListener("click", () => this.cancel(item));
    item.part("retry").addEventListener("click", () => {
      element.classList.remove("dd-failed");
      item.part("error").hidden = true;
      item.part("retry").hidden = true;
      this.waiting.push(item);
      this.next();
    });
    this.queue.append(element);
    return item;
  }

  refuse(file, message) {
    this.fail(this.item(file), message, false);
  }

  fail(item, message, again) {
    item.element.classList.add("dd-failed");
    item.part("figures").textContent = this.size(item.file.size);
    item.part("error").textContent = message;
    item.part("error").hidden = false;
    item.part("retry").hidden = !again;
  }

  cancel(item) {
    item.xhr?.abort();
    this.waiting = this.waiting.filter((other) => other !== item);
    this.active.delete(item);
    item.element.remove();
    this.input.focus();
    this.next();
  }

  next() {
    while (this.waiting.length && this.active.size < PARALLEL) this.send(this.waiting.shift());
    this.changed();
  }

  send(item) {
    const { file } = item;
    const xhr = item.xhr = new XMLHttpRequest();
    const body = new FormData();
    body.append(this.root.dataset.field, file, file.name);
    this.active.add(item);
    item.part("bar").value = 0;
    item.part("figures").textContent = this.size(file.size);
    xhr.upload.addEventListener("progress", (event) => {
      const share = event.total ? event.loaded / event.total : 0;
      item.part("bar").value = share;
      item.part("figures").textContent = share < 1
        ? `${this.size(Math.min(file.size, event.loaded))} / ${this.size(file.size)} · ${Math.floor(share * 100)} %`
        : this.text("Checking");
      if (share === 1) item.part("bar").removeAttribute("value");
    });
    xhr.addEventListener("load", () => this.answered(item));
    xhr.addEventListener("error", () => this.finished(item, this.text("Lost"), true));
    xhr.addEventListener("timeout", () => this.finished(item, this.text("Lost"), true));
    xhr.open("POST", this.root.dataset.uploadUrl);
    xhr.setRequestHeader("X-CSRFToken", this.root.dataset.csrf);
    xhr.setRequestHeader("X-Requested-With", "XMLHttpRequest");
    xhr.setRequestHeader("Accept", "text/html, application/json");
    xhr.send(body);
  }

  answered(item) {
    const { xhr } = item;
    const kind = xhr.getResponseHeader("Content-Type") ?? "";
    // a redirect to the log-in page is followed silently: it shows by the address
    const here = new URL(this.root.dataset.uploadUrl, location.href).pathname;
    const moved = xhr.responseURL && new URL(xhr.responseURL).pathname !== here;
    if (xhr.status >= 200 && xhr.status < 300 && !moved && kind.startsWith("text/html")) {
      const holder = document.createElement("template");
      holder.innerHTML = xhr.responseText;
      const rows = [...holder.content.children];
      this.rows.append(holder.content);
      for (const row of rows) window.htmx?.process(row);
      item.element.remove();
      this.status.textContent = `${this.text("Done")} ${item.file.name}`;
      this.finished(item);
    } else if (moved || xhr.status === 401) {
      this.finished(item, this.text("Session"), true);
    } else {
      this.finished(item, this.reason(xhr, kind), xhr.status >= 500 || xhr.status === 429 || xhr.status === 403);
    }
  }

  reason(xhr, kind) {
    if (kind.startsWith("application/json")) {
      try {
        return JSON.parse(xhr.responseText).error || this.text("Refused");
      } catch {
        return this.text("Refused");
      }
    }
    if (kind.startsWith("text/html") && xhr.responseText.length < 5000) {
      const page = new DOMParser().parseFromString(xhr.responseText, "text/html");
      const said = page.querySelector("[data-error]");
      if (said) return said.textContent.trim();
    }
    return xhr.status === 413 ? this.text("TooBig") : this.text("Refused");
  }

  finished(item, message = "", again = false) {
    this.active.delete(item);
    item.xhr = null;
    if (message) this.fail(item, message, again);
    this.next();
  }

  changed() {
    for (const button of this.form?.querySelectorAll("button[type=submit], button:not([type]), input[type=submit]") ?? []) {
      button.disabled = this.busy;
      button.title = this.busy ? this.text("Busy") : "";
    }
    this.root.dispatchEvent(new CustomEvent("uploads:changed", {
      bubbles: true,
      detail: { busy: this.busy, rows: this.rows.querySelectorAll("[data-upload-row]").length },
    }));
  }

  size(bytes) {
    const { unitB, unitKb, unitMb, unitGb } = this.root.dataset;
    const units = [unitB, unitKb, unitMb, unitGb];
    let amount = bytes;
    let unit = 0;
    while (amount >= 1024 && unit < units.length - 1) { amount /= 1024; unit += 1; }
    const digits = unit < 2 || amount >= 100 ? 0 : 1;
    const number = new Intl.NumberFormat(document.documentElement.lang, {
      maximumFractionDigits: digits,
    });
    return `${number.format(amount)}\u00a0${units[unit]}`;
  }
}

for (const root of document.querySelectorAll("[data-upload]")) new Uploads(root);
