"""The processes that look into PDFs: kept while they are well, none the worse for a file that ends a copy."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from storage import pdf_probe, pdf_probing
from storage.pdf_probing import ProbeFailed, probe
from tests.storage.builders import pdf


def written(folder: Path, data: bytes, name: str = "a.pdf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def test_one_process_looks_at_one_file_after_the_other(tmp_path: Path) -> None:
    probe(written(tmp_path, pdf()), seconds=25)
    before = list(pdf_probing._idle)
    for pages in (1, 2, 3):
        path = written(tmp_path, pdf(pages), f"with a\nline « {pages} ».pdf")
        assert probe(path, seconds=25) == {"pages": pages, "encrypted": False, "damaged": False}
    assert pdf_probing._idle == before


def test_one_that_takes_too_long_is_ended_and_the_next_file_has_another(tmp_path: Path) -> None:
    path = written(tmp_path, pdf(2))
    with pytest.raises(ProbeFailed, match="timeout"):
        probe(path, seconds=0)
    assert probe(path, seconds=25)["pages"] == 2


def test_many_files_at_once_have_a_process_each(tmp_path: Path) -> None:
    paths = [written(tmp_path, pdf(pages), f"{pages}.pdf") for pages in range(1, 5)]
    found: dict[Path, Any] = {}

    def look(path: Path) -> None:
        found[path] = probe(path, seconds=25)["pages"]

    threads = [threading.Thread(target=look, args=[path]) for path in paths]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[path] for path in paths] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    "look",
    ["os.kill(os.getpid(), 9)", "bytearray(2_000_000_000)", "1 / 0", "signal.raise_signal(signal.SIGXCPU)"],
)
def test_a_file_that_ends_its_copy_ends_no_more(look: str) -> None:
    program = (
        "import os, signal, sys, runpy\n"
        f"probe = runpy.run_path({pdf_probe.__file__!r})\n"
        f"probe['look_apart'].__globals__['look'] = lambda path: {look}\n"
        "print(probe['look_apart']('x'))\n"
        "probe['look_apart'].__globals__['look'] = lambda path: {'pages': 1}\n"
        "print(probe['look_apart']('x'))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.splitlines() == ["b'null'", "b'{\"pages\": 1}'"]
