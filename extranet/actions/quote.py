"""Making a quote: prepared from an order or freely, edited while it is a draft, issued under the next number."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.actions.quote_history import lock_quote, quote_search_text, write_quote_event
from extranet.actions.quote_paper import file_quote
from extranet.enums_order import OrderOrigin, OrderState
from extranet.enums_quote import IssueMode, QuoteEventKind, QuoteState
from extranet.models import Contact, Order, Quote, QuoteCounter, QuoteLine
from extranet.queries.order_price import OrderPrice, order_price
from extranet.queries.quote import lines_of_quote, quote_settings, quoted_diagnostics, terms_of
from extranet.quoting import QuoteTerms, added_up
from extranet.rules import address_on_one_line
from kernel.errors import DomainError
from themes.models import current_branding

#: What the firm writes in a draft; the actions take them by name.
FIELDS = (
    "client_name",
    "client_company",
    "client_email",
    "client_phone",
    "client_address",
    "property_address",
    "note",
    "terms",
)


@transaction.atomic
def prepare_quote(order: Order, *, user: User | None) -> Quote:
    """Returns the draft of a quote with what an order says and costs; the one that is there already if there is one."""
    locked = Order.objects.select_for_update(of=("self",)).select_related("contact__user").get(pk=order.pk)
    draft = Quote.objects.filter(order=locked, state=QuoteState.DRAFT).order_by("pk").first()
    if draft is not None:
        return draft
    if locked.state in {OrderState.DRAFT, OrderState.CANCELLED}:
        raise DomainError("wrong_state", _("The order is in another state meanwhile: look at it again."))
    with translation.override(_language_of(locked.contact)):
        found = order_price(locked)
        quote = Quote(
            order=locked,
            contact=locked.contact,
            created_by=user,
            language=translation.get_language() or "fr",
            client_name=locked.orderer_name,
            client_company=locked.orderer_company,
            client_email=locked.orderer_email,
            client_phone=locked.orderer_phone,
            client_address=locked.orderer_address,
            property_address=_property_line(locked),
            property_facts=_facts(locked),
            terms=quote_settings().terms,
            on_request=[one.diagnostic for one in found.priced.unpriced] if found else list(locked.diagnostics),
        )
        _save_draft(quote, _lines_of_price(found))
    write_quote_event(quote, QuoteEventKind.CREATED, actor=user, name=current_branding().site_name)
    return quote


@transaction.atomic
def begin_quote(*, user: User, contact: Contact | None) -> Quote:
    """Returns an empty draft without an order, for a client or for nobody yet."""
    quote = Quote(created_by=user, contact=contact, language=_language_of(contact), terms=quote_settings().terms)
    if contact is not None:
        quote.client_name, quote.client_company = contact.name, contact.company
        quote.client_email, quote.client_phone = contact.user.email, contact.phone
        quote.client_address = address_on_one_line(contact.street, contact.postcode, contact.city)[:250]
    _save_draft(quote, [])
    write_quote_event(quote, QuoteEventKind.CREATED, actor=user)
    return quote


@transaction.atomic
def copy_quote(quote: Quote, *, user: User) -> Quote:
    """Returns a draft with all that a quote says, to be sent in its place: the former is replaced once this one leaves.

    A draft that waits already to replace it, or for the same order, is the one. Raises DomainError `is_draft`.
    """
    locked = lock_quote(quote)
    if locked.is_draft:
        raise DomainError("is_draft", _("This quote is not sent yet: edit it."))
    drafts = Quote.objects.filter(state=QuoteState.DRAFT)
    drafts = drafts.filter(order_id=locked.order_id) if locked.order_id else drafts.filter(replaces=locked)
    if (draft := drafts.order_by("pk").first()) is not None:
        return draft
    copied = {name: getattr(locked, name) for name in (*FIELDS, "language", "property_facts", "on_request")}
    made = Quote(order=locked.order, contact=locked.contact, created_by=user, replaces=locked, **copied)
    _save_draft(made, terms_of(lines_of_quote(locked)))
    write_quote_event(made, QuoteEventKind.CREATED, actor=user, subject=locked.number)
    return made


@transaction.atomic
def save_quote(
    quote: Quote, *, version: int, values: Mapping[str, Any], lines: Sequence[QuoteTerms], user: User
) -> Quote:
    """Returns the draft with those of FIELDS that are given and with these lines.

    Raises DomainError `edited_meanwhile` when it is no longer at `version`, `already_issued`, `negative` when more is
    taken off than asked for.
    """
    locked = lock_quote(quote)
    _refuse_issued(locked)
    if locked.version != version:
        raise DomainError(
            "edited_meanwhile",
            _(
                "Somebody edited this quote while you were typing. Your text is kept below: "
                "compare it with the present one, then save again."
            ),
        )
    for name in FIELDS:
        if name in values:
            setattr(locked, name, values[name])
    priced = {line.diagnostic for line in lines}
    locked.on_request = [kind for kind in locked.on_request if kind not in priced]
    locked.version += 1
    _save_draft(locked, lines)
    write_quote_event(locked, QuoteEventKind.EDITED, actor=user)
    return locked


@transaction.atomic
def issue_quote(quote: Quote, *, user: User | None, link_only: bool = False) -> Quote:
    """Returns the quote under its number, valid from today on; its document and its mail follow (actions.quote_paper).

    Others of the same order that wait for an answer are replaced. Raises DomainError `already_issued`, `empty`,
    `negative`, `nobody` or `wrong_state`.
    """
    locked = lock_quote(quote)
    _refuse_issued(locked)
    lines = lines_of_quote(locked)
    totals = added_up(terms_of(lines))
    if not lines or totals.gross <= 0:
        raise DomainError("empty", _("A quote needs lines that add up to more than nothing."))
    if not locked.client:
        raise DomainError("nobody", _("Say for whom the quote is."))
    if locked.order is not None and locked.order.state == OrderState.CANCELLED:
        raise DomainError("wrong_state", _("The order was cancelled meanwhile."))
    replace_former(locked, states=[QuoteState.ISSUED], user=user)
    rules, now = quote_settings(), timezone.now()
    locked.state, locked.issued_at = QuoteState.ISSUED, now
    locked.valid_until = timezone.localdate(now) + timedelta(days=rules.valid_days)
    locked.net, locked.vat, locked.gross = totals.net, totals.vat, totals.gross
    locked.is_link_only = link_only
    locked.number = _next_number(rules.prefix, timezone.localdate(now).year)
    locked.search = quote_search_text(locked)
    locked.save()
    write_quote_event(
        locked, QuoteEventKind.ISSUED, actor=user, name=current_branding().site_name, subject=locked.client_email
    )
    file_quote.enqueue(quote_id=locked.pk)
    return locked


def follow_order_sent(order: Order, *, user: User | None) -> Quote | None:
    """Returns the quote of an order that was just sent, in the caller's transaction, if the firm wants one by itself.

    It stays a draft for the firm to check where the firm wants that, where something has no price, and where nobody has
    looked at the price list yet.
    """
    mode = quote_settings().issue_mode
    if mode == IssueMode.OFF:
        return None
    quote = prepare_quote(order, user=user if user is not None and user.is_firm_staff else None)
    found = order_price(order)
    ready = found is not None and found.priced.is_complete and not found.entry.is_unchecked
    if mode != IssueMode.AUTO or not ready or quote.gross <= 0 or not quote.client:
        return quote
    # an address that nobody has proved gets a link and no text of a stranger's
    return issue_quote(quote, user=None, link_only=order.origin == OrderOrigin.VISITOR)


@transaction.atomic
def delete_quote(quote: Quote) -> None:
    """Deletes a draft, which has no number; raises DomainError `already_issued`."""
    locked = lock_quote(quote)
    _refuse_issued(locked)
    locked.delete()


def replace_former(quote: Quote, *, states: Sequence[str], user: User | None) -> None:
    """Marks as replaced what a quote takes the place of, in the caller's transaction: of its order, or its former."""
    former = Quote.objects.select_for_update(of=("self",)).filter(state__in=states).exclude(pk=quote.pk)
    former = former.filter(order_id=quote.order_id) if quote.order_id else former.filter(pk=quote.replaces_id or 0)
    for one in former.order_by("pk"):
        one.state = QuoteState.REPLACED
        one.save(update_fields=["state", "updated_at"])
        write_quote_event(one, QuoteEventKind.REPLACED, actor=user, name=current_branding().site_name)


