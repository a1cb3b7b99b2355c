"""The objects of alpha of which the route matrix asks, and who asks for them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts.models import User
from billing.actions.issues import note_issue, resolve_issue
from billing.actions.manual import record_manual_payment
from billing.actions.manual_account import manual_account
from billing.actions.reminding import stop_reminding
from billing.actions.starting import add_lines
from billing.enums import IssueKind, Method, Mode, Provider
from billing.models import Payment, PaymentIssue
from billing.tokens import pay_path, status_token
from extranet.actions.diagnostic import add_diagnostics
from extranet.actions.document import Sender, Wanted, ask_documents, send_documents
from extranet.actions.dossier_file_removal import remove_file
from extranet.actions.dossier_file_version import replace_file
from extranet.actions.dossier_life import delete_dossiers
from extranet.actions.guest_link import create_guest_link
from extranet.actions.history import Visit
from extranet.actions.map_feed import create_feed
from extranet.actions.renewal import reminder_token
from extranet.enums import ImportState, RequestKind
from extranet.models import (
    ContactImport,
    Diagnostic,
    Dossier,
    DossierStep,
    FileVersion,
    GuestLink,
    RequestedDocument,
    SentDocument,
    StepTemplate,
    SubAccount,
    ValidityRule,
)
from extranet.queries.guest_link import guest_token
from kernel.tenancy import firm_context
from storage.actions.files import claim, store_bytes
from tests.billing.scripted import add_account, add_manual_account, add_unpaid
from tests.factories.api_things import add_key, api_arguments, api_data
from tests.factories.booking_things import add_booking_things, booking_settings_data
from tests.factories.cast import Cast
from tests.factories.firm_things import add_firm_things, firm_arguments, firm_data
from tests.factories.import_things import add_import_things, import_arguments, import_data
from tests.factories.mail_server_things import add_mail_things, mail_arguments, mail_data
from tests.factories.mail_things import mail_text_arguments, mail_text_data, save_words
from tests.factories.message_things import add_message_things, message_arguments, message_data
from tests.factories.mission_things import add_mission_things, mission_arguments, mission_data
from tests.factories.order_things import add_order_things, order_arguments, order_data
from tests.factories.portal import add_dossier, files_of
from tests.factories.price_things import add_price_things, price_arguments, price_data
from tests.factories.quote_things import add_quote_things, quote_arguments, quote_data
from tests.factories.setting_things import add_archive
from tests.factories.site_things import add_site_things, site_arguments, site_data
from tests.factories.sms_things import add_sms_things, sms_arguments, sms_data
from tests.factories.visit_things import add_visit_things, visit_arguments, visit_data
from tests.factories.webhook_things import add_webhook_things, webhook_arguments, webhook_data
from tests.storage.builders import image, pdf, upload
from tests.support import at_host, logged_in

IMPORTED = b"Nom;E-mail\nEve;imported@client.example\n"


@dataclass
class World:
    """Alpha's objects, of which all addresses speak, and who asks."""

    arguments: dict[str, dict[str, object]]
    data: dict[str, Callable[[], dict[str, Any]]]
    people: dict[str, Client]


def add_guest_things(
    dossier: Dossier, cast: Cast
) -> tuple[RequestedDocument, RequestedDocument, GuestLink, SentDocument]:
    """Returns two documents asked of the client, a guest's link that asks for a code, and what Alice has sent."""
    wanted = [Wanted(RequestKind.PLANS), Wanted(RequestKind.TITLE_DEED)]
    item, other = ask_documents(dossier, wanted=wanted, note="", due_on=None, user=cast.bob)
    stored = [store_bytes(b"plan", name="plan.txt")]
    (sent,) = send_documents(item, stored=stored, sender=Sender(user=cast.alice.user), visit=Visit())
    link = create_guest_link(
        dossier,
        email="guest@else.example",
        name="",
        expires_at=timezone.now() + timedelta(days=1),
        max_uses=3,
        asks_code=True,
        user=cast.bob,
    )
    return item, other, link, sent


