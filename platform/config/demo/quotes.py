"""The demo's quotes: one of each state, and a year of them; nobody is mailed about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone, translation

from accounts.models import User
from extranet.actions.quote import begin_quote, issue_quote, prepare_quote, save_quote
from extranet.actions.quote_history import quote_search_text, write_quote_event
from extranet.actions.quote_paper import certificate_file_name, file_quote
from extranet.enums_quote import AcceptedBy, IssueMode, QuoteEventKind, QuoteState, RefuseReason
from extranet.models import Contact, Order, PriceList, Quote, QuoteSettings
from extranet.quote_letter import certificate_pdf
from extranet.quoting import QuoteTerms
from storage.actions.files import claim, store_bytes

_VAT = Decimal("20.00")
_USER_AGENT = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1"


@dataclass(frozen=True)
class DemoQuote:
    """A quote without an order: for whom, how many days ago, its answer after so many, what it costs."""

    client: str
    place: str
    days_ago: int
    state: QuoteState
    answered_after: int
    amounts: tuple[int, ...]
    how: AcceptedBy = AcceptedBy.ONLINE
    reason: RefuseReason = RefuseReason.PRICE


_A, _R, _I = QuoteState.ACCEPTED, QuoteState.REFUSED, QuoteState.ISSUED
QUOTES: Mapping[str, tuple[DemoQuote, ...]] = {
    "armor": (
        DemoQuote("Paul Tanguy", "Maison – 8 Rue du Général Paulet 29200 Brest", 330, _A, 2, (130, 110, 110, 25)),
        DemoQuote("SCI de l’Odet", "Appartement – 3 Quai de l’Odet 29000 Quimper", 285, _R, 5, (130, 120)),
        DemoQuote("Anne Kermarrec", "Appartement – 12 Rue de Siam 29200 Brest", 250, _A, 1, (130, 110, 130, 25)),
        DemoQuote("Yann Le Goff", "Maison – 4 Route de Guipavas 29490 Guipavas", 214, _A, 9, (150, 120, 110, 25)),
        DemoQuote("Étude Riou", "Immeuble – 21 Rue de Lyon 29200 Brest", 190, _A, 3, (420, 380, 240)),
        DemoQuote(
            "Maëlle Caradec",
            "Maison – 17 Rue Anatole France 29200 Brest",
            151,
            _R,
            8,
            (130, 110),
            reason=RefuseReason.DELAY,
        ),
        DemoQuote(
            "Hervé Guéguen", "Appartement – 2 Rue Jean Jaurès 29200 Brest", 118, _A, 2, (130, 25), AcceptedBy.PHONE
        ),
        DemoQuote(
            "Syndic Bellevue", "Immeuble – 9 Rue de Vendée 29200 Brest", 92, _A, 12, (580, 240), AcceptedBy.PAPER
        ),
        DemoQuote(
            "Lena Morvan",
            "Maison – 31 Rue de Kerbonne 29200 Brest",
            64,
            _R,
            3,
            (130, 110, 120),
            reason=RefuseReason.OTHER_FIRM,
        ),
        DemoQuote("Jeanne Salaün", "Appartement – 6 Place Wilson 29200 Brest", 47, _A, 1, (130, 110, 25)),
        DemoQuote("Loïc Kerbrat", "Maison – 14 Rue du Stade 29280 Plouzané", 38, _I, 0, (150, 110, 120, 25)),
        DemoQuote("Aurélie Pennec", "Appartement – 40 Rue de Glasgow 29200 Brest", 16, _A, 1, (130, 120, 25)),
        DemoQuote("Tristan Abgrall", "Maison – 3 Hent Kervao 29280 Plouzané", 4, _I, 0, (150, 110, 110, 25)),
    )
}
_LABELS = (
    ("Diagnostic de performance énergétique (DPE)", "dpe"),
    ("Amiante avant vente", "amiante"),
    ("Installation électrique", "elec"),
    ("État des risques", "erp"),
)


def seed_quotes(subdomain: str, *, staff: User, contacts: Mapping[str, Contact]) -> None:
    """Makes the quotes of a demo firm whose prices somebody has looked at, and opens its page of prices."""
    entries = QUOTES.get(subdomain, ())
    if not entries:
        return
    PriceList.objects.update(is_unchecked=False)
    QuoteSettings.objects.update(
        issue_mode=IssueMode.CHECK, remind=True, sites=["https://www.armor-diagnostics.example"]
    )
    for entry in entries:
        _seed(entry, staff=staff)
    agency = contacts["agence-du-port"]
    ongoing, waiting = (Order.objects.filter(contact=agency, state=state).first() for state in ("ongoing", "todo"))
    if ongoing is not None:
        _accept(_issued(prepare_quote(ongoing, user=staff), staff=staff, days_ago=5), after=1, how=AcceptedBy.ONLINE)
    if waiting is not None:
        _issued(prepare_quote(waiting, user=staff), staff=staff, days_ago=0)
    alone = Order.objects.filter(contact__isnull=True, state="todo").first()
    if alone is not None:
        prepare_quote(alone, user=staff)


def _seed(entry: DemoQuote, *, staff: User) -> None:
    quote = begin_quote(user=staff, contact=None)
    lines = [
        QuoteTerms(label=label, unit=Decimal(amount), vat_rate=_VAT, kind="diagnostic", diagnostic=kind)
        for (label, kind), amount in zip(_LABELS, entry.amounts, strict=False)
    ]
    values = {
        "client_name": entry.client,
        "property_address": entry.place,
        "client_phone": "06 00 00 00 33",
    }
    quote = save_quote(quote, version=quote.version, values=values, lines=lines, user=staff)
    issued = _issued(quote, staff=staff, days_ago=entry.days_ago)
    if entry.state == QuoteState.ACCEPTED:
        _accept(issued, after=entry.answered_after, how=entry.how)
    elif entry.state == QuoteState.REFUSED:
        issued.state, issued.refuse_reason = QuoteState.REFUSED, entry.reason
        assert issued.issued_at is not None
        issued.decided_at = issued.issued_at + timedelta(days=entry.answered_after)
        issued.save()
        event = write_quote_event(issued, QuoteEventKind.REFUSED, actor=None, name=entry.client)
        issued.events.filter(pk=event.pk).update(at=issued.decided_at)


def _issued(quote: Quote, *, staff: User, days_ago: int) -> Quote:
    """Returns the quote as if it had been sent so many days ago; the mail has no address to go to meanwhile."""
    email = quote.client_email
    Quote.objects.filter(pk=quote.pk).update(client_email="")
    issue_quote(quote, user=staff)
    issued = Quote.objects.get(pk=quote.pk)
    sent = timezone.now() - timedelta(days=days_ago, hours=2)
    issued.issued_at = sent
    issued.valid_until = timezone.localdate(sent) + timedelta(days=30)
    issued.save()
    Quote.objects.filter(pk=issued.pk).update(created_at=sent - timedelta(minutes=20))
    issued.events.update(at=sent)
    file_quote(quote_id=issued.pk)
    issued = Quote.objects.get(pk=issued.pk)
    issued.client_email = email
    issued.search = quote_search_text(issued)
    issued.save()
    return issued


def _accept(quote: Quote, *, after: int, how: AcceptedBy) -> None:
    assert quote.issued_at is not None
    quote.state, quote.accepted_by = QuoteState.ACCEPTED, how
    quote.decided_at = quote.issued_at + timedelta(days=after)
    quote.accepted_on = timezone.localdate(quote.decided_at)
    quote.accepted_name, quote.accepted_sha256 = quote.client_name, quote.pdf_sha256
    if how == AcceptedBy.ONLINE:
        quote.accepted_address, quote.accepted_agent = "203.0.113.24", _USER_AGENT
    else:
        quote.recorded_by = str(quote.created_by)
    with translation.override(quote.language):
        quote.certificate = claim(store_bytes(certificate_pdf(quote), name=certificate_file_name(quote)))
    quote.save()
    event = write_quote_event(quote, QuoteEventKind.ACCEPTED, actor=None, name=quote.client_name)
    quote.events.filter(pk=event.pk).update(at=quote.decided_at)
