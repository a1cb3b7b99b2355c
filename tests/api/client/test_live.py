"""Folders sent to the running product: whole or not at all, once, whatever happens to the line."""

import hashlib
import random
import threading
from collections import Counter
from pathlib import Path

import pytest

from api.client.errors import Unreachable
from api.client.folder import Wanted
from api.client.pushing import Outcome, push
from extranet.models import Contact, Dossier, DossierAccess, DossierFile
from kernel.tenancy import firm_context
from storage.backends import firm_storage
from storage.models import StoredFile
from tests.api.client.conftest import PIECE, Live, Machine
from tests.api.client.cutter import HOW
from tests.storage.builders import pdf

LARGE = 2 * PIECE + 5_000


def a_folder(parent: Path, name: str) -> Path:
    """Returns a folder with two small PDFs, one of them below, and a large one, all of them its own."""
    folder = parent / name
    (folder / "Annexes").mkdir(parents=True)
    (folder / "DPE.pdf").write_bytes(pdf() + f"\n% {name} DPE\n".encode())
    (folder / "Annexes" / "Amiante é.pdf").write_bytes(pdf(2) + f"\n% {name} amiante\n".encode())
    noise = random.Random(name).randbytes(LARGE)
    (folder / "Plans.pdf").write_bytes(pdf() + b"\n%" + noise.replace(b"\n", b" ") + b"\n%%EOF\n")
    (folder / ".hidden.pdf").write_bytes(b"no")
    (folder / "Thumbs.db").write_bytes(b"no")
    return folder


def a_folder_of_texts(parent: Path, name: str) -> Path:
    """Returns the same with texts, which the site has less to look at in."""
    folder = parent / name
    (folder / "Annexes").mkdir(parents=True)
    (folder / "diagdesk.json").write_text('{"files": ["*.txt"]}')
    for path, size in (("DPE.txt", 10), ("Annexes/Amiante é.txt", 20), ("Plans.txt", LARGE)):
        line = f"{name} {path}\n"
        (folder / path).write_text(line * (size // len(line) + 1))
    return folder


def send(machine: Machine, folder: Path, wanted: Wanted | None = None) -> Outcome:
    return push([folder], wanted or Wanted(), site=machine.site, uploads=machine.uploads, progress=machine.progress)[
        folder
    ]


def assert_whole(folder: Path) -> None:
    """Asserts that the firm has the folder as one dossier, each file once, with its bytes."""
    with firm_context("firm_alpha"):
        dossier = Dossier.objects.get(external_id=f"folder:{folder.name}")
        files = DossierFile.objects.filter(dossier=dossier).select_related("stored")
        local = [path for path in folder.rglob("*") if path.suffix in {".pdf", ".txt"} and path.name[0] != "."]
        sums = [hashlib.sha256(path.read_bytes()).hexdigest() for path in local]
        assert Counter(file.stored.sha256 for file in files) == Counter(sums)
        names = {path.relative_to(folder).as_posix().replace("/", "|") for path in local}
        assert {file.external_id for file in files} == names
        plans = next(file.stored for file in files if file.name.startswith("Plans"))
        assert b"".join(firm_storage().stream(plans.key)) == (folder / plans.name).read_bytes()


@pytest.mark.parametrize("how", HOW)
def test_a_line_cut_at_any_request_leaves_one_whole_dossier(live: Live, tmp_path: Path, how: str) -> None:
    """Each request in turn is cut; the same program goes on by itself, and so does one that is started again."""
    live.cutter.arm(0, how)
    assert send(live.machine(), a_folder_of_texts(tmp_path, f"{how} 0")) is Outcome.SENT
    count = len(live.cutter.seen)
    assert count >= 9, live.cutter.seen
    for at in range(1, count + 1):
        patient = a_folder_of_texts(tmp_path, f"{how} {at} patient")
        live.cutter.arm(at, how)
        machine = live.machine()
        assert send(machine, patient) is Outcome.SENT, machine.said.getvalue()
        assert_whole(patient)

        hasty = a_folder_of_texts(tmp_path, f"{how} {at} hasty")
        live.cutter.arm(at, how)
        try:
            send(live.machine(attempts=1), hasty)
        except Unreachable:
            with firm_context("firm_alpha"):
                there = Dossier.objects.filter(external_id=f"folder:{hasty.name}").first()
                # nothing is to be seen of a dossier that is not whole
                assert there is None or DossierFile.objects.filter(dossier=there).count() == 3
            send(live.machine(), hasty)
        assert_whole(hasty)


def test_the_same_folder_again_sends_nothing(live: Live, tmp_path: Path) -> None:
    folder = a_folder(tmp_path, "Maison Kerguelen")
    wanted = Wanted(contacts=["Agence du Port <port@agence.example>"], amount="390", notify=False)
    assert send(live.machine(), folder, wanted) is Outcome.SENT
    assert_whole(folder)
    live.cutter.arm(0, "")
    assert send(live.machine(), folder, wanted) is Outcome.UNCHANGED
    assert [request.split("/api/v1/")[0] for request in live.cutter.seen] == ["GET "]
    with firm_context("firm_alpha"):
        dossier = Dossier.objects.get(external_id="folder:Maison Kerguelen")
        assert (dossier.title, str(dossier.amount)) == ("Maison Kerguelen", "390.00")
        contact = Contact.objects.get(user__email="port@agence.example")
        assert DossierAccess.objects.filter(dossier=dossier, contact=contact).count() == 1
        assert not StoredFile.objects.filter(claimed=False).exists()
    # a file that changed becomes a new version, one that came is added, the others are left alone
    (folder / "DPE.pdf").write_bytes(pdf(3))
    (folder / "Gaz.pdf").write_bytes(pdf(4))
    assert send(live.machine(), folder, wanted) is Outcome.SENT
    with firm_context("firm_alpha"):
        files = {file.external_id: file for file in DossierFile.objects.filter(dossier=dossier)}
        assert {name: file.version for name, file in files.items()} == {
            "DPE.pdf": 2,
            "Gaz.pdf": 1,
            "Plans.pdf": 1,
            "Annexes|Amiante é.pdf": 1,
        }


def test_two_machines_that_send_the_same_make_one_dossier(live: Live, tmp_path: Path) -> None:
    folders = [a_folder_of_texts(tmp_path, f"Lot {rank}") for rank in range(3)]
    outcomes: list[Outcome] = []
    gate = threading.Barrier(3)

    def work() -> None:
        machine = live.machine()
        gate.wait()
        for folder in folders:
            outcomes.append(send(machine, folder))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 9
    assert Outcome.FAILED not in outcomes
    for folder in folders:
        assert_whole(folder)


def test_a_file_that_is_refused_stops_its_dossier_alone(live: Live, tmp_path: Path) -> None:
    good, bad = a_folder(tmp_path, "Bon"), a_folder(tmp_path, "Mauvais")
    (bad / "Virus.pdf").write_bytes(b"MZ\x00 a program")
    machine = live.machine()
    outcomes = push([bad, good], Wanted(), site=machine.site, uploads=machine.uploads, progress=machine.progress)
    assert outcomes == {bad: Outcome.FAILED, good: Outcome.SENT}
    assert_whole(good)
    assert "Virus.pdf" in machine.said.getvalue()
    with firm_context("firm_alpha"):
        assert not Dossier.objects.filter(external_id="folder:Mauvais").exists()