def quoted_of(quote: Quote) -> list[str]:
    """Returns the diagnostics that a quote is about."""
    return quoted_diagnostics(quote, lines_of_quote(quote))


def _refuse_issued(quote: Quote) -> None:
    if not quote.is_draft:
        raise DomainError("already_issued", _("This quote was sent already: it can only be replaced."))


def _save_draft(quote: Quote, lines: Sequence[QuoteTerms]) -> None:
    totals = added_up(lines)
    if totals.is_negative:
        raise DomainError("negative", _("More is taken off than asked for."))
    quote.net, quote.vat, quote.gross = totals.net, totals.vat, totals.gross
    quote.search = quote_search_text(quote)
    quote.save()
    quote.lines.all().delete()
    QuoteLine.objects.bulk_create(
        [
            QuoteLine(
                quote=quote,
                rank=rank,
                kind=line.kind,
                diagnostic=line.diagnostic,
                label=line.label[:200],
                detail=line.detail[:300],
                quantity=line.quantity,
                unit=line.unit,
                net=line.net,
                vat_rate=line.vat_rate,
                vat=vat,
            )
            for rank, (line, vat) in enumerate(zip(lines, totals.vats, strict=True), start=1)
        ]
    )


def _next_number(prefix: str, year: int) -> str:
    """Returns the next number; the counter stays locked until the transaction ends, so that none is left out."""
    QuoteCounter.objects.get_or_create(year=year)
    counter = QuoteCounter.objects.select_for_update().get(year=year)
    counter.last += 1
    counter.save(update_fields=["last"])
    return f"{prefix}{year}-{counter.last:04d}"


def _lines_of_price(found: OrderPrice | None) -> list[QuoteTerms]:
    if found is None:
        return []
    return [
        QuoteTerms(
            label=line.label,
            unit=line.unit,
            quantity=line.quantity,
            vat_rate=line.vat_rate,
            kind=line.kind,
            diagnostic=line.diagnostic,
            detail=line.why,
        )
        for line in found.priced.lines
    ]


def _language_of(contact: Contact | None) -> str:
    own = contact.user.language if contact is not None else ""
    return own or current_branding().language or "fr"


def _property_line(order: Order) -> str:
    kind = str(order.get_property_kind_display()) if order.property_kind else ""
    return " – ".join(part for part in (kind, order.street_extra, order.address_line) if part)[:400]


def _facts(order: Order) -> list[list[str]]:
    return [[_("Made for"), str(order.get_transaction_display())], *([k, v] for k, v in order.building_facts)]
