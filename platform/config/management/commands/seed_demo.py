"""The demo's firms, accounts and dossiers."""

import json
from argparse import ArgumentParser
from datetime import timedelta
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone, translation

from accounts.actions.signup import open_firm
from accounts.models import Role, User
from config.demo.bookings import seed_bookings
from config.demo.details import DETAILS, DemoDetails
from config.demo.mails import seed_mails
from config.demo.messages import seed_messages
from config.demo.orders import seed_missions, seed_orders
from config.demo.papers import seed_company, seed_papers
from config.demo.payments import notify_addresses, record_payment, seed_accounts
from config.demo.people import FIRMS, DemoFirm
from config.demo.prices import seed_prices
from config.demo.quotes import seed_quotes
from config.demo.reports import logo_png, report_pdf
from config.demo.settings_log import seed_settings_log
from config.demo.sites import seed_site
from config.demo.texts import seed_texts
from config.demo.visits import PLANNINGS, seed_visits
from config.demo.words import seed_words
from extranet.actions.contact import create_contact
from extranet.actions.diagnostic import add_diagnostics, edit_diagnostic
from extranet.actions.dossier import create_dossier
from extranet.actions.dossier_file import FileInput
from extranet.actions.payment_state import set_amount
from extranet.actions.place import move_place
from extranet.models import Contact, Dossier
from kernel.crypto import decrypt, encrypt
from kernel.tenancy import firm_context, public_context
from storage.actions.files import store_upload
from tenants.links import firm_url, subdomain_host
from tenants.models import Firm
from themes.actions.branding import ImageChange, update_branding
from themes.models import Branding

OPERATOR = ("oscar", "oscar@diagdesk.example")


def demo_password(who: str) -> str:
    """Returns the password that the demo gives an account."""
    return f"Demo-{who}-2026"


