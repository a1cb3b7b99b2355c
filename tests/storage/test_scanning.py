"""The virus scanner lets in what it has seen and found clean, and nothing else."""

import io
import socket
from pathlib import Path
from typing import Any

import pytest

from kernel.errors import DomainError
from storage.errors import ScannerUnavailable, StorageUnavailable
from storage.models import Scan
from storage.scanning import scan
from tests.storage.clamd_server import EICAR, Clamd


def test_without_a_scanner_nothing_is_claimed(settings: Any) -> None:
    settings.CLAMD_ADDRESS = ""
    assert scan(io.BytesIO(EICAR), name="a.txt") is Scan.NOT_SCANNED


def test_a_clean_file_passes_whole(settings: Any) -> None:
    with Clamd() as scanner:
        settings.CLAMD_ADDRESS = scanner.address
        assert scan(io.BytesIO(bytes(5_000_000)), name="a.pdf") is Scan.CLEAN
        assert scanner.seen == [5_000_000]


def test_a_unix_address_is_as_good(settings: Any, tmp_path: Path) -> None:
    with Clamd(tmp_path / "clamd.sock") as scanner:
        settings.CLAMD_ADDRESS = scanner.address
        assert scan(io.BytesIO(b"clean"), name="a.txt") is Scan.CLEAN


def test_an_infected_file_is_refused_by_name(settings: Any) -> None:
    with Clamd() as scanner:
        settings.CLAMD_ADDRESS = scanner.address
        with pytest.raises(DomainError) as refused:
            scan(io.BytesIO(b"before " + EICAR), name="facture.txt")
    assert refused.value.code == "file_infected"
    assert "facture.txt" in str(refused.value)
    assert "Eicar-Test-Signature" in str(refused.value)


def test_a_scanner_that_is_down_lets_nothing_in(settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    for down in (address, "/nonexistent/clamd.sock", "no port"):
        settings.CLAMD_ADDRESS = down
        with pytest.raises(ScannerUnavailable) as failed:
            scan(io.BytesIO(b"clean"), name="a.txt")
        assert failed.value.retry
        assert isinstance(failed.value, StorageUnavailable)


def test_a_scanner_without_verdict_lets_nothing_in(settings: Any) -> None:
    with Clamd(mute=True) as scanner:
        settings.CLAMD_ADDRESS = scanner.address
        with pytest.raises(ScannerUnavailable):
            scan(io.BytesIO(b"clean"), name="a.txt")


def test_a_file_over_the_scanners_limit_does_not_come_in_unseen(settings: Any) -> None:
    with Clamd(limit=1_000_000) as scanner:
        settings.CLAMD_ADDRESS = scanner.address
        with pytest.raises(ScannerUnavailable):
            scan(io.BytesIO(bytes(3_000_000)), name="a.pdf")
        assert scanner.seen == []
