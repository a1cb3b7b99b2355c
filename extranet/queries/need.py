"""The firm's rules of what is due, and what it knows of a place's zones."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q, QuerySet

from extranet.enums_order import ZoneKind
from extranet.models import NeedRule, ZoneArea
from extranet.needs import FIELDS, NeedTerms, bare_city, department_of
from kernel.text import fold, search_terms


def rules_in_force(on: date) -> list[NeedTerms]:
    """Returns the rules that count that day, as `extranet.needs.needs` takes them: one query."""
    found = NeedRule.objects.filter(
        Q(applies_from__isnull=True) | Q(applies_from__lte=on), Q(applies_until__isnull=True) | Q(applies_until__gte=on)
    )
    return [terms_of(rule) for rule in found.order_by("id")]


def terms_of(rule: NeedRule) -> NeedTerms:
    """Returns what a row says."""
    return NeedTerms(
        kind=rule.kind,
        reason=rule.reason,
        source=rule.source,
        effect=rule.effect,
        # the database keeps the names in an order of its own
        conditions={name: rule.conditions[name] for name in FIELDS if name in rule.conditions},
        surface_from=rule.surface_from,
        surface_below=rule.surface_below,
        applies_from=rule.applies_from,
        applies_until=rule.applies_until,
    )


def zones_of(postcode: str, city: str) -> dict[str, str]:
    """Returns "yes", "no" or "" (not known) by zone: what is known of the commune, else of the postcode or department.

    One query at most; none for what is no postcode.
    """
    zones = dict.fromkeys(ZoneKind.values, "")
    department = department_of(postcode)
    if not department:
        return zones
    found = ZoneArea.objects.filter(area__in=[postcode, department], city_key__in=["", bare_city(city)])
    # the narrower place comes last and stays
    for area in sorted(found, key=lambda one: (bool(one.city_key), len(one.area))):
        zones[area.zone] = area.answer
    return zones


def zone_areas(*, zone: str = "", query: str = "") -> QuerySet[ZoneArea]:
    """Returns the places of one zone, or of all, whose department, postcode or commune has every term."""
    found = ZoneArea.objects.order_by("zone", "area", "city_key", "id")
    if zone:
        found = found.filter(zone=zone)
    for term in _terms(query):
        found = found.filter(Q(area__istartswith=term) | Q(city_key__contains=bare_city(term)))
    return found


def _terms(query: str) -> Iterable[str]:
    return [term.strip() for term in search_terms(fold(query))]