class Command(BaseCommand):
    """Seeds what is missing; firms that are there already are left as their visitors made them."""

    help = "Makes the demo's two firms, its accounts and its dossiers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Takes where to write demo.json, and what is known of the payment providers' doubles."""
        parser.add_argument("--json", type=Path, required=True, help="where to write the hosts and accounts")
        parser.add_argument("--gateways", type=Path, help="file with the keys of the payment providers' doubles")

        parser.add_argument("--carriers", type=Path, help="file with the keys of the double of the SMS carriers")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seeds and writes the file."""
        translation.activate("fr")
        accounts = [self._operator()]
        for demo in FIRMS:
            with public_context():
                firm = Firm.objects.filter(domains__domain=subdomain_host(demo.subdomain)).first()
                if firm is None:
                    firm = self._firm(demo)
                    self.stdout.write(f"{demo.name}: {len(demo.dossiers)} dossiers")
            accounts += self._accounts(demo)
        notify = self._payments(options["gateways"])
        self._texts(options["carriers"])
        hosts = {
            "public": f"{settings.BASE_DOMAIN}{settings.URL_PORT}",
            "console": f"{settings.CONSOLE_DOMAIN}{settings.URL_PORT}",
            "firms": [_host(demo) for demo in FIRMS],
        }
        target: Path = options["json"]
        partial = target.with_suffix(".part")
        partial.write_text(
            json.dumps({"hosts": hosts, "accounts": accounts, "notify": notify}, indent=2, ensure_ascii=False)
        )
        partial.replace(target)

    def _payments(self, gateways: Path | None) -> dict[str, str]:
        """Gives the first firm the doubles' accounts; returns where they notify it."""
        if gateways is None:
            return {}
        with public_context():
            firm = Firm.objects.get(domains__domain=subdomain_host(FIRMS[0].subdomain))
        with firm_context(firm.schema_name):
            seed_accounts(json.loads(gateways.read_text()))
            return notify_addresses()

    def _texts(self, carriers: Path | None) -> None:
        """Gives the first firm an account with the carriers' double."""
        if carriers is None:
            return
        with public_context():
            firm = Firm.objects.get(domains__domain=subdomain_host(FIRMS[0].subdomain))
        with firm_context(firm.schema_name):
            seed_texts(json.loads(carriers.read_text()))

    def _operator(self) -> dict[str, Any]:
        with public_context(), transaction.atomic():
            username, email = OPERATOR
            user = User.objects.filter(username=username).first()
            if user is None:
                user = User.objects.create_user(
                    username=username,
                    email=email,
                    full_name="Oscar Opérateur",
                    role=Role.OPERATOR,
                    password=demo_password(username),
                )
            authenticator = Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.TOTP).first()
            if authenticator is None:
                authenticator = Authenticator.objects.create(
                    user_id=user.pk, type=Authenticator.Type.TOTP, data={"secret": encrypt(generate_totp_secret())}
                )
            secret = decrypt(authenticator.data["secret"])
        return {
            "role": "operator",
            "host": f"{settings.CONSOLE_DOMAIN}{settings.URL_PORT}",
            "login": username,
            "password": demo_password(username),
            "totp_secret": secret,
        }

    @transaction.atomic
    def _firm(self, demo: DemoFirm) -> Firm:
        firm = open_firm(
            name=demo.name,
            subdomain=demo.subdomain,
            siret=demo.siret,
            language="fr",
            admin_name=demo.admin[0],
            admin_email=demo.admin[1],
            admin_password_hash=make_password(demo_password(demo.subdomain)),
        )
        branding = Branding.objects.get(firm=firm)
        branding.button_color, branding.background_color = demo.button, demo.background
        with firm_context(firm.schema_name):
            logo = SimpleUploadedFile("logo.png", logo_png(demo.name, demo.button), "image/png")
            update_branding(branding, logo=ImageChange(upload=logo), background=ImageChange())
            staff = User.objects.create_user(
                username=demo.staff[1],
                email=demo.staff[1],
                full_name=demo.staff[0],
                role=Role.STAFF,
                password=demo_password(demo.subdomain),
                language="fr",
            )
            contacts = self._contacts(demo, firm)
            seed_prices(contacts)
            seed_orders(demo.subdomain, staff=staff, contacts=contacts)
            seed_company(demo.subdomain, staff=staff)
            seed_quotes(demo.subdomain, staff=staff, contacts=contacts)
            seed_visits(PLANNINGS[demo.subdomain], staff=staff, contacts=contacts)
            seed_papers(firm, demo.subdomain, staff=staff)
            seed_bookings(demo.subdomain)
            seed_missions()
            seed_settings_log()
            seed_words(admin=User.objects.get(role=Role.ADMIN))
            seed_mails(demo.subdomain)
            seed_site(demo.subdomain, name=demo.name, admin=User.objects.get(email=demo.admin[1]))
            for entry in demo.dossiers:
                files = []
                for name, title, pages in entry.reports:
                    content = report_pdf(firm=demo.name, title=title, dossier=entry.title, pages=pages)
                    upload = SimpleUploadedFile(f"{name}.pdf", content, "application/pdf")
                    files.append(FileInput(stored=store_upload(upload, user=staff), title=title))
                readers = [contacts[username] for username in entry.readers]
                details = next((told for start, told in DETAILS.items() if entry.title.startswith(start)), None)
                published = create_dossier(
                    title=entry.title,
                    comments=entry.comments,
                    files=files,
                    contacts=readers,
                    user=staff,
                    details=details.fields if details else None,
                )
                if details is not None:
                    self._complete(published.dossier, details, staff, payer=readers[0])
            plan = report_pdf(firm=demo.name, title="Plan de la cave", dossier="Cave", pages=1)
            seed_messages(staff=staff, contacts=contacts, plan=plan)
        return firm

    def _complete(self, dossier: Dossier, details: DemoDetails, staff: User, *, payer: Contact) -> None:
        today = timezone.localdate()
        for entry in details.diagnostics:
            made = today - timedelta(days=entry.days_ago)
            (diagnostic,) = add_diagnostics(dossier, kinds=[entry.kind], performed_on=made, user=staff)
            values = {"kind": entry.kind, "performed_on": made} | entry.values
            edit_diagnostic(diagnostic, values=values, expiry_by_hand=False, expires_on=None, user=staff)
        due = set_amount(dossier, amount=details.amount, payer=details.payer, payer_name="", user=staff)
        if details.paid:
            record_payment(due, contact=payer, days_ago=details.diagnostics[0].days_ago // 2, user=staff)
        latitude, longitude = details.place
        move_place(Dossier.objects.get(pk=dossier.pk), latitude=latitude, longitude=longitude, user=staff)

    def _contacts(self, demo: DemoFirm, firm: Firm) -> dict[str, Contact]:
        result: dict[str, Contact] = {}
        for entry in demo.contacts:
            contact = create_contact(
                name=entry.name,
                company=entry.company,
                phone="",
                email=entry.email,
                username=entry.username,
                collaborators=entry.collaborators,
                language="fr",
                send_codes=False,
                firm_name=demo.name,
                link=firm_url(firm),
                kind=entry.kind,
            )
            contact.user.set_password(demo_password(demo.subdomain))
            contact.user.save(update_fields=["password"])
            result[entry.username] = contact
        return result

    def _accounts(self, demo: DemoFirm) -> list[dict[str, Any]]:
        logins = [
            ("admin", demo.admin[1]),
            ("staff", demo.staff[1]),
            *(("client", entry.username) for entry in demo.contacts),
        ]
        return [
            {
                "role": role,
                "host": _host(demo),
                "login": login,
                "password": demo_password(demo.subdomain),
                "totp_secret": None,
            }
            for role, login in logins
        ]


def _host(demo: DemoFirm) -> str:
    return f"{subdomain_host(demo.subdomain)}{settings.URL_PORT}"
