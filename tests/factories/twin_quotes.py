"""Rows of quotes with one word in all their texts (twins.py)."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from extranet.models import Contact, Order, Quote, QuoteCounter, QuoteEvent, QuoteLine, QuoteSettings
from kernel.models import FirmModel
from storage.actions.files import claim, store_bytes
from storage.models import StoredFile


def quote_rows(
    made: dict[type[FirmModel], Any], word: str, staff: User, reader: Contact
) -> dict[type[FirmModel], Callable[[], FirmModel]]:
    """Returns the factories of what is offered: a quote that waits for an answer, with both its documents."""
    texts = ("client_name", "client_company", "client_phone", "property_address", "note", "terms", "search")
    return {
        QuoteSettings: lambda: _quote_settings(word),
        QuoteCounter: lambda: QuoteCounter.objects.create(year=2026, last=1),
        Quote: lambda: Quote.objects.create(
            number=word,
            state="issued",
            order=made[Order],
            contact=reader,
            client_email=f"{word}@quote.example",
            property_facts=[["Surface", word]],
            issued_at=timezone.now(),
            valid_until=timezone.localdate() + timedelta(days=20),
            pdf=_file(f"{word} quote", staff),
            certificate=_file(f"{word} certificate", staff),
            pdf_sha256="0" * 64,
            created_by=staff,
            **dict.fromkeys(texts, f" {word}"),
        ),
        QuoteLine: lambda: QuoteLine.objects.create(
            quote=made[Quote], rank=1, label=word, detail=word, unit=10, net=10, vat=0
        ),
        QuoteEvent: lambda: QuoteEvent.objects.create(quote=made[Quote], kind="issued", actor_name=word, subject=word),
    }


def _quote_settings(word: str) -> QuoteSettings:
    QuoteSettings.objects.update(terms=word)
    return QuoteSettings.objects.get(pk=1)


def _file(word: str, staff: User) -> StoredFile:
    return claim(store_bytes(f"other {word}".encode(), name=f"{word}.txt", user=staff))
