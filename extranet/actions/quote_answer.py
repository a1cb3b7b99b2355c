"""What becomes of a quote that was sent: accepted, refused, withdrawn, given more time; each under its lock."""

from datetime import date

from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.actions.history import Visit
from extranet.actions.mission import follow_order
from extranet.actions.order_history import order_search_text, write_order_event
from extranet.actions.payment_state import set_amount
from extranet.actions.quote import quoted_of, replace_former
from extranet.actions.quote_history import lock_quote, write_quote_event
from extranet.actions.quote_mail import tell_quote_answered, tell_quote_prolonged
from extranet.actions.quote_paper import file_certificate
from extranet.actions.webhook_emit import emit, quote_data
from extranet.enums import Payer
from extranet.enums_mission import MissionTrigger
from extranet.enums_order import OrderEventKind
from extranet.enums_quote import AcceptedBy, QuoteEventKind, QuoteState
from extranet.models import Order, Quote
from kernel.errors import DomainError

_MOST_DAYS = 366


@transaction.atomic
def accept_quote(quote: Quote, *, name: str, sha256: str, visit: Visit, user: User | None) -> Quote:
    """Returns the quote, accepted on line by a person who typed this name; the proof is kept with it.

    `sha256` is the sum of the document that the page showed. Raises DomainError `already_accepted`, `already_refused`,
    `withdrawn`, `replaced`, `expired`, `not_ready` (its document is being made) or `other_document`.
    """
    locked = lock_quote(quote)
    _refuse_closed(locked)
    if sha256 != locked.pdf_sha256:
        raise DomainError("other_document", _("The document has changed meanwhile: read it again."))
    locked.accepted_address, locked.accepted_agent = visit.address, visit.user_agent[:300]
    return _accept(locked, how=AcceptedBy.ONLINE, name=name, on=timezone.localdate(), user=user, visit=visit)


@transaction.atomic
def record_acceptance(quote: Quote, *, how: AcceptedBy, name: str, on: date, user: User) -> Quote:
    """Returns the quote, accepted by phone, on paper or by e-mail on a day of its validity, as the firm says.

    Raises DomainError as accept_quote does, and `not_valid_then` for another day.
    """
    locked = lock_quote(quote)
    _refuse_closed(locked, late=True)
    assert locked.issued_at is not None
    assert locked.valid_until is not None
    if not timezone.localdate(locked.issued_at) <= on <= min(locked.valid_until, timezone.localdate()):
        raise DomainError("not_valid_then", _("The quote was not valid on that day."))
    locked.recorded_by = str(user)[:120]
    return _accept(locked, how=how, name=name, on=on, user=user, visit=None)


@transaction.atomic
def refuse_quote(quote: Quote, *, reason: str, text: str, visit: Visit, user: User | None) -> Quote:
    """Returns the quote, refused for a reason; the firm is told. Raises DomainError as accept_quote does."""
    locked = lock_quote(quote)
    _refuse_closed(locked, late=True)
    locked.state, locked.decided_at = QuoteState.REFUSED, timezone.now()
    locked.refuse_reason, locked.refuse_text = reason, text[:500]
    locked.save()
    subject = " – ".join(part for part in (locked.get_refuse_reason_display(), text) if part)
    write_quote_event(locked, QuoteEventKind.REFUSED, actor=user, name=locked.client_name, subject=subject, visit=visit)
    tell_quote_answered(locked)
    emit("quote.refused", [locked], quote_data)
    return locked


@transaction.atomic
def withdraw_quote(quote: Quote, *, reason: str, user: User) -> Quote:
    """Returns the quote, which nobody can accept any more; raises DomainError when it was answered already."""
    locked = lock_quote(quote)
    _refuse_closed(locked, late=True, unfiled=True)
    locked.state, locked.withdraw_reason = QuoteState.WITHDRAWN, reason[:500]
    locked.save(update_fields=["state", "withdraw_reason", "updated_at"])
    write_quote_event(locked, QuoteEventKind.WITHDRAWN, actor=user, subject=reason)
    return locked


