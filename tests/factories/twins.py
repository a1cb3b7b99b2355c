"""Rows of every firm model, with one word in all their texts: what a test of two firms compares."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.apps import apps
from django.conf import settings as django_settings
from django.utils import timezone

from accounts.models import User
from billing.enums import IssueKind, Method, Mode, NotificationState, PaymentStatus, Provider, RefundStatus
from billing.models import (
    BillingSettings,
    Credentials,
    Notification,
    Payment,
    PaymentIssue,
    PaymentLine,
    ProviderAccount,
    Refund,
    ReminderStop,
    UnpaidReminder,
)
from extranet.actions.search import refresh_dossiers
from extranet.enums import EventKind
from extranet.models import (
    Absence,
    Appointment,
    AppointmentEvent,
    AppointmentReminder,
    BookingSettings,
    CalendarFeed,
    CollaboratorEmail,
    Contact,
    ContactImport,
    Diagnostic,
    DiagnosticDuration,
    Diagnostician,
    Dossier,
    DossierAccess,
    DossierEvent,
    DossierFile,
    DossierStep,
    DossierTrace,
    FileVersion,
    FirmArchive,
    GuestLink,
    MapFeed,
    Message,
    Order,
    PortalSettings,
    RequestedDocument,
    SentDocument,
    SettingChange,
    StepTemplate,
    SubAccount,
    ValidityRule,
    WorkingHours,
)
from kernel.models import FirmModel
from kernel.secrets import seal
from storage.actions.files import claim, store_bytes
from storage.models import StampedCopy, StoredFile
from tests.factories.api_things import api_rows
from tests.factories.cast import Cast
from tests.factories.firm_things import firm_rows
from tests.factories.import_things import import_rows
from tests.factories.mail_things import mail_text_rows
from tests.factories.message_things import message_rows
from tests.factories.mission_twins import mission_rows
from tests.factories.setting_things import add_archive, add_change
from tests.factories.site_things import site_rows
from tests.factories.sms_things import sms_rows
from tests.factories.twin_mails import mail_rows
from tests.factories.twin_orders import order_rows, price_rows
from tests.factories.twin_quotes import quote_rows
from tests.factories.upload_things import upload_rows
from tests.factories.webhook_things import webhook_rows

#: Stands in every text of beta's rows, and nowhere else.
MARK = "betamarkzz"
BYTES = b"betamarkzz in the bytes"


@dataclass
class Twins:
    """For each firm model, alpha's row and beta's row of the same key."""

    alpha: dict[type[FirmModel], FirmModel]
    beta: dict[type[FirmModel], FirmModel]


def _bytes(word: str, staff: User) -> StoredFile:
    return claim(store_bytes(f"other {word}".encode(), name=f"{word}.txt", user=staff))


def _money_rows(
    made: dict[type[FirmModel], Any], word: str, staff: User, reader: Contact
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of payments: 12 euros were paid for the dossier, and one of them given back."""
    return {
        ProviderAccount: lambda: ProviderAccount.objects.create(
            provider=Provider.STRIPE, label=f"Carte {word}", instructions=word, token=f"token-{word}", is_active=True
        ),
        Credentials: lambda: Credentials.objects.create(
            account=made[ProviderAccount], mode=Mode.TEST, identifier=word, sealed=seal({"secret_key": word})
        ),
        Payment: lambda: Payment.objects.create(
            account=made[ProviderAccount],
            provider=Provider.STRIPE,
            mode=Mode.TEST,
            status=PaymentStatus.SUCCEEDED,
            method=Method.CARD,
            amount=1_200,
            refunded=100,
            contact=reader,
            payer_name=word,
            payer_email=f"{word}@payer.example",
            recorded_by=staff,
            provider_ref=f"cs_{word}",
            capture_ref=f"pi_{word}",
            pay_url=f"https://pay.example/{word}",
            instrument=word,
            paid_at=timezone.now(),
            receipt_number=9_000,
        ),
        PaymentLine: lambda: PaymentLine.objects.create(
            payment=made[Payment], dossier=made[Dossier], reference=word, title=word, amount=1_200, refunded=100
        ),
        PaymentIssue: lambda: PaymentIssue.objects.create(
            payment=made[Payment], kind=IssueKind.REFUNDED_ELSEWHERE, note=word
        ),
        Refund: lambda: Refund.objects.create(
            payment=made[Payment],
            line=made[PaymentLine],
            amount=100,
            status=RefundStatus.SUCCEEDED,
            provider_ref=f"re_{word}",
            reason=word,
            requested_by=staff,
            requested_by_name=word,
        ),
        Notification: lambda: Notification.objects.create(
            account=made[ProviderAccount],
            mode=Mode.TEST,
            dedupe_key=word,
            kind=word,
            body=word,
            payment=made[Payment],
            state=NotificationState.HANDLED,
        ),
        UnpaidReminder: lambda: UnpaidReminder.objects.create(
            dossier=made[Dossier], number=1, to=f"{word}@payer.example"
        ),
        ReminderStop: lambda: ReminderStop.objects.create(dossier=made[Dossier], stopped_by=word),
        BillingSettings: lambda: _billing_settings(word),
    }