def add_checked_import() -> ContactImport:
    stored = claim(store_bytes(IMPORTED, name="contacts.csv"))
    columns = {"name": 0, "email": 1}
    return ContactImport.objects.create(stored=stored, state=ImportState.CHECKED, columns=columns, lines=1, created=1)


def add_validity_things(
    dossier: Dossier, cast: Cast
) -> tuple[Diagnostic, DossierStep, StepTemplate, ValidityRule, str]:
    """Returns a diagnostic that expires soon, a step of its dossier, one of new ones, a rule, a reminder's token."""
    dossier.owner_email = "owner@else.example"
    dossier.save(update_fields=["owner_email"])
    made = timezone.localdate() - timedelta(days=150)
    diagnostic, _other = add_diagnostics(dossier, kinds=["erp", "gaz"], performed_on=made, user=cast.bob)
    step = DossierStep.objects.filter(dossier=dossier)[0]
    # those of the start have the same code in each firm: they are copies of one template
    template = StepTemplate.objects.create(name="Relance", position=99)
    rule = ValidityRule.objects.create(kind="piscine", months=12)
    return diagnostic, step, template, rule, reminder_token(dossier)


@dataclass
class Money:
    """A cheque that was recorded, a transfer that was announced, an attempt that nobody was sent to pay, two issues."""

    paid: Payment
    announced: Payment
    stale: Payment
    issue: PaymentIssue
    settled: PaymentIssue


def add_money_things(cast: Cast) -> Money:
    garage = add_dossier("Garage", user=cast.bob, contacts=[cast.alice])
    transfer = manual_account(Method.TRANSFER)
    common = {"payer_name": "Alice", "payer_email": "", "contact": cast.alice}
    paid = record_manual_payment(
        [(garage, 1_000)],
        account=transfer,
        method=Method.TRANSFER,
        received_on=timezone.localdate(),
        reference="",
        user=cast.bob,
        payer_name="Alice",
        payer_email="",
        contact=cast.alice,
    )
    announced = Payment.objects.create(
        account=transfer,
        provider=Provider.MANUAL,
        mode=Mode.LIVE,
        status="pending",
        method="transfer",
        amount=500,
        **common,
    )
    add_lines(announced, [(garage, 500)])
    stale = Payment.objects.create(account=add_account(), provider=Provider.STRIPE, mode=Mode.TEST, amount=500)
    Payment.objects.filter(pk=stale.pk).update(created_at=timezone.now() - timedelta(hours=2))
    issue = note_issue(paid, IssueKind.DIFFERS, "open")
    settled = resolve_issue(note_issue(paid, IssueKind.DIFFERS, "settled"), user=cast.bob)
    return Money(paid, announced, stale, issue, settled)