@transaction.atomic
def prolong_quote(quote: Quote, *, until: date, user: User) -> Quote:
    """Returns the quote with a later last day, which its history tells; the document stays as it is.

    The client is told, and may be reminded anew. Raises DomainError when it was answered already, `bad_day` for a day
    that is no later one.
    """
    locked = lock_quote(quote)
    _refuse_closed(locked, late=True)
    today, before = timezone.localdate(), locked.valid_until
    assert before is not None
    if until <= before or until < today:
        raise DomainError("bad_day", _("Choose a day after the present one."))
    if (until - today).days > _MOST_DAYS:
        raise DomainError("bad_day", _("This day is too far away: check the year."))
    locked.valid_until, locked.reminders_sent = until, 0
    locked.save(update_fields=["valid_until", "reminders_sent", "updated_at"])
    subject = " → ".join(formats.date_format(day, "SHORT_DATE_FORMAT") for day in (before, until))
    write_quote_event(locked, QuoteEventKind.PROLONGED, actor=user, subject=subject)
    tell_quote_prolonged(locked)
    return locked


def _accept(quote: Quote, *, how: AcceptedBy, name: str, on: date, user: User | None, visit: Visit | None) -> Quote:
    """Returns the locked quote, accepted: what it says goes over to its order, which has one agreement at most."""
    replace_former(quote, states=[QuoteState.ACCEPTED], user=user)
    quote.state, quote.decided_at = QuoteState.ACCEPTED, timezone.now()
    quote.accepted_by, quote.accepted_name, quote.accepted_on = how, name[:120], on
    quote.accepted_sha256 = quote.pdf_sha256
    quote.save()
    write_quote_event(
        quote, QuoteEventKind.ACCEPTED, actor=user, name=name, subject=str(AcceptedBy(how).label), visit=visit
    )
    if quote.order is not None:
        _carry_over(quote, quote.order, user=user)
        follow_order(quote.order, MissionTrigger.QUOTE)
    file_certificate.enqueue(quote_id=quote.pk)
    emit("quote.accepted", [quote], quote_data)
    return quote


def _carry_over(quote: Quote, order: Order, *, user: User | None) -> None:
    """Gives the order the diagnostics that were agreed, and its dossier the amount if it has none."""
    kinds = quoted_of(quote)
    if kinds and kinds != order.diagnostics and order.is_open:
        order.diagnostics = kinds
        order.version += 1
        order.search = order_search_text(order)
        order.save(update_fields=["diagnostics", "version", "search", "updated_at"])
        write_order_event(order, OrderEventKind.EDITED, actor=user, subject=quote.number)
    if order.dossier is not None and order.dossier.amount is None:
        set_amount(
            order.dossier, amount=quote.gross, payer=payer_of(order), payer_name=order.dossier.payer_name, user=user
        )


def payer_of(order: Order) -> str:
    """Returns who pays for the dossier of an order unless somebody says otherwise: who ordered."""
    return order.orderer_role if order.orderer_role in Payer.values else Payer.OTHER


def _refuse_closed(quote: Quote, *, late: bool = False, unfiled: bool = False) -> None:
    """Raises DomainError unless the quote can be answered; `late`: after its last day too, `unfiled`: undocumented."""
    texts = {
        QuoteState.DRAFT: ("not_issued", _("This quote is not sent yet.")),
        QuoteState.ACCEPTED: ("already_accepted", _("This quote was accepted already.")),
        QuoteState.REFUSED: ("already_refused", _("This quote was refused already.")),
        QuoteState.WITHDRAWN: ("withdrawn", _("The firm has withdrawn this quote.")),
        QuoteState.REPLACED: ("replaced", _("The firm has replaced this quote by another one.")),
    }
    if quote.state in texts:
        code, text = texts[QuoteState(quote.state)]
        raise DomainError(code, text)
    if quote.is_expired and not late:
        raise DomainError("expired", _("This quote is no longer valid: ask the firm to prolong it."))
    if not quote.pdf_sha256 and not unfiled:
        raise DomainError("not_ready", _("The document of this quote is being made: try again in a minute."))
