"""Predicates and small computations of the portal, without queries."""

import enum
import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _

from extranet.enums import DownloadState, FileKind, Finding, Handing


def download_state(present: AbstractSet[int], downloaded: Iterable[int]) -> DownloadState:
    """Returns how much of the files that are there now (by key) has been downloaded; an empty dossier is NONE."""
    had = present & set(downloaded)
    if not had:
        return DownloadState.NONE
    return DownloadState.FULL if had == present else DownloadState.PARTIAL


@dataclass(frozen=True)
class ValidityTerms:
    """What one rule says: `months` None is without limit, an empty `transaction` or `finding` fits whatever it is."""

    kind: str
    months: int | None
    transaction: str = ""
    finding: str = ""
    #: For diagnostics made from this day on, and before that one.
    applies_from: date | None = None
    applies_before: date | None = None
    #: The last day on which a diagnostic of this rule can be used, whatever its age.
    ends_on: date | None = None
    source: str = ""
    note: str = ""

    def fits(self, kind: str, performed_on: date, transaction: str, finding: str) -> bool:
        """Whether the rule speaks of such a diagnostic."""
        return (
            self.kind == kind
            and self.transaction in {"", transaction}
            and self.finding in {"", finding}
            and (self.applies_from is None or performed_on >= self.applies_from)
            and (self.applies_before is None or performed_on < self.applies_before)
        )

    @property
    def rank(self) -> tuple[int, bool, date, bool]:
        """What decides between rules that fit: the one that says more, then the latest."""
        said = bool(self.transaction) + bool(self.finding)
        return said, bool(self.transaction), self.applies_from or date.min, self.applies_before is not None

    def last_day(self, performed_on: date) -> date | None:
        """Returns the last day on which a diagnostic made that day can be used; None without limit."""
        days = [day for day in (_last_day(performed_on, self.months), self.ends_on) if day is not None]
        return min(days, default=None)


class ExpiryReason(enum.StrEnum):
    """Why a diagnostic is valid until a day, or why that is not known."""

    RULE = "rule"
    BY_HAND = "by_hand"
    UNLIMITED = "unlimited"
    NO_DATE = "no_date"
    NO_RULE = "no_rule"
    #: Nobody said what was found, and the law makes a difference.
    FINDING_MISSING = "finding_missing"


@dataclass(frozen=True)
class Expiry:
    """The last day on which a diagnostic can be used, and by which rule; `on` is None when there is none."""

    on: date | None
    reason: ExpiryReason
    rule: ValidityTerms | None = None


def expiry(
    kind: str, performed_on: date | None, transaction: str, finding: str, rules: Iterable[ValidityTerms]
) -> Expiry:
    """Returns until when a diagnostic can be used: the most specific rule decides, then the one that applies latest.

    Where nobody said what was found, an answer is given only if it is the same whatever was found.
    """
    if performed_on is None:
        return Expiry(None, ExpiryReason.NO_DATE)
    known = list(rules)
    if finding != Finding.UNKNOWN:
        return _expiry(kind, performed_on, transaction, finding, known)
    clear, found = (_expiry(kind, performed_on, transaction, value, known) for value in (Finding.CLEAR, Finding.FOUND))
    return clear if (clear.on, clear.reason) == (found.on, found.reason) else Expiry(None, ExpiryReason.FINDING_MISSING)


def _expiry(kind: str, performed_on: date, transaction: str, finding: str, rules: list[ValidityTerms]) -> Expiry:
    fitting = [rule for rule in rules if rule.fits(kind, performed_on, transaction, finding)]
    if not fitting:
        return Expiry(None, ExpiryReason.NO_RULE)
    rule = max(fitting, key=lambda one: one.rank)
    last = rule.last_day(performed_on)
    return Expiry(last, ExpiryReason.UNLIMITED if last is None else ExpiryReason.RULE, rule)


def _last_day(performed_on: date, months: int | None) -> date | None:
    """Returns the eve of the same day `months` later; the last of that month where it has no such day (CPC art. 641).

    Made on 15 March for 12 months: until 14 March. Made on 31 August for 6 months: until the end of February.
    """
    if months is None:
        return None
    try:
        later = performed_on + relativedelta(months=months)
    except (OverflowError, ValueError):
        return date.max
    return later if later.day != performed_on.day else later - timedelta(days=1)


#: Days before the last one from which a validity is shown as ending soon.
SOON_DAYS = 90
#: Year, department, letter of the kind, seven digits, letter: as seen, no official grammar was found.
_ADEME_NUMBER = re.compile(r"[0-9]{2}[0-9AB]{2}[A-Z][0-9]{7}[A-Z]")


def tidy_ademe_number(text: str) -> str:
    """Returns a number of the ADEME's observatory as it is written there: capitals, no space."""
    return re.sub(r"[\s.\-]+", "", text).upper()


def looks_like_ademe_number(number: str) -> bool:
    """Whether a tidied number has the usual shape; one that has not may still be right."""
    return _ADEME_NUMBER.fullmatch(number) is not None


#: What may hold reports that nobody can stamp.
ARCHIVES = frozenset({"application/zip", "message/rfc822"})


def is_kept_back(handing: Handing, *, kind: str, content_type: str) -> bool:
    """Whether a reader gets nothing of a file by what it is: an invoice is read, with the mention, even if all waits.

    A PDF that is handed over here must still bear the mention.
    """
    if handing == Handing.WITHHELD:
        return kind != FileKind.INVOICE or content_type != "application/pdf"
    return handing == Handing.STAMPED and content_type in ARCHIVES


def address_on_one_line(street: str, postcode: str, city: str) -> str:
    """Returns street, postcode and town as one writes them on one line; what is empty leaves no trace."""
    town = f"{postcode} {city}".strip()
    return ", ".join(part for part in (street, town) if part)


def duration_words(minutes: int) -> str:
    """Returns a duration as people say it: “45 min”, “2 h”, “3 h 25”."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    told = {"hours": hours, "minutes": f"{rest:02d}"}
    return (_("%(hours)d h %(minutes)s") if rest else _("%(hours)d h")) % told
