"""What about a payment needs a person: noted once, until somebody says that it is settled."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.functional import Promise

from accounts.models import User
from billing.enums import IssueKind
from billing.models import Payment, PaymentIssue, PaymentLine
from billing.rules import dossier_name, in_euros
from kernel.money import euros


def note_issue(payment: Payment, kind: IssueKind, note: str = "") -> PaymentIssue:
    """Returns the issue of this kind and note, made unless it was noted before, settled or not."""
    issue, _made = PaymentIssue.objects.get_or_create(payment=payment, kind=kind, note=note[:300])
    return issue


def note_words(message: str | Promise, **amounts: int | str | PaymentLine) -> str:
    """Returns a note in the installation's language, whoever caused it; cents become euros, lines their names.

    The same thing is the same note: that is what keeps it from being noted twice.
    """
    with translation.override(settings.LANGUAGE_CODE):
        told = {name: _told(value) for name, value in amounts.items()}
        return (str(message) % told)[:300]


def line_name(line: PaymentLine) -> str:
    """Returns how a note names a dossier, which may be gone: its number and title at the time."""
    name = dossier_name(line.reference, line.title)
    return name if len(name) <= 120 else f"{name[:119]}…"


def _told(value: int | str | PaymentLine) -> str:
    if isinstance(value, PaymentLine):
        return line_name(value)
    return euros(in_euros(value)) if isinstance(value, int) else value


@transaction.atomic
def resolve_issue(issue: PaymentIssue, *, user: User) -> PaymentIssue:
    """Returns the issue, settled by this person unless it was already."""
    locked = PaymentIssue.objects.select_for_update().get(pk=issue.pk)
    if locked.resolved_at is None:
        locked.resolved_at, locked.resolved_by = timezone.now(), str(user)[:120]
        locked.save(update_fields=["resolved_at", "resolved_by"])
    return locked


@transaction.atomic
def reopen_issue(issue: PaymentIssue) -> PaymentIssue:
    """Returns the issue, to be looked at again: what was marked as settled by mistake."""
    locked = PaymentIssue.objects.select_for_update().get(pk=issue.pk)
    if locked.resolved_at is not None:
        locked.resolved_at, locked.resolved_by = None, ""
        locked.save(update_fields=["resolved_at", "resolved_by"])
    return locked


def resolve_issues(payment: Payment, kind: IssueKind) -> None:
    """Settles what was noted of a kind, since it settled itself."""
    PaymentIssue.objects.filter(payment=payment, kind=kind, resolved_at__isnull=True).update(
        resolved_at=timezone.now(), resolved_by=payment.get_provider_display()
    )
