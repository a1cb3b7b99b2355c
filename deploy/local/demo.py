"""The whole product on one machine: database, mail box, payment providers' doubles, web server and job worker.

Two demonstration firms are made.
"""

import argparse
import json
import os
import secrets
import shutil
import signal
import socket
import sys
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from deploy.local.postgres import Postgres
from deploy.local.processes import FileLock, LaunchError, free_port, last_lines, port_is_free
from deploy.local.seaweed import Seaweed
from deploy.local.supervisor import Child, run_step

ROOT = Path(__file__).resolve().parents[2]
MARKER = ".diagdesk-demo"
LOCK = ".lock"
PORT_PATIENCE = 10  # seconds that a port of a demo that has just ended may take to become free
READY_PATIENCE = 90  # seconds
GATEWAYS_PATIENCE = 30  # seconds
#: The variable with the address of each payment provider's double.
GATEWAYS = {"stripe": "STRIPE_URL", "paypal": "PAYPAL_TEST_URL", "lyra": "LYRA_URL"}
#: Those of the carriers of text messages: one double for all.
CARRIERS = ("OVH_SMS_URL", "BREVO_SMS_URL", "TWILIO_SMS_URL", "SMSMODE_SMS_URL")
LOOPBACK = ("127.0.0.1", "::1")  # a browser may try either for `localhost`


class Stopped(BaseException):
    """Somebody asked the demo to stop (Ctrl-C, SIGTERM, the terminal was closed)."""


def say(text: str) -> None:
    """A line of progress."""
    print(f"· {text}", flush=True)


