"""The log of settings, newest first."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import QueryDict

from extranet.models import SettingChange
from kernel.filters import AddressFilter, read_address, within_days


@dataclass(frozen=True)
class ChangeFilter(AddressFilter):
    """Which changes are asked for; what is empty does not narrow."""

    q: str = ""
    page_name: str = ""
    person: str = ""
    since: str = ""
    until: str = ""
    wrong: tuple[str, ...] = ()


def read_changes(query: QueryDict) -> ChangeFilter:
    """Returns the filter that an address asks for."""
    asked, wrong = read_address(query, ChangeFilter.names(), closed={}, days=("since", "until"))
    return ChangeFilter(**asked, wrong=wrong)


def setting_changes(wanted: ChangeFilter) -> QuerySet[SettingChange]:
    """Returns the changes that a filter leaves."""
    found = SettingChange.objects.all()
    for term in wanted.q.split()[:8]:
        found = found.filter(
            Q(field__icontains=term) | Q(subject__icontains=term) | Q(old__icontains=term) | Q(new__icontains=term)
        )
    if wanted.page_name:
        found = found.filter(page=wanted.page_name)
    if wanted.person:
        found = found.filter(by_name=wanted.person)
    return found.filter(within_days("at", since=wanted.since, until=wanted.until))


def people_of_changes() -> list[str]:
    """Returns the names of who has changed settings."""
    return list(SettingChange.objects.order_by("by_name").values_list("by_name", flat=True).distinct()[:200])
