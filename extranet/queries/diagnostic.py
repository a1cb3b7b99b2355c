"""Diagnostics, how long they are valid and by which rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from extranet.models import Diagnostic, Dossier, ValidityRule
from extranet.rules import SOON_DAYS, Expiry, ExpiryReason, ValidityTerms, expiry

VALID, SOON, EXPIRED, UNLIMITED, UNKNOWN = "valid", "soon", "expired", "unlimited", "unknown"


@dataclass(frozen=True)
class Validity:
    """What the page says of a diagnostic's validity; `days` are those left, below zero once it is over."""

    state: str
    reason: ExpiryReason
    on: date | None = None
    days: int | None = None
    source: str = ""
    note: str = ""


def validity_rules() -> list[ValidityTerms]:
    """Returns the firm's rules, as the computation takes them: one query."""
    return [terms_of(rule) for rule in ValidityRule.objects.all()]


def terms_of(rule: ValidityRule) -> ValidityTerms:
    """Returns what a row says."""
    return ValidityTerms(
        kind=rule.kind,
        months=rule.months,
        transaction=rule.transaction,
        finding=rule.finding,
        applies_from=rule.applies_from,
        applies_before=rule.applies_before,
        ends_on=rule.ends_on,
        source=rule.source,
        note=rule.note,
    )


def expiry_of(diagnostic: Diagnostic, transaction: str, rules: Iterable[ValidityTerms]) -> Expiry:
    """Returns until when a diagnostic is valid: the day that a person set, else what the rules say."""
    if diagnostic.expiry_by_hand:
        on = diagnostic.expires_on
        return Expiry(on, ExpiryReason.UNLIMITED if on is None else ExpiryReason.BY_HAND)
    return expiry(diagnostic.kind, diagnostic.performed_on, transaction, diagnostic.finding, rules)


def validity_of(
    diagnostic: Diagnostic, transaction: str, rules: Iterable[ValidityTerms], *, today: date | None = None
) -> Validity:
    """Returns how a diagnostic stands today."""
    found = expiry_of(diagnostic, transaction, rules)
    rule = found.rule
    source, note = (rule.source, rule.note) if rule else ("", "")
    if found.on is None:
        state = UNLIMITED if found.reason == ExpiryReason.UNLIMITED else UNKNOWN
        return Validity(state, found.reason, source=source, note=note)
    days = (found.on - (today or timezone.localdate())).days
    state = EXPIRED if days < 0 else SOON if days <= SOON_DAYS else VALID
    return Validity(state, found.reason, on=found.on, days=days, source=source, note=note)


def diagnostics_of(dossier: Dossier) -> list[Diagnostic]:
    """Returns the diagnostics of a dossier in their order, each with its `validity` today: two queries at most."""
    diagnostics = list(Diagnostic.objects.filter(dossier=dossier))
    if diagnostics:
        rules, today = validity_rules(), timezone.localdate()
        for diagnostic in diagnostics:
            validity = validity_of(diagnostic, dossier.transaction, rules, today=today)
            diagnostic.validity = validity  # type: ignore[attr-defined]
    return diagnostics
