"""Imports dossiers of the desktop software from a folder or ZIP on this machine into a firm."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.models import Role, User
from extranet.actions.dossier_import import begin_lines, read_lines, run_lines
from extranet.actions.dossier_import_line import Wishes
from extranet.enums_import import DossierImportState
from extranet.models import DossierImport
from kernel.tenancy import firm_context, public_context
from tenants.links import here_url, subdomain_host
from tenants.models import Domain, Firm


class Command(BaseCommand):
    """Reads the folder, says what would be made, and makes it; again, it brings the same dossiers up to date."""

    help = "Imports Liciel dossiers from a folder or a ZIP: a dossier, a year (Dossiers_2025) or all of them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Adds what the command takes."""
        parser.add_argument("path", type=Path, help="the folder or ZIP")
        parser.add_argument("--firm", required=True, help="the firm's subdomain or host name")
        parser.add_argument("--user", default="", help="e-mail of who imports; otherwise the first administrator")
        parser.add_argument("--dry-run", action="store_true", help="say what would be made, and write nothing")
        parser.add_argument("--give-access", action="store_true", help="give the orderers access, by their e-mail")
        parser.add_argument("--notify", action="store_true", help="notify those who get access")

    def handle(self, *args: Any, **options: Any) -> None:
        """Runs; raises CommandError when there is no such firm, person or folder, or no dossier in it."""
        path: Path = options["path"]
        if not path.exists():
            raise CommandError(f"there is no {path}")
        if options["notify"] and not options["give_access"]:
            raise CommandError("--notify needs --give-access")
        firm = _firm(options["firm"])
        language = firm.branding.language
        with firm_context(firm.schema_name), translation.override(language):
            user = _user(options["user"])
            entry = DossierImport.objects.create(name=path.name[:300], created_by=user)
            sources = [(path, path.name)]
            entry = read_lines(entry, sources)
            if entry.state == DossierImportState.FAILED or options["dry_run"]:
                self._tell(entry)
                problem = entry.problem
                entry.delete()
                if problem:
                    raise CommandError(problem)
                return
            wishes = Wishes(
                give_access=options["give_access"],
                notify=options["notify"],
                firm_name=firm.branding.site_name,
                login_link=here_url("account_login"),
                language=language,
            )
            begin_lines(entry, give_access=wishes.give_access, notify=wishes.notify)
            self._tell(run_lines(entry, sources, wishes=wishes))

    def _tell(self, entry: DossierImport) -> None:
        for line in entry.found.all():
            said = "; ".join([*line.changes, *line.warnings, line.error])
            self.stdout.write(f"{line.outcome}\t{line.folder}\t{said.strip('; ')}")
        self.stdout.write(
            f"dossiers: {entry.lines}, created: {entry.created}, updated: {entry.updated},"
            f" unchanged: {entry.unchanged}, refused: {entry.refused}"
        )


def _firm(name: str) -> Firm:
    with public_context():
        domains = Domain.objects.filter(domain__in=[name, subdomain_host(name)])
        domain = domains.select_related("tenant__branding").first()
    if domain is None:
        raise CommandError(f"there is no firm at {name}")
    firm: Firm = domain.tenant
    return firm


def _user(email: str) -> User:
    people = User.objects.filter(is_active=True).exclude(role=Role.CLIENT)
    found = people.filter(email__iexact=email) if email else people.filter(role=Role.ADMIN)
    user = found.order_by("pk").first()
    if user is None:
        raise CommandError(f"nobody of the staff has the e-mail {email}" if email else "there is no administrator")
    return user
