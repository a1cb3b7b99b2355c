"""What a payment that succeeded does to the visit whose deposit it pays."""

from collections.abc import Sequence

from django.utils import timezone

from billing.actions.issues import note_issue, note_words
from billing.enums import IssueKind
from billing.models import Payment, PaymentLine
from billing.queries.dues import counted_lines
from billing.rules import in_euros
from extranet.actions.appointment_mail import tell_deposit_late
from extranet.actions.client_booking import DepositOutcome, take_deposit
from extranet.models import Appointment


def pay_visits(payment: Payment, lines: Sequence[PaymentLine]) -> None:
    """Confirms the visit of a locked payment that has just succeeded; what does not fit is told.

    From then on its line says for which dossier it counts, where there is one already.
    """
    asked = [line for line in lines if line.appointment_id is not None]
    if not asked:
        return
    counted = set(counted_lines().filter(payment=payment).values_list("pk", flat=True))
    visits = Appointment.objects.select_related("order__contact__user", "contact__user", "diagnostician")
    for line in asked:
        if line.pk not in counted:  # a test beside live means: it pays nothing
            continue
        visit = visits.filter(pk=line.appointment_id or 0).first()
        if visit is None:
            note_issue(payment, IssueKind.DEPOSIT_LATE, note_words("%(line)s", line=line))
            continue
        outcome = take_deposit(visit, paid_at=payment.paid_at or timezone.now())
        _name_dossier(line, visit)
        if outcome is DepositOutcome.TWICE:
            note_issue(payment, IssueKind.PAID_TWICE, note_words("%(line)s, %(amount)s", line=line, amount=line.amount))
        elif outcome is DepositOutcome.GONE:
            note_issue(payment, IssueKind.DEPOSIT_LATE, note_words("%(line)s", line=line))
            to = payment.payer_email or (payment.contact.user.email if payment.contact else "")
            if to:
                tell_deposit_late(visit, to=to, amount=in_euros(line.amount))


def _name_dossier(line: PaymentLine, visit: Appointment) -> None:
    if line.dossier_id is None and visit.paid_dossier_id is not None:
        line.dossier_id = visit.paid_dossier_id
        line.save(update_fields=["dossier"])
