// The rich text editor: Quill between our bar of buttons and a text area that the form sends.

const { Quill } = window;
const FORMATS = ["bold", "italic", "header", "list", "link"];
const LINK = Quill.import("formats/link");
LINK.PROTOCOL_WHITELIST = ["http", "https", "mailto"];
const Delta = Quill.import("delta");

// Styles of what is pasted go before it is parsed: the policy would refuse them, and say so.
class Clipboard extends Quill.import("modules/clipboard") {
  convertHTML(html) {
    const plain = html
      .replaceAll(/<style\b[\s\S]*?<\/style>/gi, "")
      .replaceAll(/(<[^<>]*?)\sstyle\s*=\s*("[^"]*"|'[^']*')/gi, "$1");
    return super.convertHTML(plain);
  }
}
Quill.register("modules/clipboard", Clipboard, true);

// What stands for a link: an address as it is, an e-mail address, a tag, or a host that lacks its scheme.
function addressOf(text) {
  const value = text.trim();
  if (/^(https?:\/\/|mailto:)\S+$/i.test(value) || /^\{\w+\}$/.test(value)) return value;
  if (/^[^\s@:/]+@[^\s@:/]+\.[^\s@:/]+$/.test(value)) return `mailto:${value}`;
  if (/^[\w-]+(\.[\w-]+)+([/?#]\S*)?$/.test(value)) return `https://${value}`;
  return "";
}

function headingAs(level) {
  return (_node, delta) => delta.compose(new Delta().retain(delta.length(), { header: level }));
}

function edit(root) {
  const source = root.querySelector("[data-rich-source]");
  const bar = root.querySelector("[data-rich-bar]");
  const panel = root.querySelector("[data-rich-link]");
  const address = panel.querySelector("input");
  const problem = panel.querySelector("[data-rich-link-error]");
  const holder = document.createElement("div");
  holder.className = "dd-rich-text";
  source.after(holder);
  const quill = new Quill(holder, {
    formats: FORMATS,
    modules: {
      toolbar: false,
      // the tab key leaves the text: no trap for the keyboard
      keyboard: { bindings: { tab: null, indent: null, outdent: null, "remove tab": null } },
      clipboard: { matchers: [["h1", headingAs(2)], ["h4, h5, h6", headingAs(3)]] },
    },
  });
  const html = () => (quill.getText().trim() ? quill.getSemanticHTML().replaceAll("&nbsp;", " ") : "");
  const load = () => quill.setContents(quill.clipboard.convert({ html: source.value }), Quill.sources.SILENT);

  load();
  quill.history.clear();
  source.hidden = true;
  bar.hidden = false;
  const text = quill.root;
  text.setAttribute("role", "textbox");
  text.setAttribute("aria-multiline", "true");
  for (const name of ["aria-invalid", "aria-describedby", "aria-required"]) {
    if (source.hasAttribute(name)) text.setAttribute(name, source.getAttribute(name));
  }
  const [label] = source.labels;
  if (label) {
    label.id ||= `${source.id}_label`;
    text.setAttribute("aria-labelledby", label.id);
    label.addEventListener("click", () => quill.focus());
  }
  text.id = `${source.id}_text`;
  bar.setAttribute("aria-controls", text.id);
  if (source.classList.contains("is-invalid")) holder.classList.add("is-invalid");

  quill.on("text-change", (_delta, _before, by) => {
    source.value = html();
    if (by !== Quill.sources.SILENT) source.dispatchEvent(new Event("input", { bubbles: true }));
  });

  // --- buttons ---
  const buttons = [...bar.querySelectorAll("[data-format]")];
  const isOn = (button, formats) => {
    const value = formats[button.dataset.format];
    return button.dataset.value ? String(value) === button.dataset.value : Boolean(value);
  };
  const show = () => {
    const range = quill.getSelection();
    const formats = range ? quill.getFormat(range) : {};
    for (const button of buttons) {
      if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(isOn(button, formats)));
    }
  };
  quill.on("editor-change", show);
  const press = (button) => {
    const range = quill.getSelection(true);
    const { format, value } = button.dataset;
    if (format === "clean") {
      quill.removeFormat(range.index, range.length, Quill.sources.USER);
    } else if (format === "link") {
      openLink(range);
    } else {
      quill.format(format, isOn(button, quill.getFormat(range)) ? false : (value ?? true), Quill.sources.USER);
    }
    show();
  };
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-format]");
    if (button) press(button);
  });
  const stopAt = (chosen) => { for (const button of buttons) button.tabIndex = button === chosen ? 0 : -1; };
  stopAt(buttons[0]);
  bar.addEventListener("focusin", (event) => stopAt(event.target.closest("[data-format]")));
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const to = { Home: 0, End: -1 }[event.key] ?? (step && (buttons.indexOf(event.target) + step) % buttons.length);
    if (to === undefined) return;
    event.preventDefault();
    buttons.at(to).focus();
  });

  // --- links ---
  let linked = { index: 0, length: 0 };
  function openLink(range) {
    linked = range;
    const [leaf] = quill.getLeaf(range.index + (range.length ? 1 : 0));
    const node = leaf?.domNode?.parentElement?.closest("a");
    if (node && text.contains(node) && !range.length) {
      const blot = Quill.find(node);
      linked = { index: quill.getIndex(blot), length: blot.length() };
    }
    address.value = node && text.contains(node) ? node.getAttribute("href") : "";
    problem.textContent = "";
    panel.hidden = false;
    address.focus();
    address.select();
  }
  function closeLink() {
    panel.hidden = true;
    quill.setSelection(linked.index + linked.length, 0, Quill.sources.SILENT);
    quill.focus();
  }
  function setLink() {
    const to = addressOf(address.value);
    if (!to) {
      problem.textContent = root.dataset.wrongLink;
      return;
    }
    if (linked.length) {
      quill.formatText(linked.index, linked.length, "link", to, Quill.sources.USER);
    } else {
      const words = address.value.trim();
      quill.insertText(linked.index, words, "link", to, Quill.sources.USER);
      linked = { index: linked.index, length: words.length };
    }
    closeLink();
  }
  panel.querySelector("[data-rich-link-set]").addEventListener("click", setLink);
  panel.querySelector("[data-rich-link-remove]").addEventListener("click", () => {
    if (linked.length) quill.formatText(linked.index, linked.length, "link", false, Quill.sources.USER);
    closeLink();
  });
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closeLink();
    if (event.key !== "Enter" || event.target !== address) return;
    event.preventDefault();
    setLink();
  });
  // the panel's own field is none of the form's: what it holds changes nothing yet
  for (const kind of ["input", "change"]) address.addEventListener(kind, (event) => event.stopPropagation());

  // --- text from outside ---
  // what is put in the middle of a tag stands after it
  const afterTag = (index) => {
    for (const found of quill.getText().matchAll(/\{[^{}\n]{0,60}\}/g)) {
      const end = found.index + found[0].length;
      if (index > found.index && index < end) return end;
    }
    return index;
  };
  const insertAt = (index, length, words) => {
    if (length) quill.deleteText(index, length, Quill.sources.USER);
    quill.insertText(index, words, Quill.sources.USER);
    quill.setSelection(index + words.length, 0, Quill.sources.USER);
  };
  source.addEventListener("dd:insert", (event) => {
    event.preventDefault();
    const { index, length } = quill.getSelection(true);
    insertAt(length ? index : afterTag(index), length, event.detail);
  });
  source.addEventListener("dd:load", load);
  // before Quill's own listener, which swallows whatever is dropped
  holder.addEventListener("drop", (event) => {
    const words = event.dataTransfer.getData("text/plain");
    if (event.dataTransfer.files.length || !words) return;
    const caret = document.caretPositionFromPoint?.(event.clientX, event.clientY);
    const range = caret ? null : document.caretRangeFromPoint?.(event.clientX, event.clientY);
    const node = caret?.offsetNode ?? range?.startContainer;
    if (!node || !text.contains(node)) return;
    event.preventDefault();
    event.stopPropagation();
    quill.focus();
    document.getSelection().collapse(node, caret?.offset ?? range.startOffset);
    quill.update();
    insertAt(afterTag(quill.getSelection(true).index), 0, words.replaceAll(/\s+/g, " "));
  }, true);
}

for (const root of document.querySelectorAll("[data-rich]")) edit(root);
// what htmx brings into the page, which it also says of the page itself
document.addEventListener("htmx:load", (event) => {
  for (const root of event.detail.elt.querySelectorAll("[data-rich]")) {
    if (!root.querySelector(".dd-rich-text")) edit(root);
  }
});