class Demo:
    """Everything that runs, in the order in which it is started; it is stopped in reverse."""

    def __init__(self, data: Path, port: int, workers: int, *, with_s3: bool) -> None:
        self.data = data
        self.port = port
        self.workers = workers
        self.with_s3 = with_s3
        self.stack = ExitStack()
        self.lock = FileLock(data / LOCK, f"The demo in {data}")
        self.postgres = Postgres(data / "postgres")
        self.store: Seaweed | None = None
        self.children: list[Child] = []
        self.mail_page = ""
        self.inbound: dict[str, Any] = {}
        self.gateways: dict[str, Any] = {}
        #: The address of the carriers' double and the keys that it accepts; empty: there is none.
        self.carriers: dict[str, Any] = {}

    # -- the folder ---------------------------------------------------------------------------------------------

    def open_folder(self, *, reset: bool) -> None:
        """Make the folder or check that it is ours, lock it, and empty it when asked."""
        if self.data.exists() and any(self.data.iterdir()) and not (self.data / MARKER).exists():
            raise LaunchError(f"{self.data} is not empty and was not made by the demo: choose another --data folder.")
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            (self.data / MARKER).touch()
        except OSError as error:
            raise LaunchError(
                f"The folder {self.data} cannot be used: {error.strerror}. Choose another --data folder."
            ) from None
        self.lock.acquire(wait_seconds=30)
        self.stack.callback(self.lock.release)
        if reset:
            say(f"removing what is in {self.data}")
            for path in self.data.iterdir():
                if path.name in {MARKER, LOCK}:
                    continue
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()

    # -- the parts ----------------------------------------------------------------------------------------------

    def start(self) -> dict[str, Any]:
        """Start every part; returns what demo.json says."""
        hosts = self._addresses()
        say("starting the database" if not self.postgres.external else "using the database of DATABASE_URL")
        self.stack.callback(self.postgres.stop)
        self.postgres.start()
        database = "" if self.postgres.external else "diagdesk"
        if database:
            self.postgres.create_database(database)
        environment = self._environment(self.postgres.url(database))
        if self.with_s3:
            say("starting the S3 store")
            self.store = Seaweed(self.data / "s3")
            self.stack.callback(self.store.stop)
            environment |= self.store.start().environment("diagdesk")
        self._add("mailbox", self._mailbox_command(environment), environment)
        if environment.get("S3_BUCKET"):
            self._manage(environment, "prepare_bucket", saying="preparing the bucket")
        try:
            self._manage(environment, "migrate_firms", saying="migrating")
        except LaunchError as error:
            raise LaunchError(f"{error}\nIs the data of another version? ./deploy/demo --reset starts anew.") from error
        environment |= self._start_gateways(environment)
        environment |= self._start_carriers(environment)
        facts = self._seed(environment)
        say("starting the web server and the job worker")
        self._add("web", self._web_command(hosts), environment, grace=4)
        self._add("worker", [sys.executable, "manage.py", "worker"], environment)
        if self.inbound:
            command = [sys.executable, "manage.py", "inbound_mail", "--host", self.inbound["host"]]
            self._add("inbound", [*command, "--port", str(self.inbound["port"])], environment)
        self._wait_until_ready()
        return facts

    def _addresses(self) -> list[str]:
        """The loopback addresses to listen on; `LaunchError` when the port is taken."""
        deadline = time.monotonic() + PORT_PATIENCE
        hosts = [host for host in LOOPBACK if _is_usable(host)]
        while taken := [host for host in hosts if not port_is_free(self.port, host)]:
            if time.monotonic() > deadline or _answers(taken[0], self.port):
                if self.port < 1024:
                    raise LaunchError(f"Port {self.port} cannot be used (below 1024 it needs root): try --port 8000.")
                raise LaunchError(
                    f"Port {self.port} is taken by another program: stop it or choose another with --port."
                )
            time.sleep(0.2)
        return hosts

    def _environment(self, database_url: str) -> dict[str, str]:
        """The settings of the product for this machine."""
        key = self.data / "secret_key"
        if not key.exists():
            partial = self.data / "secret_key.part"
            partial.touch(mode=0o600)
            partial.write_text(secrets.token_urlsafe(64))
            partial.rename(key)
        kept = {name: value for name, value in os.environ.items() if name not in {"SECRET_KEY", "PYTHONPATH"}}
        smtp_port = free_port()
        if not os.environ.get("INBOUND_DOMAIN"):
            # answers to the demo's mails: whoever plays a client's mail program sends them there
            self.inbound = {"host": "127.0.0.1", "port": free_port(self.port + 24), "domain": "reply.localhost"}
            kept["INBOUND_DOMAIN"] = "reply.localhost"
        return kept | {
            "DIAGDESK_URL": f"http://localhost:{self.port}",
            "SECRET_KEY_FILE": str(key),
            "DEBUG": "0",
            "DATABASE_URL": database_url,
            "STORAGE_DIR": str(self.data / "files"),
            "STATIC_ROOT": str(ROOT / ".static"),
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(smtp_port),
            "SMTP_USER": "",
            "SMTP_PASSWORD": "",
            "SMTP_SECURITY": "none",
            # a firm of the demo may take the mail box of this machine for its own server
            "MAIL_ALLOW_PRIVATE_HOSTS": "1",
            "WEBHOOK_ALLOW_PRIVATE_HOSTS": "1",
            "LOG_FORMAT": "console",
            "PYTHONUNBUFFERED": "1",
        }

    def _start_gateways(self, environment: dict[str, str]) -> dict[str, str]:
        """Start the doubles of the payment providers; returns the variables with their addresses.

        A provider of which the environment names an address is left alone.
        """
        wanted = [name for name, variable in GATEWAYS.items() if not {variable, f"{variable}_FILE"} & set(os.environ)]
        if not wanted or not (ROOT / "tests" / "gateways").is_dir():
            return {}
        say("starting the doubles of the payment providers")
        told, ports = self.data / "gateways-facts.json", self._gateway_ports()
        told.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.gateways", "--facts", str(told), "--ports", *map(str, ports)]
        self._add("gateways", [*command, "--notify", str(self.data / "gateways-notify.json")], environment)
        child = self.children[-1]
        deadline = time.monotonic() + GATEWAYS_PATIENCE
        while not told.exists():
            if not child.alive() or time.monotonic() > deadline:
                raise LaunchError(
                    f"The payment providers' doubles do not start. The end of {child.log}:\n{last_lines(child.log)}"
                )
            time.sleep(0.05)
        facts = json.loads(told.read_text())
        self.gateways = {name: facts[name] for name in wanted}
        return {GATEWAYS[name]: facts[name]["url"] for name in wanted}

    def _start_carriers(self, environment: dict[str, str]) -> dict[str, str]:
        """Start the double of the carriers of text messages; returns the variables with its address.

        There is none when the environment names an address of any of them.
        """
        named = {variable for name in CARRIERS for variable in (name, f"{name}_FILE")} & set(os.environ)
        if named or not (ROOT / "tests" / "gateways").is_dir():
            return {}
        told, port = self.data / "carriers.json", free_port(self.port + 60)
        told.unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.gateways.sms_serving", "--facts", str(told), "--port", str(port)]
        self._add("carriers", command, environment)
        child, deadline = self.children[-1], time.monotonic() + GATEWAYS_PATIENCE
        while not told.exists():
            if not child.alive() or time.monotonic() > deadline:
                raise LaunchError(
                    f"The double of the SMS carriers does not start. The end of {child.log}:\n{last_lines(child.log)}"
                )
            time.sleep(0.05)
        self.carriers = json.loads(told.read_text())
        return dict.fromkeys(CARRIERS, self.carriers["url"])

    def _gateway_ports(self) -> list[int]:
        """The same ports as last time, so that pages left open go on working."""
        kept = self.data / "gateways-ports.json"
        before = json.loads(kept.read_text()) if kept.exists() else [self.port + 50 + rank for rank in range(3)]
        ports: list[int] = []
        for port in before:
            ports.append(free_port(port if port not in ports else 0))
        kept.write_text(json.dumps(ports))
        return ports

    def _mailbox_command(self, environment: dict[str, str]) -> list[str]:
        page_port = free_port(self.port + 25)
        self.mail_page = f"http://localhost:{page_port}/"
        command = [sys.executable, "-m", "deploy.local.mailbox", "--folder", str(self.data / "mails")]
        return [*command, "--smtp-port", environment["SMTP_PORT"], "--page-port", str(page_port)]

    def _web_command(self, hosts: list[str]) -> list[str]:
        command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--worker-class", "gthread"]
        command += ["--workers", str(self.workers), "--threads", "8", "--graceful-timeout", "3", "--no-control-socket"]
        for host in hosts:
            command += ["--bind", f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"]
        if Path("/dev/shm").is_dir():
            command += ["--worker-tmp-dir", "/dev/shm"]
        return command

    def _add(self, name: str, command: list[str], environment: dict[str, str], grace: float = 5) -> None:
        log = self.data / "log" / f"{name}.log"
        child = Child(name, command, environment, ROOT, log, self.lock.fd, grace)
        if name == "web":
            child.orphan_signal = signal.SIGTERM  # it must end its own processes
        self.children.append(child)
        child.start()

    def _manage(self, environment: dict[str, str], *words: str, saying: str) -> None:
        say(saying)
        log = self.data / "log" / f"{words[0]}.log"
        run_step(f"manage.py {words[0]}", [sys.executable, "manage.py", *words], environment, ROOT, log)

    def _seed(self, environment: dict[str, str]) -> dict[str, Any]:
        """Make the demonstration firms and write demo.json; returns what it says."""
        seeded = self.data / "seed.json"
        words = ["seed_demo", "--json", str(seeded)]
        if self.gateways:
            known = self.data / "gateways.json"
            known.write_text(json.dumps(self.gateways))
            words += ["--gateways", str(known)]
        if self.carriers:
            words += ["--carriers", str(self.data / "carriers.json")]
        self._manage(environment, *words, saying="preparing the demonstration firms")
        facts: dict[str, Any] = json.loads(seeded.read_text())
        _replace(self.data / "gateways-notify.json", json.dumps(facts.pop("notify")))
        if self.gateways:
            facts["payments"] = {
                name: told | {"cards": [{"number": number, "does": does} for number, does in told["cards"]]}
                for name, told in self.gateways.items()
            }
        if self.carriers:
            facts["texts"] = self.carriers
        if self.inbound:
            facts["inbound"] = self.inbound
        facts["mailbox"] = {"folder": str(self.data / "mails"), "url": self.mail_page}
        _replace(self.data / "demo.json", json.dumps(facts, indent=2, ensure_ascii=False) + "\n")
        return facts

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_PATIENCE
        while not _is_ready(self.port):
            for child in self.children:
                if not child.alive():
                    raise LaunchError(
                        f"The {child.name} does not start. The end of {child.log}:\n{last_lines(child.log, 25)}"
                    )
            if time.monotonic() > deadline:
                log = self.data / "log" / "web.log"
                raise LaunchError(f"/readyz does not answer 200. The end of {log}:\n{last_lines(log, 25)}")
            time.sleep(0.1)

    # -- its life -----------------------------------------------------------------------------------------------

    def watch(self) -> NoReturn:
        """Keep every part running until `Stopped`."""
        while True:
            time.sleep(0.3)
            if not self.postgres.alive():
                say(f"the database ended, starting it again; see {self.postgres.log}")
                self._again(self.postgres)
            if self.store is not None and not self.store.alive():
                say(f"the S3 store ended, starting it again; see {self.store.log}")
                self._again(self.store)
            for child in self.children:
                if line := child.revive():
                    say(line)

    def _again(self, part: Postgres | Seaweed) -> None:
        part.stop()
        try:
            part.start()
        except LaunchError as error:
            say(str(error))
            time.sleep(5)

    def stop(self) -> None:
        """Stop everything, the database last."""
        for child in self.children:
            child.signal(signal.SIGTERM)  # all at once: the slowest one decides how long it takes
        for child in reversed(self.children):
            child.stop()
        self.stack.close()


def _replace(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    partial = path.with_name(f"{path.name}.part")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    partial.write_text(text)
    partial.rename(path)


def _is_usable(host: str) -> bool:
    """True when this machine has that loopback address."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.bind((host, 0))
    except OSError:
        return False
    return True


def _answers(host: str, port: int) -> bool:
    """True when a program accepts connections there."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _is_ready(port: int) -> bool:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/readyz", headers={"Host": f"localhost:{port}"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def describe(facts: dict[str, Any], port: int, data: Path) -> str:
    """The addresses and accounts for a person, and last the line `ready: …` for a person or a script."""

    def address(host: str) -> str:
        return f"http://{host}" if ":" in host else f"http://{host}:{port}"

    hosts = facts["hosts"]
    lines = ["", f"  public site  {address(hosts['public'])}", f"  console      {address(hosts['console'])}"]
    lines += [f"  firm         {address(host)}" for host in hosts["firms"]]
    lines += [
        f"  mails        {facts['mailbox']['url']}",
        *([f"  SMS          {facts['texts']['url']}/"] if "texts" in facts else []),
        "",
        "  accounts (identifier, password, second factor's secret)",
    ]
    short = []
    for account in facts["accounts"]:
        secret = f"  TOTP {account['totp_secret']}" if account.get("totp_secret") else ""
        lines.append(
            f"    {account['role']:<9}{address(account['host'])}  {account['login']}  {account['password']}{secret}"
        )
        short.append(f"{account['role']} {account['login']} / {account['password']} at {account['host']}")
    if payments := facts.get("payments"):
        lines += ["", "  payment providers of the demo: no money moves; in the portal, pay an unpaid dossier with"]
        for name, told in payments.items():
            means = f"card {told['cards'][0]['number']}, any date" if told["cards"] else "the buttons of its page"
            lines.append(f"    {name:<9}{told['url']}  {means}")
    lines += ["", f"  data in {data}; everything above is also in {data / 'demo.json'}; Ctrl-C stops.", ""]
    places = " ".join(address(host) for host in [hosts["console"], *hosts["firms"]])
    lines.append(
        f"ready: {address(hosts['public'])} {places} mails {facts['mailbox']['url']} accounts {'; '.join(short)}"
    )
    return "\n".join(lines)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./deploy/demo", description=__doc__)
    parser.add_argument("--port", type=int, default=8000, help="port of the web server (default: %(default)s)")
    parser.add_argument(
        "--data", type=Path, default=ROOT / ".data" / "demo", help="folder of all data (default: .data/demo)"
    )
    parser.add_argument("--reset", action="store_true", help="start anew: remove what is in the data folder")
    parser.add_argument(
        "--with-s3", action="store_true", help="keep files in an S3 store (SeaweedFS) instead of on disk"
    )
    parser.add_argument("--workers", type=int, default=2, help="processes of the web server (default: %(default)s)")
    return parser.parse_args()


def _stop(number: int, frame: FrameType | None) -> None:
    for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)  # once is enough: stopping takes a few seconds
    raise Stopped


def main() -> int:
    """Run until stopped: 0 when asked to stop, 1 when something could not be started."""
    options = _options()
    demo = Demo(options.data.absolute(), options.port, options.workers, with_s3=options.with_s3)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        demo.open_folder(reset=options.reset)
        facts = demo.start()
        print(describe(facts, options.port, demo.data), flush=True)
        demo.watch()
    except Stopped:
        print(flush=True)
        say("stopping")
        return 0
    except (LaunchError, OSError) as error:
        print(f"\n✗ {error}", file=sys.stderr, flush=True)
        return 1
    finally:
        demo.stop()


if __name__ == "__main__":
    sys.exit(main())
