"""Days as people say them."""

from datetime import date

from django.utils import formats
from django.utils.translation import get_language

#: What a day is made of in the languages that need more than words (Django's formats have no day of the week).
_PATTERNS = {"es": r"l j \d\e F", "de": "l, j. F"}
_PATTERNS_WITH_YEAR = {"es": r"l j \d\e F \d\e Y", "de": "l, j. F Y"}


def day_words(day: date, *, with_year: bool = False) -> str:
    """Returns a day with its name in the active language, such as “lundi 5 octobre” or “lunes 5 de octubre”."""
    patterns, usual = (_PATTERNS_WITH_YEAR, "l j F Y") if with_year else (_PATTERNS, "l j F")
    return formats.date_format(day, patterns.get(get_language() or "", usual))
