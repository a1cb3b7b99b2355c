"""The firm's rules of what is due, and the zones that it knows."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from extranet.models import NeedRule, ZoneArea
from extranet.needs import bare_city
from extranet.needs_defaults import default_needs
from kernel.errors import DomainError

FIELDS = (
    "kind",
    "effect",
    "conditions",
    "surface_from",
    "surface_below",
    "applies_from",
    "applies_until",
    "reason",
    "source",
)


@transaction.atomic
def save_need_rule(rule: NeedRule | None, *, values: Mapping[str, Any]) -> NeedRule:
    """Returns the rule, new or edited; raises DomainError `gone`."""
    saved = NeedRule() if rule is None else NeedRule.objects.select_for_update().filter(pk=rule.pk).first()
    if saved is None:
        raise DomainError("gone", _("This rule is no longer there."))
    for name in FIELDS:
        setattr(saved, name, values[name])
    saved.save()
    return saved


@transaction.atomic
def delete_need_rule(rule: NeedRule) -> None:
    """Takes a rule away."""
    NeedRule.objects.filter(pk=rule.pk).delete()


@transaction.atomic
def restore_default_needs(kind: str) -> int:
    """Returns how many rules a kind of diagnostic has again: those that the firm started with."""
    NeedRule.objects.filter(kind=kind).delete()
    rules = [NeedRule(**asdict(rule)) for rule in default_needs(kind)]
    NeedRule.objects.bulk_create(rules)
    return len(rules)


@transaction.atomic
def save_zone_areas(places: Sequence[tuple[str, str]], *, zone: str, answer: str, source: str) -> tuple[int, int]:
    """Returns how many places (department or postcode, commune) are new and how many were known: these are changed."""
    entries = {
        (area, bare_city(city)): ZoneArea(
            zone=zone, area=area, city=city, city_key=bare_city(city), answer=answer, source=source
        )
        for area, city in places
    }
    known = set(ZoneArea.objects.filter(zone=zone).values_list("area", "city_key"))
    ZoneArea.objects.bulk_create(
        entries.values(),
        update_conflicts=True,
        unique_fields=["zone", "area", "city_key"],
        update_fields=["city", "answer", "source"],
    )
    changed = len(known & set(entries))
    return len(entries) - changed, changed


@transaction.atomic
def delete_zone_area(entry: ZoneArea) -> None:
    """Forgets a place: whether it is in the zone is not known then, unless a wider place says so."""
    ZoneArea.objects.filter(pk=entry.pk).delete()
