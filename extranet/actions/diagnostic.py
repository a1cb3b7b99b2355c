"""The diagnostics of a dossier: what they conclude, and until when they can be used."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from extranet.actions.history import build_event
from extranet.enums import EventKind
from extranet.models import Diagnostic, Dossier
from extranet.queries.diagnostic import expiry_of, validity_rules
from extranet.rules import ValidityTerms

#: What a person writes about a diagnostic.
FIELDS = (
    "kind",
    "performed_on",
    "finding",
    "conclusion",
    "energy_letter",
    "energy_value",
    "climate_letter",
    "climate_value",
    "ademe_number",
)


@transaction.atomic
def add_diagnostics(
    dossier: Dossier, *, kinds: Sequence[str], performed_on: date | None, user: User
) -> list[Diagnostic]:
    """Returns the new diagnostics of a dossier, all made the same day, at the end of its list."""
    return add_known_diagnostics(
        dossier, each=[{"kind": kind, "performed_on": performed_on} for kind in kinds], user=user
    )


@transaction.atomic
def add_known_diagnostics(dossier: Dossier, *, each: Sequence[Mapping[str, Any]], user: User) -> list[Diagnostic]:
    """Returns the new diagnostics of a dossier, with those of FIELDS that are known of each, at the end of its list."""
    Dossier.objects.select_for_update().get(pk=dossier.pk)
    last = Diagnostic.objects.filter(dossier=dossier).aggregate(last=Max("position"))["last"] or 0
    added = Diagnostic.objects.bulk_create(
        [
            Diagnostic(dossier=dossier, position=position, **{name: values[name] for name in FIELDS if name in values})
            for position, values in enumerate(each, last + 1)
        ]
    )
    _record(dossier, added, user=user)
    recompute_dossier(dossier)
    return added


@transaction.atomic
def edit_diagnostic(
    diagnostic: Diagnostic,
    *,
    values: Mapping[str, Any],
    expiry_by_hand: bool,
    expires_on: date | None,
    user: User,
) -> Diagnostic:
    """Returns the edited diagnostic; `expires_on` counts only when a person sets it by hand (None: without limit)."""
    dossier = Dossier.objects.select_for_update().get(pk=diagnostic.dossier_id)
    locked = Diagnostic.objects.select_for_update().get(pk=diagnostic.pk)
    for name in set(FIELDS) & set(values):
        setattr(locked, name, values[name])
    if expiry_by_hand and (not locked.expiry_by_hand or locked.expires_on != expires_on):
        locked.expires_on, locked.reminded_at = expires_on, None
    locked.expiry_by_hand = expiry_by_hand
    locked.save()
    _record(dossier, [locked], user=user)
    recompute_dossier(dossier)
    locked.refresh_from_db()
    return locked


@transaction.atomic
def delete_diagnostic(diagnostic: Diagnostic, *, user: User) -> None:
    """Takes a diagnostic out of its dossier."""
    dossier = Dossier.objects.select_for_update().get(pk=diagnostic.dossier_id)
    _record(dossier, [diagnostic], user=user)
    Diagnostic.objects.filter(pk=diagnostic.pk).delete()
    recompute_dossier(dossier)


@transaction.atomic
def move_diagnostic(diagnostic: Diagnostic, *, up: bool) -> None:
    """Moves a diagnostic one place up or down in its dossier's list."""
    Dossier.objects.select_for_update().get(pk=diagnostic.dossier_id)
    diagnostics = list(Diagnostic.objects.filter(dossier_id=diagnostic.dossier_id))
    place = next((rank for rank, one in enumerate(diagnostics) if one.pk == diagnostic.pk), None)
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(diagnostics):
        return
    diagnostics[place], diagnostics[other] = diagnostics[other], diagnostics[place]
    for position, one in enumerate(diagnostics, 1):
        one.position = position
    Diagnostic.objects.bulk_update(diagnostics, ["position"])


@transaction.atomic
def recompute_dossier(dossier: Dossier) -> Dossier:
    """Returns the dossier with the expiries that the rules give now; to call after its transaction changed."""
    recompute_dossiers([dossier.pk], rules=validity_rules())
    dossier.refresh_from_db(fields=["expires_on"])
    return dossier


def recompute_dossiers(keys: Iterable[int], *, rules: Sequence[ValidityTerms]) -> None:
    """Computes the expiries of these dossiers (by key) and of their diagnostics; whoever changed is written.

    A diagnostic that expires on another day than it did can be reminded of again.
    """
    dossiers = list(Dossier.objects.select_for_update().filter(pk__in=list(keys)).order_by("pk"))
    of_dossier: dict[int, list[Diagnostic]] = defaultdict(list)
    for diagnostic in Diagnostic.objects.filter(dossier__in=dossiers):
        of_dossier[diagnostic.dossier_id].append(diagnostic)
    moved, changed = [], []
    for dossier in dossiers:
        diagnostics = of_dossier[dossier.pk]
        for diagnostic in diagnostics:
            on = expiry_of(diagnostic, dossier.transaction, rules).on
            if on != diagnostic.expires_on:
                diagnostic.expires_on, diagnostic.reminded_at = on, None
                moved.append(diagnostic)
        first = min((one.expires_on for one in diagnostics if one.expires_on is not None), default=None)
        if first != dossier.expires_on:
            dossier.expires_on = first
            changed.append(dossier)
    Diagnostic.objects.bulk_update(moved, ["expires_on", "reminded_at"], batch_size=500)
    Dossier.objects.bulk_update(changed, ["expires_on"], batch_size=500)


def _record(dossier: Dossier, diagnostics: Sequence[Diagnostic], *, user: User) -> None:
    names = ", ".join(str(diagnostic) for diagnostic in diagnostics)
    if names:
        build_event(dossier, EventKind.DIAGNOSTIC, actor=user, subject=names).save()
