"""The command `diagdesk`: what was typed, what comes of it, and the exit code.

0 all went well · 1 something was refused · 2 what was asked makes no sense · 3 the key is missing or not made for it ·
4 the site does not answer · 130 interrupted.
"""

import argparse
import getpass
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from . import VERSION
from .config import Account, State, read_account, write_account
from .errors import ClientError, Unreachable, UsageError
from .folder import Wanted
from .orders import FORMATS, pull_orders
from .progress import Progress
from .pushing import Outcome, push
from .site import Site
from .uploading import Uploads
from .watching import Watcher
from .words import say

_INTERRUPTED = 130
_KEY = "ddk_"


class Run:
    """What every command works with: the site of the account, its state, a voice."""

    def __init__(self, *, is_quiet: bool = False, sleep: Callable[[float], None] = time.sleep) -> None:
        account = read_account()
        self.site = Site(account, sleep=sleep)
        self.state = State(self.site.url)
        self.progress = Progress(is_quiet=is_quiet)
        self.uploads = Uploads(self.site, self.state, self.progress, sleep=sleep)
        self.sleep = sleep

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.progress.clear()
        self.site.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; returns its exit code."""
    asked = _parser().parse_args(arguments)
    try:
        code: int = asked.run(asked)
    except KeyboardInterrupt:
        _complain(say("stopped"))
        return _INTERRUPTED
    except ClientError as error:
        _complain(str(error))
        return error.exit_code
    except OSError as error:
        _complain(f"{error.filename or ''}: {error.strerror or error}".lstrip(": "))
        return ClientError.exit_code
    return code


def _login(asked: argparse.Namespace) -> int:
    is_typed = sys.stdin.isatty()
    key = (getpass.getpass(say("ask_key")) if is_typed else sys.stdin.readline()).strip()
    if not key.startswith(_KEY):
        raise UsageError(say("bad_key"))
    address = asked.url if "://" in asked.url else f"https://{asked.url}"
    site = Site(Account(address, key))
    try:
        me = site.get("me/")
    finally:
        site.close()
    path = write_account(Account(site.url, key))
    print(say("logged_in", firm=me["firm"], person=me["person"], path=path))
    return 0


def _push(asked: argparse.Namespace) -> int:
    with Run(is_quiet=asked.quiet) as run:
        outcomes = push(
            asked.folders,
            _wanted(asked),
            site=run.site,
            uploads=run.uploads,
            progress=run.progress,
            is_trial=asked.dry_run,
        )
    return 1 if Outcome.FAILED in outcomes.values() else 0


def _pull(asked: argparse.Namespace) -> int:
    with Run(is_quiet=asked.quiet) as run:
        count = pull_orders(
            asked.folder,
            extension=asked.format,
            since=asked.since,
            again=asked.changed,
            site=run.site,
            state=run.state,
            tell=run.progress.say,
        )
        run.progress.say(say("orders_taken", count=count))
    return 0


def _watch(asked: argparse.Namespace) -> int:
    with Run(is_quiet=asked.quiet) as run:
        watcher = Watcher(
            asked.folder,
            _wanted(asked),
            site=run.site,
            uploads=run.uploads,
            state=run.state,
            progress=run.progress,
            quiet_seconds=asked.quiet_for,
        )
        if asked.once:
            first = watcher.look()
            run.sleep(asked.quiet_for)
            return 1 if Outcome.FAILED in (*first, *watcher.look()) else 0
        run.progress.say(say("watching", folder=asked.folder))
        while True:
            try:
                watcher.look()
            except (Unreachable, OSError) as error:
                run.progress.say(say("look_failed", why=error, seconds=asked.every))
            run.progress.clear()
            run.sleep(asked.every)


def _status(asked: argparse.Namespace) -> int:
    with Run() as run:
        me = run.site.get("me/")
        print(say("status", firm=me["firm"], url=run.site.url, person=me["person"], name=me["name"]))
        print(say("status_scopes", scopes=", ".join(me["scopes"])))
        if me["expires_at"]:
            print(say("status_expires", moment=me["expires_at"]))
        print(say("status_under_way", count=len(run.state.read("resumable"))))
        if "dossiers:write" in me["scopes"]:
            print(say("status_waiting", count=len(run.site.get("uploads/")["results"])))
    return 0


def _wanted(asked: argparse.Namespace) -> Wanted:
    return Wanted(contacts=asked.contact, amount=asked.amount, notify=asked.notify)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="diagdesk", description=say("about"))
    parser.add_argument("--version", action="version", version=f"diagdesk {VERSION}")
    commands = parser.add_subparsers(required=True, metavar="…")

    login = commands.add_parser("login", help=say("help_login"), description=say("help_login"))
    login.add_argument("url", help=say("help_url"))
    login.set_defaults(run=_login)

    pushing = commands.add_parser("push", help=say("help_push"), description=say("help_push"))
    pushing.add_argument("folders", nargs="+", type=Path, metavar="FOLDER", help=say("help_folders"))
    pushing.add_argument("--dry-run", action="store_true", help=say("help_dry_run"))
    _add_wanted(pushing)
    pushing.set_defaults(run=_push)

    orders = commands.add_parser("orders", help=say("help_orders"), description=say("help_orders"))
    pull = orders.add_subparsers(required=True, metavar="pull").add_parser("pull", description=say("help_pull"))
    pull.add_argument("folder", type=Path, metavar="FOLDER", help=say("help_target"))
    pull.add_argument("--format", choices=FORMATS, default="json", help=say("help_format"))
    pull.add_argument("--since", default="", metavar="YYYY-MM-DD", help=say("help_since"))
    pull.add_argument("--changed", action="store_true", help=say("help_changed"))
    pull.add_argument("--quiet", action="store_true", help=say("help_quiet"))
    pull.set_defaults(run=_pull)

    watching = commands.add_parser("watch", help=say("help_watch"), description=say("help_watch"))
    watching.add_argument("folder", type=Path, metavar="FOLDER", help=say("help_watched"))
    watching.add_argument("--every", type=_seconds, default=30.0, metavar="SECONDS", help=say("help_every"))
    watching.add_argument("--quiet-for", type=_seconds, default=60.0, metavar="SECONDS", help=say("help_quiet_for"))
    watching.add_argument("--once", action="store_true", help=say("help_once"))
    _add_wanted(watching)
    watching.set_defaults(run=_watch)

    status = commands.add_parser("status", help=say("help_status"), description=say("help_status"))
    status.set_defaults(run=_status)
    return parser


def _add_wanted(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--notify", action="store_true", help=say("help_notify"))
    parser.add_argument("--contact", action="append", default=[], metavar="E-MAIL", help=say("help_contact"))
    parser.add_argument("--amount", help=say("help_amount"))
    parser.add_argument("--quiet", action="store_true", help=say("help_quiet"))


def _seconds(text: str) -> float:
    try:
        seconds = float(text.replace(",", "."))
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e6:
        raise argparse.ArgumentTypeError(say("bad_seconds"))
    return seconds


def _complain(text: str) -> None:
    print(text, file=sys.stderr)
