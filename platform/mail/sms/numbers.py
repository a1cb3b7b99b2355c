"""Phone numbers: as people write them to E.164, and whether a text message reaches them."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import phonenumbers
from django.utils.translation import gettext as _
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType

from kernel.errors import DomainError

#: The territories whose national numbers people here write: in which zone they live, and their public holidays' name.
TERRITORIES: dict[str, tuple[str, str]] = {
    "FR": ("Europe/Paris", ""),
    "GP": ("America/Guadeloupe", "971"),
    "MQ": ("America/Martinique", "972"),
    "GF": ("America/Cayenne", "973"),
    "RE": ("Indian/Reunion", "974"),
    "YT": ("Indian/Mayotte", "976"),
    "BL": ("America/St_Barthelemy", "BL"),
    "MF": ("America/Marigot", "MF"),
    "PM": ("America/Miquelon", "PM"),
    "NC": ("Pacific/Noumea", "NC"),
    "PF": ("Pacific/Tahiti", "PF"),
    "WF": ("Pacific/Wallis", "WF"),
}
#: Whose mobile numbers are written like those of the mainland: 0690 12 34 56.
_OVERSEAS = ("GP", "MQ", "GF", "RE", "YT")
_MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE, PhoneNumberType.PERSONAL_NUMBER}
#: Longer is no phone number, whatever it holds.
_LONGEST = 40


@dataclass(frozen=True)
class Mobile:
    """A number that a text message reaches: E.164, its territory (ISO 3166), the zone in which its reader lives."""

    e164: str
    territory: str
    zone: ZoneInfo
    #: Of its territory's public holidays (the library's name); empty for the mainland and abroad.
    holidays: str

    @property
    def is_french(self) -> bool:
        """Whether it belongs to France, overseas included."""
        return self.territory in TERRITORIES


def mobile_of(text: str) -> Mobile:
    """Returns the mobile number that somebody wrote.

    Raises DomainError: `no_number`, `fixed_line` or `no_mobile` (special, internet and premium numbers).
    """
    number = _parse(text)
    if number is None:
        raise DomainError(
            "no_number", _("This is not a phone number: write it like 06 12 34 56 78 or +33 6 12 34 56 78.")
        )
    kind = phonenumbers.number_type(number)
    if kind == PhoneNumberType.FIXED_LINE:
        raise DomainError("fixed_line", _("This is a fixed line: text messages only reach mobile phones."))
    if kind not in _MOBILE:
        raise DomainError("no_mobile", _("This is no mobile phone's number: no text message reaches it."))
    territory = phonenumbers.region_code_for_number(number) or ""
    zone, holidays = TERRITORIES.get(territory, ("Europe/Paris", ""))
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return Mobile(e164, territory, ZoneInfo(zone), holidays)


def is_mobile(text: str) -> bool:
    """Whether a text message could reach what somebody wrote as a phone number."""
    try:
        mobile_of(text)
    except DomainError:
        return False
    return True


def e164_of(text: str) -> str:
    """Returns a number as E.164, of whatever kind; empty where it is none. Carriers write it without the plus."""
    digits = text.strip()
    number = _parse(digits) or _parse(f"+{digits.removeprefix('00').removeprefix('+')}")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164) if number is not None else ""


def shown(e164: str) -> str:
    """Returns a number as people read it: national for the mainland, international elsewhere."""
    number = _parse(e164)
    if number is None:
        return e164
    style = PhoneNumberFormat.NATIONAL if number.country_code == 33 else PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, style)


def _parse(text: str) -> PhoneNumber | None:
    """Returns the valid number that a text says: of the mainland, else of the overseas territories."""
    if not text or len(text) > _LONGEST:
        return None
    number = _valid(text, "FR")
    if number is not None:
        return number
    # +33 692… is what somebody writes who puts 0692… abroad's way: the national number is Réunion's
    national = text.replace("(0)", "").replace(" ", "")
    for prefix in ("+33", "0033"):
        if national.startswith(prefix):
            national = f"0{national.removeprefix(prefix).lstrip('0')}"
    return next((found for region in _OVERSEAS if (found := _valid(national, region)) is not None), None)


def _valid(text: str, region: str) -> PhoneNumber | None:
    try:
        number = phonenumbers.parse(text, region)
    except NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) or number.extension:
        return None
    return number
