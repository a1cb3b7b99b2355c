"""A client that a generator makes of the specification runs the main job against a real web server."""

import io
import subprocess
import sys
import threading
from collections.abc import Iterator
from importlib import import_module
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import connections

from kernel.tenancy import firm_context
from tests.api.calls import key_of
from tests.factories.cast import Cast, add_cast
from tests.storage.builders import pdf

NAME = "2026-0417"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


def _application(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    answer = get_wsgi_application()(environ, start_response)
    try:
        yield from answer
    finally:
        answer.close()
        connections.close_all()


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Generates the client; gives the name of its package."""
    folder = tmp_path_factory.mktemp("client")
    specification = folder / "openapi.json"
    call_command("spectacular", format="openapi-json", file=str(specification))
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--path", str(specification)]
    command += ["--meta", "none", "--output-path", str(folder / "diagdesk_client")]
    made = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    left_out = [line for line in made.stdout.splitlines() if line.startswith("WARNING")]
    # a file's type is the file's own: the generator reads no bytes of any type
    assert all(line.endswith(("/content/ within files.", "/download/ within documents.")) for line in left_out), (
        left_out
    )
    sys.path.insert(0, str(folder))
    yield "diagdesk_client"
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.partition(".")[0] == "diagdesk_client"]:
        del sys.modules[name]


@pytest.fixture
def cast(own_database: str) -> Cast:
    return add_cast()


@pytest.fixture
def port(own_database: str) -> Iterator[int]:
    """The site's port on this machine."""
    server = make_server("127.0.0.1", 0, _application, _Server, _Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


def call(package: str, endpoint: str, *arguments: Any, **options: Any) -> Any:
    """Returns the answer of an endpoint of the generated client."""
    return import_module(f"{package}.api.{endpoint}").sync_detailed(*arguments, **options)


def test_the_main_job_by_a_generated_client(package: str, port: int, cast: Cast) -> None:
    top, models = import_module(package), import_module(f"{package}.models")
    types = import_module(f"{package}.types")
    with top.AuthenticatedClient(
        base_url=f"http://127.0.0.1:{port}", token=key_of(cast.anna), headers={"Host": f"alpha.localhost:{port}"}
    ) as client:
        me = call(package, "key.me", client=client)
        assert (me.status_code, me.parsed.person) == (200, str(cast.anna))

        files = [types.File(payload=io.BytesIO(pdf()), file_name="dpe.pdf", mime_type="application/pdf")]
        upload = call(package, "uploads.uploads_create", client=client, body=models.UploadsCreateBody(file=files))
        assert upload.status_code == 201
        body = models.SentDossierRequest(
            title="Maison Le Goff",
            amount="390.00",
            files=[models.SentFileRequest(upload=upload.parsed.results[0].code, external_id="dpe")],
            accesses=[models.SentAccessRequest(email="alice@client.example")],
        )
        put = call(package, "dossiers.dossiers_put", NAME, client=client, body=body, idempotency_key="first")
        assert put.status_code == 201, put.content
        again = call(package, "dossiers.dossiers_put", NAME, client=client, body=body, idempotency_key="first")
        assert (again.headers["Idempotency-Replayed"], again.parsed.code) == ("true", put.parsed.code)

        found = call(package, "dossiers.dossiers_list", client=client, q="goff").parsed.results
        assert [dossier.code for dossier in found] == [put.parsed.code]
        read = call(package, "dossiers.dossiers_read", put.parsed.code, client=client)
        assert [(file.external_id, file.name) for file in read.parsed.files] == [("dpe", "dpe.pdf")]
        assert [access.contact for access in read.parsed.accesses] == [cast.alice.code]

        stale = call(
            package, "dossiers.dossiers_update", put.parsed.code, client=client, body=body, if_match='"another"'
        )
        assert (stale.status_code, stale.parsed.code) == (412, "changed_meanwhile")
        missing = call(package, "dossiers.dossiers_read", "nothing", client=client)
        assert (missing.status_code, missing.parsed.code) == (404, "not_found")

    with firm_context("firm_alpha"):
        alice = key_of(cast.alice.user)
    with top.AuthenticatedClient(
        base_url=f"http://127.0.0.1:{port}", token=alice, headers={"Host": f"alpha.localhost:{port}"}
    ) as client:
        own = call(package, "dossiers.dossiers_list", client=client).parsed.results
        assert [dossier.code for dossier in own] == [put.parsed.code]
        assert isinstance(own[0].owner_email, types.Unset), "what clients do not see"
