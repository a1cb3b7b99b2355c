// Reads a PDF in the page with pdf.js; its files are loaded by the addresses in the element's data attributes.

const ZOOMS = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 2.5, 3, 4];

async function open(root) {
  const find = (name) => root.querySelector(`[data-${name}]`);
  const data = root.dataset;
  const container = find("container");

  const fail = (text) => {
    find("loading").hidden = true;
    container.hidden = true;
    find("error-text").textContent = text;
    find("error").hidden = false;
  };

  let pdfjs;
  let parts;
  try {
    // the viewer's module reads what the library's module leaves in globalThis.pdfjsLib: one after the other
    pdfjs = await import(data.lib);
    parts = await import(data.viewer);
  } catch {
    fail(data.textLost);
    return;
  }
  pdfjs.GlobalWorkerOptions.workerSrc = data.worker;

  const bus = new parts.EventBus();
  const links = new parts.PDFLinkService({ eventBus: bus, externalLinkTarget: parts.LinkTarget.BLANK, externalLinkRel: "noopener noreferrer" });
  const finder = new parts.PDFFindController({ eventBus: bus, linkService: links });
  const viewer = new parts.PDFViewer({
    container,
    viewer: container.querySelector(".pdfViewer"),
    eventBus: bus,
    linkService: links,
    findController: finder,
    annotationMode: pdfjs.AnnotationMode.ENABLE,
    annotationEditorMode: pdfjs.AnnotationEditorType.DISABLE,
    removePageBorders: true,
    maxCanvasPixels: 2 ** 24,
  });
  links.setViewer(viewer);

  const page = find("page");
  const scale = find("scale");
  let fitting = true;

  const showScale = () => { scale.textContent = `${Math.round(viewer.currentScale * 100)} %`; };
  const fit = () => { fitting = true; viewer.currentScaleValue = "page-width"; };
  const zoom = (direction) => {
    const now = viewer.currentScale;
    const target = direction > 0 ? ZOOMS.find((step) => step > now * 1.01) : ZOOMS.findLast((step) => step < now * 0.99);
    if (!target) return;
    fitting = false;
    viewer.currentScale = target;
  };

  bus.on("pagesinit", () => {
    fit();
    if (viewer.currentScale > 1.6) { fitting = false; viewer.currentScale = 1.5; }
    find("loading").hidden = true;
    for (const group of root.querySelectorAll("[data-controls]")) group.hidden = false;
    container.focus({ preventScroll: true, focusVisible: false });
    root.dataset.ready = "yes";
  });
  bus.on("scalechanging", showScale);
  bus.on("pagechanging", ({ pageNumber }) => { page.value = pageNumber; });
  new ResizeObserver(() => { if (fitting && viewer.pdfDocument && container.offsetParent) viewer.currentScaleValue = "page-width"; }).observe(container);

  page.addEventListener("focus", () => page.select());
  page.addEventListener("change", () => {
    const wanted = Number.parseInt(page.value, 10);
    if (wanted >= 1 && wanted <= viewer.pagesCount) viewer.currentPageNumber = wanted;
    page.value = viewer.currentPageNumber;
  });
  page.addEventListener("keydown", (event) => { if (event.key === "Enter") page.blur(); });

  const search = find("find");
  const words = find("find-input");
  const found = find("found");
  const opener = root.querySelector("[data-action=find]");
  const look = (type, backwards = false) => bus.dispatch("find", {
    type, query: words.value, caseSensitive: false, entireWord: false, highlightAll: true, findPrevious: backwards, matchDiacritics: false,
  });
  const showSearch = (shown) => {
    search.hidden = !shown;
    opener.setAttribute("aria-expanded", String(shown));
    if (shown) { words.focus(); words.select(); } else { bus.dispatch("findbarclose", {}); found.textContent = ""; container.focus(); }
  };
  const showFound = ({ current, total }) => {
    found.textContent = !words.value ? "" : total ? `${current} / ${total}` : data.textNotFound;
  };
  words.addEventListener("input", () => look(""));
  search.addEventListener("submit", (event) => { event.preventDefault(); look("again"); });
  bus.on("updatefindmatchescount", ({ matchesCount }) => showFound(matchesCount));
  bus.on("updatefindcontrolstate", ({ matchesCount }) => showFound(matchesCount));

  const actions = {
    previous: () => viewer.previousPage(),
    next: () => viewer.nextPage(),
    "zoom-in": () => zoom(1),
    "zoom-out": () => zoom(-1),
    fit,
    find: () => showSearch(search.hidden),
    "find-previous": () => look("again", true),
    "find-close": () => showSearch(false),
  };
  root.addEventListener("click", (event) => actions[event.target.closest("[data-action]")?.dataset.action]?.());
  root.addEventListener("keydown", (event) => {
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key === "f") { event.preventDefault(); showSearch(true); }
    else if (command && (event.key === "+" || event.key === "=")) { event.preventDefault(); zoom(1); }
    else if (command && event.key === "-") { event.preventDefault(); zoom(-1); }
    else if (command && event.key === "0") { event.preventDefault(); fit(); }
    else if (event.key === "Escape" && !search.hidden) showSearch(false);
  });

  const task = pdfjs.getDocument({
    url: data.src,
    cMapUrl: data.cmaps,
    cMapPacked: true,
    standardFontDataUrl: data.fonts,
    wasmUrl: data.wasm,
    iccUrl: data.icc,
    // the pages' policy forbids compiling WebAssembly: pdf.js then takes its decoders in JavaScript
    useWasm: false,
    enableXfa: false,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  });
  root.addEventListener("viewer:end", () => task.destroy(), { once: true });
  task.onPassword = () => { fail(data.textPassword); task.destroy(); };
  task.onProgress = ({ loaded, total }) => {
    if (total) find("loading-bar").value = Math.min(1, loaded / total);
  };
  try {
    const pdf = await task.promise;
    find("count").textContent = `${data.textOf} ${pdf.numPages}`;
    page.setAttribute("size", String(pdf.numPages).length + 1);
    viewer.setDocument(pdf);
    links.setDocument(pdf, null);
  } catch (error) {
    if (!find("error").hidden) return;
    if (error?.name === "PasswordException") fail(data.textPassword);
    else if (error?.name === "InvalidPDFException") fail(data.textBroken);
    else if (error?.name === "ResponseException" && error.missing) fail(data.textMissing);
    else fail(error?.name === "UnknownErrorException" ? data.textBroken : data.textLost);
  }
}

function openAll(place) {
  for (const root of place.querySelectorAll("[data-pdf-viewer]")) {
    if (root.dataset.opened) continue;
    root.dataset.opened = "yes";
    open(root);
  }
}

openAll(document);
// one that htmx brings into a panel; it ends with the panel
document.addEventListener("htmx:load", (event) => openAll(event.detail.elt.parentElement ?? document));