def make_world(cast: Cast) -> World:
    """Returns alpha's objects with one of everything that an address can name."""
    with firm_context("firm_alpha"):
        contents = {"a.jpg": image("JPEG"), "DPE.pdf": pdf(), "GENAPI.txt": b"genapi", "old.txt": b"old"}
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files=contents)
        Dossier.objects.filter(pk=dossier.pk).update(street="12 rue de Siam", city="Brest")
        file, report, genapi, removed = files_of(dossier)
        binned = add_dossier("Corbeille", user=cast.bob, contacts=[cast.alice])
        delete_dossiers([binned], user=cast.bob)
        file = replace_file(file, stored=store_bytes(image(), name="a.png", user=cast.bob), user=cast.bob)
        version = FileVersion.objects.get(file=file)
        remove_file(removed, user=cast.bob)
        checked = add_checked_import()
        read, imported, table = add_import_things(dossier, cast.bob)
        archive = add_archive(cast.anna)
        message_routes = message_arguments(*add_message_things(cast))
        item, _other, link, sent = add_guest_things(dossier, cast)
        guest_token_of_alpha = guest_token(link)
        diagnostic, step, template, rule, reminder = add_validity_things(dossier, cast)
        sub_account = SubAccount.objects.create(
            contact=cast.alice, user=User.objects.create_user(username="sub", email="sub@client.example", role="client")
        )
        look = cast.alpha.branding
        look.logo_key = default_storage.save("firms/firm_alpha/branding/logo-test.png", ContentFile(image()))
        look.save()
        for person in (cast.alice.user, cast.charlie.user, cast.bob, cast.anna):
            create_feed(person, query="")
        means, unused = add_account(), add_account(active=False)
        money = add_money_things(cast)
        due, transfer = add_unpaid("Remise", "80.00", user=cast.bob, contacts=[cast.alice]), add_manual_account()
        pay_token = pay_path([due]).split("/")[2]
        paid_token = status_token(money.paid)
        prices = add_price_things(cast)
        visits = add_booking_things(cast)
        booking_data = booking_settings_data()
        booking = add_visit_things(cast)
        silent = add_unpaid("Cave", "20.00", user=cast.bob, contacts=[cast.alice])
        stop_reminding(silent, user=cast.bob)
        order, order_draft, order_file = add_order_things(cast)
        missions = add_mission_things(order, cast)
        quotes = add_quote_things(cast)
        mails = add_mail_things()
        texts = add_sms_things(cast.alice)
        hooks = add_webhook_things(cast.anna)
        papers = add_firm_things(cast)
        site = add_site_things(cast)
        key = add_key(cast.bob)
    with firm_context("firm_beta"):
        for person in (cast.dora.user, cast.dan):
            create_feed(person, query="")
    in_dossier: dict[str, object] = {"code": dossier.code}
    in_file = in_dossier | {"file_code": file.code}
    of_contact: dict[str, object] = {"code": cast.alice.code}
    of_sub_account: dict[str, object] = {"sub_code": sub_account.code}
    of_import: dict[str, object] = {"code": checked.code}
    with firm_context("firm_alpha"):
        mail_version = save_words(user=cast.anna).versions.latest("pk")
    of_template: dict[str, object] = {"code": template.code}
    of_rule: dict[str, object] = {"code": rule.code}
    in_request = in_dossier | {"request_code": item.code}
    of_payment: dict[str, object] = {"code": money.paid.code}
    of_announced: dict[str, object] = {"code": money.announced.code}
    at_door: dict[str, object] = {"token": guest_token_of_alpha}
    token: dict[str, object] = {"token": "abc"}
    eve = {"name": "Eve", "email": "eve@client.example", "username": "eve", "language": "fr", "collaborators": ""}
    return World(
        arguments={
            "dossier-undo": {"identifier": "abc"},
            **{key: {"code": archive.code} for key in ["archive-download", "archive-remove"]},
            **order_arguments(order, order_draft, order_file),
            **mission_arguments(missions),
            **quote_arguments(quotes, order_code=order.code),
            **mail_text_arguments(mail_version),
            **mail_arguments(mails),
            **sms_arguments(*texts, cast.alice),
            **webhook_arguments(*hooks),
            **firm_arguments(papers),
            **site_arguments(site),
            **api_arguments(key),
            **dict.fromkeys(
                [
                    "dossier-detail",
                    "dossier-edit",
                    "dossier-zip",
                    "dossier-whole",
                    "dossier-notify",
                    "access-add",
                    "files-add",
                    "amount-edit",
                ],
                in_dossier,
            ),
            "access-remove": in_dossier | {"contact_code": cast.alice.code},
            **dict.fromkeys(["file-download", "file-read", "file-content", "file-edit", "file-remove"], in_file),
            **dict.fromkeys(["file-preview", "file-replace", "file-versions", "file-history"], in_file),
            **dict.fromkeys(["file-as-client", "file-as-client-content"], in_file),
            **dict.fromkeys(["version-download", "version-restore"], in_file | {"version_code": version.code}),
            "file-restore": in_dossier | {"file_code": removed.code},
            **dict.fromkeys(["files-removed", "files-order", "files-section", "dossier-history"], in_dossier),
            **dict.fromkeys(["genapi-download", "complete-dossier", "complete-download"], in_dossier),
            **dict.fromkeys(["contact-detail", "contact-edit", "contact-delete", "contact-codes"], of_contact),
            **dict.fromkeys(
                ["contact-merge", "contact-data", "contact-reach", "contact-erase", "contact-sub-account-new"],
                of_contact,
            ),
            **dict.fromkeys(
                ["contact-sub-account", "contact-sub-account-codes", "contact-sub-account-delete"],
                of_contact | of_sub_account,
            ),
            **dict.fromkeys(["sub-account-edit", "sub-account-codes", "sub-account-delete"], of_sub_account),
            "contact-consultations": of_contact,
            **dict.fromkeys(
                [f"contact-import-{what}" for what in ("detail", "columns", "run", "remove", "errors")], of_import
            ),
            **import_arguments(read, imported, table, dossier),
            **message_routes,
            "dossier-messages": in_dossier,
            **dict.fromkeys(["guest-add", "documents-add", "documents-mail"], in_dossier),
            **dict.fromkeys(["guest-send", "guest-prolong", "guest-revoke"], in_dossier | {"link_code": link.code}),
            **dict.fromkeys(["document-send", "document-accept", "document-refuse", "document-delete"], in_request),
            **dict.fromkeys(["document-download", "sent-remove"], in_request | {"sent_code": sent.code}),
            **dict.fromkeys(["guest", "guest-code", "guest-open", "guest-zip", "guest-genapi"], at_door),
            **dict.fromkeys(
                ["guest-file-download", "guest-file-read", "guest-file-content"], at_door | {"file_code": file.code}
            ),
            "guest-document-send": at_door | {"request_code": item.code},
            "guest-sent-remove": at_door | {"request_code": item.code, "sent_code": sent.code},
            "reminders-stop": {"token": reminder},
            **dict.fromkeys(["diagnostics-add", "step-add"], in_dossier),
            **dict.fromkeys(
                ["diagnostic-edit", "diagnostic-move", "diagnostic-delete"],
                in_dossier | {"diagnostic_code": diagnostic.code},
            ),
            **dict.fromkeys(["step-edit", "step-tick", "step-remove"], in_dossier | {"step_code": step.code}),
            **dict.fromkeys(["step-template-edit", "step-template-move", "step-template-delete"], of_template),
            **dict.fromkeys(["rule-edit", "rule-delete"], of_rule),
            "rules-restore": {"kind": "erp"},
            **{
                f"appointment-{name}": {"code": visits.planned.code}
                for name in ("detail", "edit", "move", "cancel", "ics", "tell")
            },
            "appointment-finish": {"code": visits.over.code},
            "appointment-reopen": {"code": visits.cancelled.code},
            "appointment-undo": {"code": visits.moved.code},
            "absence-delete": {"code": visits.absence.code},
            "calendar-feed": token,
            **{f"diagnostician-{name}": {"code": visits.person.code} for name in ("edit", "feed", "feed-revoke")},
            **price_arguments(prices),
            **visit_arguments(booking),
            **dict.fromkeys(["place-move", "place-find"], in_dossier),
            "map-feed-read": token,
            "payment-notify": {"token": means.token},
            "pay": {"token": pay_token},
            "pay-offer": {"code": due.code},
            **{name: {"token": paid_token} for name in ("pay-go", "pay-status", "pay-state", "pay-receipt")},
            "guest-pay": at_door,
            "account-add": {"provider": "stripe"},
            **{name: {"code": unused.code} for name in ("account-edit", "account-verify")},
            **{f"account-{name}": {"code": means.code} for name in ("switch", "move", "delete", "token")},
            **dict.fromkeys(["payment-detail", "payment-receipt", "payment-refund", "payment-notice"], of_payment),
            **dict.fromkeys(["payment-confirm", "payment-cancel"], of_announced),
            "payment-reread": {"code": money.stale.code},
            "issue-resolve": {"code": money.issue.code},
            "issue-reopen": {"code": money.settled.code},
            "dossier-payments": in_dossier,
            "unpaid-remind": {"code": due.code},
            "unpaid-stop": {"code": due.code},
            "unpaid-resume": {"code": silent.code},
            "team-edit": {"code": cast.bob.code},
            "team-codes": {"code": cast.bob.code},
            "welcome": {"code": cast.anna.code, "token": "abc-def"},
            "account_reset_password_from_key": {"uidb36": "1", "key": "abc-def"},
            "mfa_remove_webauthn": {"pk": 1},
            "mfa_edit_webauthn": {"pk": 1},
            **dict.fromkeys(["signup-confirm", "signup-progress", "signup-resend"], token),
        },
        data={
            **dict.fromkeys([f"settings-mail{what}" for what in ("", "-preview", "-trial")], mail_text_data),
            **price_data(),
            **import_data(),
            **visit_data(booking, transfer),
            **order_data(cast) | quote_data(quotes) | mail_data() | site_data(site),
            **mission_data(missions),
            **sms_data(),
            **webhook_data(hooks[0]),
            **firm_data(papers),
            **api_data(),
            **dict.fromkeys(
                ["appointment-new", "appointment-edit"],
                lambda: {
                    "diagnostician": visits.person.code,
                    "day": (timezone.localdate() + timedelta(days=40)).isoformat(),
                    "time": "10:00",
                    "version": "1",
                },
            ),
            "appointment-move": lambda: {
                "who": visits.person.code,
                "day": (timezone.localdate() + timedelta(days=41)).isoformat(),
                "time": "10:00",
                "version": "1",
            },
            "appointment-finish": lambda: {"made": "1"},
            "absence-new": lambda: {"kind": "leave", "first_day": "2031-01-06"},
            **dict.fromkeys(
                ["diagnostician-new", "diagnostician-edit"], lambda: {"name": "Denis", "colour": "teal", "h0a_from": ""}
            ),
            "settings-booking": lambda: booking_data,
            "set_language": lambda: {"language": "en"},
            "signup": lambda: {"firm_name": ""},
            "dossier-new": lambda: {"title": "Grange", "comments": "", "contacts": [cast.alice.code], "notify": "1"},
            "dossier-edit": lambda: {"title": "Grange", "comments": "", "version": "1"},
            "access-add": lambda: {"contact": cast.charlie.code},
            "guest-add": lambda: {
                "email": "eve@else.example",
                "valid_until": timezone.localdate().isoformat(),
                "max_uses": "1",
            },
            "place-move": lambda: {"latitude": "48.4", "longitude": "-4.5"},
            "documents-add": lambda: {"kinds": ["plans"]},
            "renewal-remind": lambda: {"code": [dossier.code]},
            "settings-unpaid": lambda: {
                "stamp_unpaid": "on",
                "stamp_text": "Brouillon",
                "stamp_colour": "#aa2222",
                "stamp_position": "top",
            },
            **dict.fromkeys(["account-add", "account-edit"], lambda: {"label": "Carte bleue", "mode": "test"}),
            "pay": lambda: {
                "means": transfer.code,
                "total": "8000",
                "attempt": "1",
                "payer_name": "Eve",
                "payer_email": "eve@x.example",
            },
            "account-switch": lambda: {"offered": "0"},
            "account-move": lambda: {"up": "0"},
            "settings-billing": lambda: {"vat_rate": "10", "legal_mentions": "SARL"},
            **dict.fromkeys(["bulk-notify", "bulk-archive", "bulk-zip"], lambda: {"code": [dossier.code]}),
            "bulk-paid": lambda: {"code": [dossier.code], "paid": "1"},
            "payment-record": lambda: {
                "chosen": [dossier.code],
                f"amount-{dossier.code}": "10",
                "method": "cheque",
                "received_on": timezone.localdate().isoformat(),
            },
            "payment-refund": lambda: {"amount": "1,50"},
            "payment-confirm": lambda: {"received_on": timezone.localdate().isoformat()},
            "reconcile": lambda: dict.fromkeys(["since", "until"], timezone.localdate().isoformat()),
            **dict.fromkeys(
                ["settings-reminders", "settings-reminders-preview", "settings-reminders-trial"],
                lambda: {
                    "first_reminder_days": "7",
                    "reminder_every_days": "10",
                    "max_reminders": "9",
                    "reminder_subject": "Relance",
                    "reminder_text": "Bonjour",
                },
            ),
            "unpaid-remind-many": lambda: {"code": [due.code], "sure": "1"},
            "bulk-delete": lambda: {"code": [dossier.code], "sure": "1"},
            "bulk-undelete": lambda: {"code": [binned.code]},
            "amount-edit": lambda: {"amount": "12,50", "payer": "owner", "payer_name": ""},
            "diagnostics-add": lambda: {"kinds": ["dpe"]},
            "diagnostic-edit": lambda: {"kind": "erp", "finding": "clear", "conclusion": "Rien"},
            "diagnostic-move": lambda: {"up": "0"},
            "step-add": lambda: {"name": "Labo", "visibility": "staff"},
            "step-edit": lambda: {"name": "Labo", "visibility": "staff"},
            "step-tick": lambda: {"done": "1"},
            "settings-dossiers": lambda: {"remind_owners": "on", "remind_days_before": "45"},
            "step-template-add": lambda: {"new-name": "Labo", "new-visibility": "staff"},
            "step-template-edit": lambda: {"name": "Labo", "visibility": "staff"},
            "step-template-move": lambda: {"up": "1"},
            "rule-add": lambda: {"kind": "bois", "months": "24"},
            "rule-edit": lambda: {"kind": "bois", "months": "24"},
            "document-send": lambda: {"files": [upload(b"sent", "sent.txt")]},
            "document-refuse": lambda: {"reason": "blurred"},
            "guest-document-send": lambda: {"files": [upload(b"sent", "sent.txt")]},
            "files-add": lambda: {"files": [upload(b"new", "new.txt")]},
            "file-edit": lambda: {
                "name": "b.png",
                "title": "",
                "comment": "",
                "kind": "photo",
                "visibility": "client",
            },
            "files-order": lambda: {"code": [genapi.code, report.code, file.code]},
            "file-replace": lambda: {"file": upload(b"newer", "newer.txt")},
            "file-upload": lambda: {"file": upload(b"sent", "sent.txt")},
            "contact-new": lambda: eve | {"send_codes": "on"},
            "contact-import": lambda: {"file": upload(IMPORTED, "contacts.csv")},
            "contact-import-columns": lambda: {"name": "0", "email": "1"},
            "contact-edit": lambda: eve,
            **dict.fromkeys(
                ["contact-bulk-codes", "contact-bulk-delete"],
                lambda: {"code": [cast.alice.code, cast.charlie.code], "confirmed": "1"},
            ),
            "contact-merge": lambda: {"other": cast.charlie.code},
            "contact-erase": lambda: {"sure": "on"},
            **dict.fromkeys(
                ["contact-sub-account-new", "contact-sub-account", "sub-account-new", "sub-account-edit"],
                lambda: eve | {"send_codes": "on", "is_active": "on"},
            ),
            **message_data(cast),
            "settings-mode": lambda: {"avance": "1"},
            "branding-edit": lambda: {
                "site_name": "Other",
                "background_color": "#ffffff",
                "button_color": "#000000",
                "language": "fr",
                "rows_per_page": "25",
                "top_offset": "0",
            },
            "team-new": lambda: {"full_name": "Eve", "email": "eve@x.example", "role": "staff"},
            "team-edit": lambda: {"full_name": "Robert", "role": "staff", "is_active": "on"},
        },
        people={
            "anon": at_host("alpha"),
            "alice": logged_in("alpha", cast.alice),
            "charlie": logged_in("alpha", cast.charlie),
            "bob": logged_in("alpha", cast.bob),
            "anna": logged_in("alpha", cast.anna),
            "dora": logged_in("beta", cast.dora),
            "dan": logged_in("beta", cast.dan),
        },
    )
