"""Dossiers sent by the client, against the same bytes written to the store by boto3 alone."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import boto3
from botocore.config import Config

from accounts.actions.api_token import create_token
from accounts.models import Scope
from api.client_file import client_file
from deploy.local.seaweed import Seaweed
from extranet.models import Dossier, DossierFile
from kernel.tenancy import firm_context
from storage.backends import MIB
from tests.bench.figure import Figure
from tests.bench.firms import add_firm, admin_of, firm_at, host_of
from tests.bench.server import serve
from tests.bench.world import SMALL, World
from tests.storage.builders import pdf

#: BENCH_PUSH_DOSSIERS=200 is the whole of it; each has five PDFs of a megabyte.
DOSSIERS = int(os.environ.get("BENCH_PUSH_DOSSIERS", "40"))
FILES = 5
_BUCKET = "bench-push"


def measure(world: World) -> Figure:
    """Returns the time of `diagdesk push`, the start of Python included, over that of boto3's uploads one by one."""
    database = world.copy(world.migrated, "push")
    with world.using(database):
        add_firm(SMALL)
        admin = admin_of(firm_at(SMALL))
        with firm_context(firm_at(SMALL).schema_name):
            key = create_token(user=admin, name="bench", scopes=list(Scope.values), by=admin).secret
    folders = _folders(world.folder / "push")
    files = [path for folder in folders for path in sorted(folder.iterdir())]
    size = sum(path.stat().st_size for path in files)
    with Seaweed(world.folder / "push-store") as seaweed:
        alone = _by_boto3(seaweed, files)
        environment = {**world.environment(database), **seaweed.environment(_BUCKET)}
        with serve(world.folder, environment) as server:
            url = f"http://{host_of(SMALL)}:{server.port}"
            ours = _by_client(world.folder, url, key, folders)
            again = _by_client(world.folder, url, key, folders)
    with world.using(database), firm_context(f"firm_{SMALL}"):
        assert Dossier.objects.count() == len(folders)
        assert DossierFile.objects.count() == len(files)
    return Figure(
        ours / alone,
        2,
        notes=(
            f"{len(folders)} dossiers of {FILES} PDFs, {size / 1e6:.0f} MB",
            f"{ours:.1f} s ({size / 1e6 / ours:.0f} MB/s) against {alone:.1f} s ({size / 1e6 / alone:.0f} MB/s)",
            f"the same again: {again:.1f} s",
        ),
    )


def _folders(parent: Path) -> list[Path]:
    """Returns folders of PDFs of a megabyte, none like another."""
    base = pdf(10, padding=MIB - 20_000)
    noise = random.Random(7)
    folders = []
    for number in range(DOSSIERS):
        folder = parent / f"2026-{number:04d} Maison"
        folder.mkdir(parents=True)
        for rank in range(FILES):
            (folder / f"Rapport {rank}.pdf").write_bytes(base + b"\n%" + noise.randbytes(16).hex().encode() + b"\n")
        folders.append(folder)
    return folders


def _by_boto3(seaweed: Seaweed, files: list[Path]) -> float:
    client = boto3.client(
        "s3",
        endpoint_url=seaweed.endpoint,
        aws_access_key_id=seaweed.access_key,
        aws_secret_access_key=seaweed.secret_key,
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}),
    )
    client.create_bucket(Bucket=_BUCKET)
    client.upload_file(str(files[0]), _BUCKET, "plain/first")  # opens the connection, makes the volume
    started = time.perf_counter()
    for number, path in enumerate(files):
        client.upload_file(str(path), _BUCKET, f"plain/{number}")
    taken = time.perf_counter() - started
    client.close()
    return taken


def _by_client(folder: Path, url: str, key: str, folders: list[Path]) -> float:
    program = folder / "diagdesk.pyz"
    program.write_bytes(client_file())
    environment = {"DIAGDESK_HOME": str(folder / "home"), "DIAGDESK_URL": url, "DIAGDESK_KEY": key}
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, "-I", str(program), "push", "--quiet", *map(str, folders)], env=environment, check=True
    )
    return time.perf_counter() - started
