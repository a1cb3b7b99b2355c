"""The demo's log of mails: some of each state, and an address that is stopped; none of them leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone, translation

from kernel.tenancy import current_schema
from kernel.text import new_code, search_text
from mail.content import MailContent
from mail.models import Bounce, MailState, OutgoingMail, Route, StoppedAddress
from mail.rendering import render_mail


@dataclass(frozen=True)
class DemoMail:
    """A mail: to whom, about what, how many hours ago, and what became of it."""

    to: str
    subject: str
    kind: str
    hours_ago: int
    state: MailState = MailState.SENT
    error: str = ""
    bounce: str = ""


_GONE = "550 5.1.1 <m.lebihan@notaires-rade.example>: Recipient address rejected: User unknown in virtual mailbox table"
_FULL = "552 5.2.2 The recipient's inbox is out of storage space"
MAILS: Mapping[str, tuple[DemoMail, ...]] = {
    "armor": (
        DemoMail("contact@agence-du-port.example", "Votre dossier est disponible", "dossier_available", 2),
        DemoMail("contact@agence-du-port.example", "Votre rendez-vous est confirmé", "visit_booked", 5),
        DemoMail("paul.tanguy@courriel.example", "Votre devis D2026-0112", "quote_issued", 20),
        DemoMail("compta@sci-odet.example", "Rappel : un dossier reste à régler", "unpaid_reminder", 27),
        DemoMail(
            "m.lebihan@notaires-rade.example",
            "Votre dossier est disponible",
            "dossier_available",
            30,
            MailState.BOUNCED,
            _GONE,
            Bounce.HARD,
        ),
        DemoMail("m.lebihan@notaires-rade.example", "Votre devis D2026-0109", "quote_issued", 26, MailState.STOPPED),
        DemoMail(
            "yann.legoff@courriel.example",
            "Votre diagnostic arrive à échéance",
            "renewal",
            49,
            MailState.BOUNCED,
            _FULL,
            Bounce.SOFT,
        ),
        DemoMail(
            "gestion@syndic-ouest.example",
            "Nouveau message de votre cabinet",
            "message",
            52,
            MailState.FAILED,
            "554 5.7.1 Message refused: content looks like spam",
            Bounce.POLICY,
        ),
    )
}


def seed_mails(firm: str) -> None:
    """Makes the log of one firm of the demo, in its schema."""
    with translation.override("fr"):
        for one in MAILS.get(firm, ()):
            _seed(one)
    stopped = next((one for one in MAILS.get(firm, ()) if one.bounce == Bounce.HARD), None)
    if stopped is not None:
        StoppedAddress.objects.get_or_create(
            address=stopped.to, defaults={"bounce": Bounce.HARD, "reason": stopped.error}
        )


def _seed(one: DemoMail) -> None:
    content = MailContent(
        subject=one.subject,
        greeting="Bonjour,",
        paragraphs=["Voici un courriel de la démonstration : il montre ce que votre client a sous les yeux."],
    )
    rendered, at = render_mail(content), timezone.now() - timedelta(hours=one.hours_ago)
    mail = OutgoingMail.objects.create(
        to=one.to,
        from_name=rendered.from_name,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        kind=one.kind,
        message_id=f"<{current_schema()}.{new_code()}@localhost>",
        state=one.state,
        error=one.error,
        bounce=one.bounce,
        bounced_at=at if one.bounce else None,
        route="" if one.state == MailState.STOPPED else Route.PLATFORM,
        attempts=0 if one.state == MailState.STOPPED else 1,
        search=search_text(one.to, rendered.subject),
        sent_at=at if one.state in {MailState.SENT, MailState.BOUNCED} else None,
    )
    OutgoingMail.objects.filter(pk=mail.pk).update(created_at=at)
