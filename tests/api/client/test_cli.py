"""The command as people run it: one file, Python alone, exit codes, two languages."""

import io
import json
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client, override_settings

from api.client import words
from api.client.cli import main
from api.client.config import State, config_folder
from api.client.folder import Wanted
from api.client.orders import pull_orders
from api.client.progress import Progress, size_text
from api.client.pushing import Outcome
from api.client.site import Site
from api.client.uploading import Uploads
from api.client.watching import Watcher
from api.client_file import client_file
from tests.api.client.test_site import KEY, Double, doubled, problem
from tests.storage.builders import pdf

ME = {
    "name": "Office",
    "person": "Bob Staff",
    "role": "staff",
    "contact": None,
    "scopes": ["dossiers:read"],
    "expires_at": None,
    "firm": "Cabinet Alpha",
}


@pytest.fixture
def double() -> Iterator[Double]:
    with doubled() as found:
        yield found


def log_in(double: Double, monkeypatch: pytest.MonkeyPatch) -> int:
    double.replies = [(200, {}, ME)]
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{KEY}\n"))
    return main(["login", f"http://127.0.0.1:{double.port}"])


def test_log_in_keeps_the_key_for_its_owner_alone(
    double: Double, monkeypatch: pytest.MonkeyPatch, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert log_in(double, monkeypatch) == 0
    account = home / "account.json"
    assert json.loads(account.read_text()) == {"url": f"http://127.0.0.1:{double.port}", "key": KEY}
    assert stat.S_IMODE(account.stat().st_mode) == 0o600
    assert "Cabinet Alpha: Bob Staff" in capsys.readouterr().out
    assert main(["status"]) == 0
    assert "key “Office”" in capsys.readouterr().out


def test_a_key_that_the_site_refuses_is_not_kept(
    double: Double, monkeypatch: pytest.MonkeyPatch, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    double.replies = [(401, {}, problem("token_invalid", "This key is unknown here."))]
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{KEY}\n"))
    assert main(["login", f"http://127.0.0.1:{double.port}"]) == 3
    assert "unknown here" in capsys.readouterr().err
    assert not (home / "account.json").exists()
    monkeypatch.setattr(sys, "stdin", io.StringIO("password\n"))
    assert main(["login", "firm.example"]) == 2


def test_without_a_key_nothing_is_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["push", str(tmp_path)]) == 3
    assert "diagdesk login" in capsys.readouterr().err


def test_a_trial_says_what_would_be_sent(
    double: Double, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in(double, monkeypatch)
    folder = tmp_path / "Maison"
    folder.mkdir()
    (folder / "DPE.pdf").write_bytes(pdf())
    double.replies = [(404, {}, problem("not_found"))]
    assert main(["push", "--dry-run", "--contact", "port@agence.example", str(folder)]) == 0
    said = capsys.readouterr().err
    assert "Maison: would be sent (new), 1 files" in said
    assert "DPE.pdf" in said
    assert [request[0] for request in double.heard[1:]] == ["GET"]


def test_two_folders_of_one_name_are_not_sent(
    double: Double, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in(double, monkeypatch)
    folders = [tmp_path / year / "Maison" for year in ("2025", "2026")]
    for folder in folders:
        folder.mkdir(parents=True)
        (folder / "DPE.pdf").write_bytes(pdf())
    assert main(["push", *map(str, folders)]) == 2
    assert "would be the same dossier “folder:Maison”" in capsys.readouterr().err
    assert len(double.heard) == 1, "the log-in alone"


def test_a_folder_that_fails_does_not_stop_the_others(
    double: Double, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in(double, monkeypatch)
    (tmp_path / "Vide").mkdir()
    assert main(["push", str(tmp_path / "Vide"), str(tmp_path / "nowhere")]) == 1
    said = capsys.readouterr().err
    assert "Vide: not sent." in said
    assert "nowhere: not sent." in said


def test_orders_are_taken_once_and_whole(double: Double, tmp_path: Path) -> None:
    site = double.site()
    state, told = State(site.url), list[str]()
    folder = tmp_path / "commandes"

    def pull(*codes: str, updated: str = "1", again: bool = False) -> int:
        rows = [{"code": code, "reference": f"C 2026/{code}", "updated_at": updated} for code in codes]
        double.replies = [(200, {}, {"next": None, "previous": None, "results": rows}), (200, {}, {"order": updated})]
        return pull_orders(
            folder, extension="json", since="2026-01-01", again=again, site=site, state=state, tell=told.append
        )

    assert pull("abc", "def") == 2
    assert sorted(path.name for path in folder.iterdir()) == ["C-2026-abc-abc.json", "C-2026-def-def.json"]
    assert double.heard[0][1] == "/api/v1/orders/?ordering=created_at&limit=200&since=2026-01-01"
    assert double.heard[1][1] == "/api/v1/orders/abc/export.json"
    (folder / "C-2026-abc-abc.json").unlink()  # the desktop software took it
    assert pull("abc", "def", "ghi") == 1
    assert pull("abc", "def", "ghi", updated="2") == 0
    assert pull("abc", "def", "ghi", updated="2", again=True) == 3
    site.close()


def test_a_folder_is_sent_once_it_rests(double: Double, tmp_path: Path) -> None:
    site = double.site()
    progress, state, clock = Progress(io.StringIO()), State(site.url), [0.0]
    folder = tmp_path / "Maison"
    folder.mkdir()
    (folder / "DPE.pdf").write_bytes(pdf())
    watcher = Watcher(
        tmp_path,
        Wanted(),
        site=site,
        uploads=Uploads(site, state, progress, sleep=double.slept.append),
        state=state,
        progress=progress,
        quiet_seconds=60,
        now=lambda: clock[0],
    )
    (tmp_path / "home").mkdir(exist_ok=True)
    (tmp_path / "home" / ".keep").touch()

    def look(seconds: float) -> list[Outcome]:
        clock[0] += seconds
        return [outcome for outcome in watcher.look() if outcome is not Outcome.FAILED]

    sums = json.loads(json.dumps({"sha256": _sha256(folder / "DPE.pdf"), "code": "u1"}))
    sending: list[Any] = [
        (404, {}, problem("not_found")),
        (200, {}, {"results": []}),
        (201, {}, {"results": [sums]}),
        (201, {}, {"title": "Maison", "removed_here": []}),
    ]
    double.replies = list(sending)
    assert look(0) == []
    assert look(59) == []
    (folder / "DPE.pdf").write_bytes(pdf() + b"\n")  # still being written
    assert look(2) == []
    assert look(59) == []
    sums["sha256"] = _sha256(folder / "DPE.pdf")
    assert look(1) == [Outcome.SENT]
    count = len(double.heard)
    assert look(1_000) == []
    assert len([request for request in double.heard[count:] if "Maison" in request[1]]) == 0
    site.close()


@pytest.mark.parametrize("name", [path.name for path in Path(sys.base_prefix).parent.glob("3.1[1-9]*")] or ["this"])
def test_the_file_runs_with_python_alone(tmp_path: Path, name: str) -> None:
    """Each Python of this machine from 3.11 on, without any package."""
    program = tmp_path / "diagdesk.pyz"
    program.write_bytes(client_file())
    python = Path(sys.base_prefix).parent / name / "bin" / "python3" if name != "this" else Path(sys.executable)
    environment = {"DIAGDESK_HOME": str(tmp_path), "DIAGDESK_LANGUAGE": "fr", "PATH": os.environ["PATH"]}

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [python, "-I", "-W", "error", str(program), *arguments],
            env=environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    assert run("--version").stdout == "diagdesk 1.0\n"
    assert "Envoie vos dossiers" in run("--help").stdout
    done = run("push", str(tmp_path))
    assert (done.returncode, done.stderr.strip()) == (3, words.WORDS["not_logged_in"][1])


def test_an_old_python_is_told_so(tmp_path: Path) -> None:
    old = next(Path(sys.base_prefix).parent.glob("3.[89].*/bin/python3"), None) or shutil.which("python3.9")
    if old is None:
        pytest.skip("there is no old Python on this machine")
    program = tmp_path / "diagdesk.pyz"
    program.write_bytes(client_file())
    done = subprocess.run([old, str(program)], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, "3.11" in done.stderr) == (1, True)


@pytest.mark.django_db
def test_the_site_gives_the_same_file_to_everybody() -> None:
    browser = Client(headers={"host": "alpha.localhost"})
    answer = browser.get("/api/v1/client/diagdesk.pyz")
    assert answer.status_code == 200
    assert answer.content == client_file()
    assert answer.headers["Content-Disposition"] == 'attachment; filename="diagdesk.pyz"'
    again = browser.get("/api/v1/client/diagdesk.pyz", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    client_file.cache_clear()
    assert client_file() == answer.content, "the same source is the same file to the byte"
    names = zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert {"__main__.py", "diagdesk_client/cli.py", "diagdesk_client/words.py"} <= set(names)


def test_the_help_for_the_firm_names_its_site_and_the_file() -> None:
    with override_settings(ROOT_URLCONF="config.urls_firm"):
        page = render_to_string("api/client_help.html", {"site": "https://alpha.example"})
    assert "diagdesk.pyz login https://alpha.example" in page
    assert 'href="/api/v1/client/diagdesk.pyz"' in page


def test_every_text_is_there_twice_with_the_same_values() -> None:
    import string

    for key, texts in words.WORDS.items():
        named = [{name for _text, name, _form, _how in string.Formatter().parse(text) if name} for text in texts]
        assert named[0] == named[1], key


def test_each_system_has_its_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("DIAGDESK_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("APPDATA", str(tmp_path / "Roaming"))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    for system, folder in (
        ("linux", ".config/diagdesk"),
        ("darwin", "Library/Application Support/diagdesk"),
        ("win32", "Roaming/diagdesk"),
    ):
        monkeypatch.setattr(sys, "platform", system)
        assert config_folder() == tmp_path / folder


def test_a_terminal_sees_a_bar_and_a_log_sees_lines() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal, log = Terminal(), io.StringIO()
    for out in (terminal, log):
        progress = Progress(out)
        progress._drawn -= 1
        progress.expect(2_000_000)
        progress.add(1_000_000)
        progress.say("half")
    assert "50 %" in terminal.getvalue()
    assert "1.0 MB of 2.0 MB" in terminal.getvalue()
    assert log.getvalue() == "half\n"
    assert [size_text(size) for size in (0, 999, 1_000, 123_456, 2_147_483_648)] == [
        "0 B",
        "999 B",
        "1.0 kB",
        "123 kB",
        "2.1 GB",
    ]


def _sha256(path: Path) -> str:
    import hashlib

    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_site_is_known_by_its_address(double: Double) -> None:
    assert isinstance(double.site(), Site)
    assert State("a").read("resumable") == {}
    State("a").remember("resumable", "x", "1")
    assert State("a").read("resumable") == {"x": "1"}
    assert State("b").read("resumable") == {}
    State("a").remember("resumable", "x", None)
    assert State("a").read("resumable") == {}
    value: Any = (config_folder() / "state.json").read_text()
    assert json.loads(value) == {"a": {"resumable": {}}}
