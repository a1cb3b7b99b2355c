"""The product behind its web server, and a browser that keeps its connection."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from pathlib import Path

from deploy.local.processes import die_with_parent, last_lines, port_is_free, stop_process

ROOT = Path(__file__).resolve().parents[2]
_PORTS = range(18_600, 18_700)
_PATIENCE = 60  # seconds


class Browser:
    """One person's browser, or program: one connection that stays open, its cookies, the headers it always sends."""

    def __init__(
        self, port: int, host: str, cookies: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=300)
        self._host = f"{host}:{port}"
        self._cookies = dict(cookies)
        self._headers = dict(headers or {})

    def open(self, path: str) -> HTTPResponse:
        """Returns the answer to a GET, its body still to be read; raises AssertionError unless it is 200."""
        cookies = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        self._connection.request("GET", path, headers={"Host": self._host, "Cookie": cookies} | self._headers)
        answer = self._connection.getresponse()
        assert answer.status == 200, f"{path}: {answer.status}"
        for header in answer.headers.get_all("Set-Cookie", []):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        return answer

    def get(self, path: str) -> bytes:
        """Returns the body of a page."""
        return self.open(path).read()

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()


class Server:
    """A running web server: gunicorn as in production, with one worker so that there is one process to look at."""

    def __init__(self, port: int, process: "subprocess.Popen[bytes]") -> None:
        self.port = port
        self._process = process

    @property
    def worker(self) -> int:
        """The id of the process that answers."""
        pid = self._process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    @contextmanager
    def browser(
        self, host: str, cookies: Mapping[str, str] | None = None, *, headers: Mapping[str, str] | None = None
    ) -> Iterator[Browser]:
        """Opens a browser on a host of this server."""
        browser = Browser(self.port, host, cookies or {}, headers)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def serve(folder: Path, environment: Mapping[str, str], *, module: str = "config.wsgi") -> Iterator[Server]:
    """Runs a WSGI application, the product unless another is named; its log stays in `folder`."""
    port = next(filter(port_is_free, _PORTS))
    log = folder / f"web-{port}.log"
    command = [sys.executable, "-m", "gunicorn", f"{module}:application", "--bind", f"127.0.0.1:{port}"]
    command += ["--worker-class", "gthread", "--workers", "1", "--threads", "4", "--keep-alive", "300"]
    command += ["--no-control-socket", "--graceful-timeout", "3", "--worker-tmp-dir", str(folder)]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | dict(environment),
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent(15),  # noqa: PLW1509
        )
    try:
        _wait(process, port, log)
        yield Server(port, process)
    finally:
        stop_process(process, [(15, 10)])


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the web server does not answer; the end of {log}:\n{last_lines(log)}")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
