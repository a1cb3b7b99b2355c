"""The third-party files that the product serves itself: npm's folder, cut down to what pages load."""

from pathlib import Path

NODE_MODULES = Path(__file__).resolve().parent / "node_modules"
#: The outline icons that the `icon` tag writes into pages; they are never served as files.
ICONS = NODE_MODULES / "@tabler" / "icons" / "icons" / "outline"

_PDFJS = NODE_MODULES / "pdfjs-dist"
_INTER = NODE_MODULES / "@fontsource-variable" / "inter" / "files"
_TOM_SELECT = NODE_MODULES / "tom-select" / "dist"
_LEAFLET = NODE_MODULES / "leaflet" / "dist"
_QUILL = NODE_MODULES / "quill" / "dist"
_SWAGGER = NODE_MODULES / "swagger-ui-dist"
_CLUSTER = NODE_MODULES / "leaflet.markercluster" / "dist"

#: Whole folders, by their name below STATIC_URL: the viewer asks for their files when a document needs them.
_FOLDERS = {
    "vendor/pdfjs/cmaps": _PDFJS / "cmaps",
    "vendor/pdfjs/iccs": _PDFJS / "iccs",
    "vendor/pdfjs/images": _PDFJS / "legacy" / "web" / "images",
    "vendor/pdfjs/standard_fonts": _PDFJS / "standard_fonts",
    "vendor/pdfjs/wasm": _PDFJS / "wasm",
}
#: What the viewer asks for by its own name, without the hash.
BY_NAME = tuple(f"{folder}/" for folder in _FOLDERS)
#: Single files. The legacy build of pdf.js is the one that also runs in the browsers of the last few years.
_FILES = {
    "vendor/tabler/tabler.min.css": NODE_MODULES / "@tabler" / "core" / "dist" / "css" / "tabler.min.css",
    "vendor/tabler/tabler.min.js": NODE_MODULES / "@tabler" / "core" / "dist" / "js" / "tabler.min.js",
    "vendor/htmx/htmx.min.js": NODE_MODULES / "htmx.org" / "dist" / "htmx.min.js",
    "vendor/inter/inter-latin-wght-normal.woff2": _INTER / "inter-latin-wght-normal.woff2",
    "vendor/inter/inter-latin-ext-wght-normal.woff2": _INTER / "inter-latin-ext-wght-normal.woff2",
    "vendor/tom-select/tom-select.complete.min.js": _TOM_SELECT / "js" / "tom-select.complete.min.js",
    "vendor/tom-select/tom-select.bootstrap5.min.css": _TOM_SELECT / "css" / "tom-select.bootstrap5.min.css",
    "vendor/leaflet/leaflet.js": _LEAFLET / "leaflet.js",
    "vendor/leaflet/leaflet.css": _LEAFLET / "leaflet.css",
    "vendor/leaflet/images/layers.png": _LEAFLET / "images" / "layers.png",
    "vendor/leaflet/images/layers-2x.png": _LEAFLET / "images" / "layers-2x.png",
    "vendor/leaflet/images/marker-icon.png": _LEAFLET / "images" / "marker-icon.png",
    "vendor/leaflet/images/marker-icon-2x.png": _LEAFLET / "images" / "marker-icon-2x.png",
    "vendor/leaflet/images/marker-shadow.png": _LEAFLET / "images" / "marker-shadow.png",
    "vendor/leaflet.markercluster/leaflet.markercluster.js": _CLUSTER / "leaflet.markercluster.js",
    "vendor/leaflet.markercluster/MarkerCluster.css": _CLUSTER / "MarkerCluster.css",
    "vendor/quill/quill.core.css": _QUILL / "quill.core.css",
    "vendor/quill/quill.js": _QUILL / "quill.js",
    "vendor/swagger-ui/swagger-ui-bundle.js": _SWAGGER / "swagger-ui-bundle.js",
    "vendor/swagger-ui/swagger-ui.css": _SWAGGER / "swagger-ui.css",
    "vendor/sortablejs/Sortable.min.js": NODE_MODULES / "sortablejs" / "Sortable.min.js",
    "vendor/pdfjs/pdf.min.mjs": _PDFJS / "legacy" / "build" / "pdf.min.mjs",
    "vendor/pdfjs/pdf.worker.min.mjs": _PDFJS / "legacy" / "build" / "pdf.worker.min.mjs",
    "vendor/pdfjs/pdf_viewer.mjs": _PDFJS / "legacy" / "web" / "pdf_viewer.mjs",
    "vendor/pdfjs/pdf_viewer.css": _PDFJS / "legacy" / "web" / "pdf_viewer.css",
}
#: Compiled code that nothing asks for: the policy of the pages forbids WebAssembly, scripts inside a PDF never run.
_UNUSED = {".wasm"}


def static_files() -> dict[str, Path]:
    """Returns the files to serve by their name below STATIC_URL; those that npm has not installed included."""
    found = dict(_FILES)
    for folder, path in _FOLDERS.items():
        files = path.iterdir() if path.is_dir() else ()
        found |= {
            f"{folder}/{file.name}": file
            for file in files
            if file.suffix not in _UNUSED and not file.name.startswith(("LICENSE", "quickjs"))
        }
    return found