def _open_to_visitors(word: str) -> PortalSettings:
    PortalSettings.objects.update(visitor_orders=True, legal_mentions=word)
    return PortalSettings.objects.get(pk=1)


def _booking_rows(
    made: dict[type[FirmModel], Any], word: str, staff: User, reader: Contact
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of visits: one begins in five minutes."""
    soon = timezone.now().replace(second=0, microsecond=0) + timedelta(minutes=5)
    return {
        BookingSettings: lambda: _booking_settings(word),
        DiagnosticDuration: lambda: DiagnosticDuration.objects.get(kind="dpe"),
        Diagnostician: lambda: Diagnostician.objects.create(
            name=f"Diag {word}", email=f"{word}@firm.example", phone=word, city=word
        ),
        WorkingHours: lambda: WorkingHours.objects.create(
            diagnostician=made[Diagnostician], weekday=0, starts="09:00", ends="12:00"
        ),
        Absence: lambda: Absence.objects.create(
            diagnostician=made[Diagnostician],
            starts_at=soon + timedelta(days=9),
            ends_at=soon + timedelta(days=10),
            note=word,
        ),
        CalendarFeed: lambda: CalendarFeed.objects.create(
            diagnostician=made[Diagnostician], token_hash=word, created_by=staff, created_at=timezone.now()
        ),
        Appointment: lambda: Appointment.objects.create(
            diagnostician=made[Diagnostician],
            order=made[Order],
            contact=reader,
            dossier=made[Dossier],
            deposit=50,
            starts_at=soon,
            ends_at=soon + timedelta(hours=1),
            street=f"1 rue {word}",
            city=word,
            person_name=word,
            person_phone=word,
            staff_note=word,
        ),
        AppointmentEvent: lambda: AppointmentEvent.objects.create(
            appointment=made[Appointment], kind="booked", actor=staff, actor_name=word, note=word, version=1
        ),
        AppointmentReminder: lambda: AppointmentReminder.objects.create(
            appointment=made[Appointment], starts_at=soon, hours=24
        ),
    }


def _booking_settings(word: str) -> BookingSettings:
    BookingSettings.objects.update(city=word, client_booking=True, visitor_booking=True)
    return BookingSettings.objects.get(pk=1)


def _billing_settings(word: str) -> BillingSettings:
    BillingSettings.objects.update(reminder_subject=word, reminder_text=word)
    return BillingSettings.objects.get(pk=1)


def make_rows(cast: Cast, word: str, staff: User, reader: Contact, content: bytes) -> dict[type[FirmModel], FirmModel]:
    """Returns one row of every firm model, in the current firm, with `word` in its texts: the table of factories."""
    made: dict[type[FirmModel], Any] = {}
    factories: dict[type[FirmModel], Callable[[], FirmModel]] = {
        User: lambda: staff,
        Contact: lambda: reader,
        CollaboratorEmail: lambda: CollaboratorEmail.objects.create(contact=reader, email=f"{word}@port.example"),
        **mail_text_rows(made, word, staff),
        **mail_rows(made, word, content),
        StoredFile: lambda: claim(store_bytes(content, name=f"{word}.txt", user=staff)),
        Dossier: lambda: Dossier.objects.create(
            title=f"Maison {word}",
            comments=word,
            created_by=staff,
            reference=word,
            street=f"1 rue {word}",
            postcode="29200",
            city=word,
            owner_name=word,
            owner_email=f"{word}@owner.example",
            amount=12,
            payment_state="unpaid",
            latitude=48.4,
            longitude=-4.5,
            geo_state="found",
            expires_on=timezone.localdate() + timedelta(days=20),
        ),
        DossierAccess: lambda: DossierAccess.objects.create(dossier=made[Dossier], contact=reader),
        DossierFile: lambda: DossierFile.objects.create(
            dossier=made[Dossier],
            stored=made[StoredFile],
            name=f"{word}.txt",
            title=f"Titre {word}",
            version=2,
            created_by=staff,
        ),
        DossierEvent: lambda: DossierEvent.objects.create(
            dossier=made[Dossier],
            kind=EventKind.DOWNLOADED,
            actor_name=word,
            contact=reader,
            by_client=True,
            subject=word,
            address="192.0.2.66",
        ),
        FileVersion: lambda: FileVersion.objects.create(
            file=made[DossierFile], stored=_bytes(word, staff), number=1, name=f"{word}-1.txt", replaced_by=word
        ),
        Diagnostic: lambda: Diagnostic.objects.create(
            dossier=made[Dossier],
            kind="dpe",
            conclusion=word,
            performed_on=date(2026, 1, 2),
            energy_letter="D",
            expires_on=timezone.localdate() + timedelta(days=20),
            expiry_by_hand=True,
        ),
        ValidityRule: lambda: ValidityRule.objects.create(kind="other", months=1, source=word, note=word),
        StepTemplate: lambda: StepTemplate.objects.create(name=word, position=99),
        DossierStep: lambda: DossierStep.objects.create(dossier=made[Dossier], name=word, done_by=word),
        RequestedDocument: lambda: RequestedDocument.objects.create(dossier=made[Dossier], kind="other", label=word),
        SentDocument: lambda: SentDocument.objects.create(
            request=made[RequestedDocument],
            stored=_bytes(word, staff),
            name=f"{word}.txt",
            sent_by=f"{word}@guest.example",
        ),
        GuestLink: lambda: GuestLink.objects.create(
            dossier=made[Dossier],
            email=f"{word}@guest.example",
            name=word,
            expires_at=timezone.now() + timedelta(days=3),
            asks_code=False,
        ),
        Message: lambda: Message.objects.create(
            contact=reader, dossier=made[Dossier], direction="to_firm", subject=word, body=word, sender_name=word
        ),
        MapFeed: lambda: MapFeed.objects.create(user=staff, token_hash=word, query=f"q={word}"),
        SubAccount: lambda: SubAccount.objects.create(
            contact=reader,
            user=User.objects.create_user(
                username=f"sub-{word}", email=f"sub-{word}@client.example", full_name=word, role="client"
            ),
        ),
        ContactImport: lambda: ContactImport.objects.create(
            stored=_bytes(word, staff),
            problem=word,
            created_by=staff,
            errors=[{"line": 1, "column": "name", "value": word, "text": word}],
        ),
        DossierTrace: lambda: DossierTrace.objects.create(
            dossier_code="x", title=word, dossier_created_at=timezone.now(), deleted_at=timezone.now(), deleted_by=word
        ),
        PortalSettings: lambda: _open_to_visitors(word),
        StampedCopy: lambda: StampedCopy.objects.create(
            original=made[StoredFile], style=word, copy=_bytes(f"{word} stamped", staff), state="done"
        ),
        SettingChange: lambda: add_change(staff, word),
        FirmArchive: lambda: add_archive(staff, word.encode()),
        **_money_rows(made, word, staff, reader),
        **price_rows(made, word, reader),
        **order_rows(made, word, staff, reader),
        **_booking_rows(made, word, staff, reader),
        **mission_rows(made, word, staff),
        **quote_rows(made, word, staff, reader),
        **sms_rows(word, reader),
        **webhook_rows(made, word, staff),
        **firm_rows(made, word, staff, reader),
        **site_rows(made, word, staff),
        **message_rows(made, word, staff),
        **api_rows(made, word, staff),
        **upload_rows(made, word, staff),
        **import_rows(made, word, staff, content),
    }
    for model, factory in factories.items():
        made[model] = factory()
    refresh_dossiers([made[Dossier].pk])
    return made


def firm_models() -> list[type[FirmModel]]:
    labels = {name.rsplit(".", 1)[-1] for name in django_settings.TENANT_APPS}
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in labels and issubclass(model, FirmModel)
    ]


def table_of_tables() -> dict[type[FirmModel], list[Any]]:
    """Returns all rows of all firm models, in the current firm."""
    return {model: list(model._default_manager.order_by("pk").values()) for model in firm_models()}
