"""The mails about payments, in the active language."""

from collections.abc import Mapping, Sequence

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import Payment, PaymentLine
from billing.rules import dossier_name, in_euros, is_test
from kernel.money import euros
from mail.content import MailContent
from mail.kinds import LINK, READER, MailGroup, MailKind, MailTag, Reader, Trust, Words, hello
from mail.writing import Exact, compose


def payment_confirmation_mail(
    payment: Payment, lines: Sequence[PaymentLine], *, link: str, receipt_link: str
) -> MailContent:
    """Returns what tells the payer that a payment was received, whatever the means."""
    return _mail(PAYMENT, payment, lines, link=link, receipt_link=receipt_link)


def card_payment_mail(payment: Payment, lines: Sequence[PaymentLine], *, link: str, receipt_link: str) -> MailContent:
    """Returns what tells the payer that a payment by card was received."""
    return _mail(PAYMENT_CARD, payment, lines, link=link, receipt_link=receipt_link)


def _mail(
    kind: MailKind, payment: Payment, lines: Sequence[PaymentLine], *, link: str, receipt_link: str
) -> MailContent:
    means = payment.get_method_display() or payment.get_provider_display()
    paid_at = timezone.localtime(payment.paid_at or timezone.now())
    values = {
        "montant": euros(in_euros(payment.amount)),
        "moyen": means,
        "date": date_format(paid_at, "DATE_FORMAT"),
        "essai": _("This is a test: no money was moved.") if is_test(payment.provider, payment.mode) else "",
        "lien_recu": receipt_link if payment.receipt_number is not None else "",
        "lien": link,
    }
    return compose(
        kind,
        {**hello(payment.payer_name), **values},
        facts=[
            *((dossier_name(line.reference, line.title), euros(in_euros(line.amount))) for line in lines),
            (_("Total paid"), euros(in_euros(payment.amount))),
            (_("Paid on"), date_format(paid_at, "DATE_FORMAT")),
            (_("Means of payment"), f"{means} {payment.instrument}".strip()),
            (_("Payment reference"), Exact(payment.code)),
        ],
    )


# --- our words --------------------------------------------------------------------------------------------------------


def _payment(values: Mapping[str, str]) -> Words:
    amount = {"amount": values["montant"]}
    return Words(
        subject=_("Confirmation of your payment of %(amount)s") % amount,
        paragraphs=[_("We have received your payment of %(amount)s. Thank you.") % amount, *_below(values)],
        button=_("See the payment"),
    )


def _card(values: Mapping[str, str]) -> Words:
    amount = {"amount": values["montant"]}
    return Words(
        subject=_("Confirmation of your card payment of %(amount)s") % amount,
        paragraphs=[_("Your card payment of %(amount)s was accepted. Thank you.") % amount, *_below(values)],
        button=_("See the payment"),
    )


def _below(values: Mapping[str, str]) -> list[str]:
    receipt = values["lien_recu"]
    return [values["essai"], _("Your receipt: %(link)s") % {"link": receipt} if receipt else ""]


_TAGS = (
    *READER,
    MailTag("montant", gettext_lazy("the amount"), "450,00 €", Trust.MONEY),
    MailTag("moyen", gettext_lazy("the means of payment"), gettext_lazy("Card"), Trust.WORDS),
    MailTag("date", gettext_lazy("when it was paid"), "03/12/2026", Trust.DATE),
    MailTag("essai", gettext_lazy("that it is a test, if so"), "", Trust.WORDS),
    MailTag("lien_recu", gettext_lazy("the address of the receipt"), "https://exemple.fr/recu", Trust.URL),
    LINK,
)
_FACTS = (
    (gettext_lazy("House, 12 rue de Siam, Brest"), "450,00 €"),
    (gettext_lazy("Total paid"), "450,00 €"),
    (gettext_lazy("Paid on"), "03/12/2026"),
    (gettext_lazy("Means of payment"), gettext_lazy("Card")),
    (gettext_lazy("Payment reference"), "k3VtY8w2mQz1"),
)

PAYMENT = MailKind(
    key="payment",
    group=MailGroup.MAIN,
    reader=Reader.CLIENT,
    label=gettext_lazy("Confirmation of a payment"),
    tags=_TAGS,
    words=_payment,
    facts=_FACTS,
)
PAYMENT_CARD = MailKind(
    key="payment_card",
    group=MailGroup.MAIN,
    reader=Reader.CLIENT,
    label=gettext_lazy("Confirmation of a card payment"),
    tags=_TAGS,
    words=_card,
    facts=_FACTS,
)
#: Written on the page of reminders, which says when they leave.
UNPAID_REMINDER = MailKind(
    key="unpaid_reminder",
    group=MailGroup.PAYMENTS,
    reader=Reader.CLIENT,
    label=gettext_lazy("Reminder of what is unpaid"),
    tags=(),
    words=lambda _values: Words(subject="", paragraphs=[]),
    own_page="settings-reminders",
)
MAILS = (PAYMENT, PAYMENT_CARD, UNPAID_REMINDER)
