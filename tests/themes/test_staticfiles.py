"""Static files: only what is listed, each name with its hash, nothing missing, compressed once."""

import gzip
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.files.storage import storages
from django.core.management import call_command
from django.template.loader import get_template
from django.utils.functional import empty

from themes import vendor
from themes.staticfiles import StaticStorage, VendorFinder


def test_the_finder_knows_what_is_listed_and_nothing_else_of_npms_folder() -> None:
    finder = VendorFinder()
    assert finder.check() == []
    found = {name for name, _storage in finder.list([])}
    assert "vendor/pdfjs/pdf.worker.min.mjs" in found
    assert "vendor/pdfjs/cmaps/UniJIS-UTF16-H.bcmap" in found
    assert not [name for name in found if name.endswith((".map", ".wasm", ".ts", ".json"))]
    assert finder.find("vendor/htmx/htmx.min.js") == str(vendor.static_files()["vendor/htmx/htmx.min.js"])
    assert finder.find("vendor/htmx/package.json") == []
    assert finder.find("../package.json", find_all=True) == []


def test_a_missing_file_is_a_failed_check(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    finder = VendorFinder()
    finder.files["vendor/htmx/htmx.min.js"] = tmp_path / "gone.js"
    (problem,) = finder.check()
    assert problem.id == "themes.E001"
    assert "vendor/htmx/htmx.min.js" in problem.msg


@pytest.fixture
def collected(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The product's files as it serves them, without the compressed copies (they take most of the time)."""
    settings.STATIC_ROOT = str(tmp_path)
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "themes.staticfiles.StaticStorage"}}
    settings.WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [
        "css",
        "js",
        "mjs",
        "svg",
        "bcmap",
        "pfb",
        "ttf",
        "icc",
        "txt",
        "map",
    ]
    monkeypatch.setattr(staticfiles_storage, "_wrapped", empty)
    call_command("collectstatic", "--noinput", stdout=StringIO(), stderr=StringIO())
    return tmp_path


def test_the_manifest_is_complete_and_strict(collected: Path) -> None:
    storage = storages["staticfiles"]
    assert isinstance(storage, StaticStorage)
    assert storage.manifest_strict
    app = storage.stored_name("themes/css/app.css")
    assert app != "themes/css/app.css"
    sheet = (collected / app).read_text(encoding="utf-8")
    font = storage.stored_name("vendor/inter/inter-latin-wght-normal.woff2")
    assert font.rsplit("/", 1)[1] in sheet
    with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
        storage.url("themes/css/none.css")


def test_pages_name_their_files_by_hash_and_folders_by_name(collected: Path) -> None:
    html = get_template("components/pdf_viewer.html").render({"src": "/x.pdf", "download_url": "/d", "name": "x.pdf"})
    assert 'data-cmaps="/static/vendor/pdfjs/cmaps/"' in html
    worker = storages["staticfiles"].url("vendor/pdfjs/pdf.worker.min.mjs")
    assert f'data-worker="{worker}"' in html
    assert (collected / "vendor" / "pdfjs" / "cmaps" / "UniJIS-UTF16-H.bcmap").is_file()


def test_compressed_copies_are_made_once_and_only_of_what_is_served(tmp_path: Path) -> None:
    storage = StaticStorage(location=str(tmp_path), base_url="/static/")
    by_name = f"{vendor.BY_NAME[0]}a.bcmap"
    for name in ("a.css", "a.0123456789ab.css", by_name):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("body { color: black } " * 200)
    storage.hashed_files = {"a.css": "a.0123456789ab.css"}
    names = ["a.css", "a.0123456789ab.css", by_name]
    made = {copy for _name, copy in storage.compress_files(names)}
    assert {"a.0123456789ab.css.gz", f"{by_name}.gz"} <= made
    assert not [copy for copy in made if copy.startswith("a.css")]
    assert gzip.decompress((tmp_path / "a.0123456789ab.css.gz").read_bytes()).startswith(b"body")
    assert list(storage.compress_files(names)) == []


def test_the_lock_file_names_no_address_to_download_from() -> None:
    lock = (vendor.NODE_MODULES.parent / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in lock
    assert "registry" not in lock
