"""Which diagnostics are due: rules over answers, of which some may be missing (Kleene's three values)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.enums import DiagnosticKind, EnergyLetter, PropertyKind, Transaction
from extranet.enums_order import Answer, BuildPeriod, HeatingKind, Installation, ZoneKind
from extranet.enums_price import NeedEffect, NeedVerdict, Territory
from kernel.text import fold

type Choices = Sequence[tuple[str, str | Promise]]

SURFACE = "surface"
_YES_NO: Choices = [(Answer.YES.value, Answer.YES.label), (Answer.NO.value, Answer.NO.label)]


def _said(choices: Choices) -> Choices:
    """Returns the values that are an answer."""
    return [choice for choice in choices if choice[0]]


#: What a rule can ask of the answers: the name, what people call it, the answers there are.
FIELDS: Mapping[str, tuple[str | Promise, Choices]] = MappingProxyType(
    {
        "transaction": (gettext_lazy("Made for"), Transaction.choices),
        "property_kind": (gettext_lazy("Type of property"), PropertyKind.choices),
        "co_owned": (gettext_lazy("Co-owned"), _YES_NO),
        "build_period": (gettext_lazy("Building permit"), _said(BuildPeriod.choices)),
        "furnished": (gettext_lazy("Furnished"), _YES_NO),
        "heating": (gettext_lazy("Heating"), _said(HeatingKind.choices)),
        "gas": (gettext_lazy("Gas installation"), _said(Installation.choices)),
        "electricity": (gettext_lazy("Electrical installation"), _said(Installation.choices)),
        "sewered": (gettext_lazy("Connected to the sewer"), _YES_NO),
        "wood_heating": (gettext_lazy("Wood-fired heating"), _YES_NO),
        "pool": (gettext_lazy("Pool"), _YES_NO),
        "energy_class": (gettext_lazy("Energy class"), EnergyLetter.choices),
        "territory": (gettext_lazy("Territory"), Territory.choices),
        "zone.termites": (gettext_lazy("Termite zone"), _YES_NO),
        "zone.merule": (gettext_lazy("Dry rot zone"), _YES_NO),
        "zone.risks": (gettext_lazy("Risks and pollution zone"), _YES_NO),
        "zone.noise": (gettext_lazy("Aircraft noise zone"), _YES_NO),
        "zone.air": (gettext_lazy("Atmosphere protection zone"), _YES_NO),
    }
)
assert {name[5:] for name in FIELDS if name.startswith("zone.")} == set(ZoneKind.values)
_ZONE = "zone."


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What is known of a property and of why its diagnostics are made; "" or None where nobody answered."""

    transaction: str = ""
    furnished: str = ""
    property_kind: str = ""
    co_owned: str = ""
    build_period: str = ""
    gas: str = ""
    electricity: str = ""
    sewered: str = ""
    heating: str = ""
    wood_heating: str = ""
    pool: str = ""
    energy_class: str = ""
    postcode: str = ""
    surface: Decimal | None = None
    rooms: int | None = None
    #: "yes" or "no" by ZoneKind.
    zones: Mapping[str, str] = field(default_factory=dict)
    #: The last day of validity of the reports that are there, by DiagnosticKind.
    valid: Mapping[str, date] = field(default_factory=dict)

    @property
    def territory(self) -> str:
        """Where the property is; without a postcode, mainland France, where nearly all are."""
        return Territory.OVERSEAS if self.postcode.startswith("97") else Territory.MAINLAND

    def answer(self, name: str) -> str:
        """Returns the answer to one of FIELDS, "" when there is none."""
        if name.startswith(_ZONE):
            return self.zones.get(name.removeprefix(_ZONE), "")
        value = getattr(self, name)
        assert isinstance(value, str)
        return value


@dataclass(frozen=True)
class NeedTerms:
    """What one rule says: the diagnostic is due (or exempt) where every condition is met."""

    kind: str
    reason: str
    source: str = ""
    effect: str = NeedEffect.REQUIRES
    conditions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    surface_from: Decimal | None = None
    surface_below: Decimal | None = None
    #: The first and the last day on which it counts.
    applies_from: date | None = None
    applies_until: date | None = None

    def is_in_force(self, on: date) -> bool:
        """Whether it counts that day."""
        return (self.applies_from is None or self.applies_from <= on) and (
            self.applies_until is None or on <= self.applies_until
        )

    def judge(self, answers: Answers) -> "Judgement":
        """Returns which conditions are not met, and which nobody can judge yet."""
        unmet: list[str] = []
        unknown: list[str] = []
        for name, wanted in self.conditions.items():
            answer = answers.answer(name)
            if not answer:
                unknown.append(name)
            elif answer not in wanted:
                unmet.append(name)
        if self.surface_from is not None or self.surface_below is not None:
            surface = answers.surface
            if surface is None:
                unknown.append(SURFACE)
            elif (self.surface_from is not None and surface < self.surface_from) or (
                self.surface_below is not None and surface >= self.surface_below
            ):
                unmet.append(SURFACE)
        return Judgement(self, tuple(unmet), tuple(unknown))


@dataclass(frozen=True)
class Judgement:
    """A rule before some answers; `holds` is None while an answer that would decide is missing."""

    rule: NeedTerms
    unmet: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def holds(self) -> bool | None:
        """Whether all conditions are met: one that is not decides, whatever is missing."""
        if self.unmet:
            return False
        return None if self.unknown else True


@dataclass(frozen=True)
class Need:
    """Whether a diagnostic is due, why, and by which text; `missing` names the answers that would decide."""

    diagnostic: str
    verdict: NeedVerdict
    reason: str
    source: str = ""
    missing: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """What people call the diagnostic."""
        return str(DiagnosticKind(self.diagnostic).label)

    @property
    def missing_labels(self) -> list[str]:
        """What people call the missing answers."""
        return [label_of(name) for name in self.missing]


def label_of(name: str) -> str:
    """Returns what people call one of FIELDS, or the surface."""
    return _("Surface") if name == SURFACE else str(FIELDS[name][0])


def needs(rules: Iterable[NeedTerms], answers: Answers, *, on: date) -> list[Need]:
    """Returns what is due of each diagnostic that a rule in force speaks of, in the order of DiagnosticKind."""
    by_kind: dict[str, list[NeedTerms]] = {}
    for rule in rules:
        if rule.is_in_force(on):
            by_kind.setdefault(rule.kind, []).append(rule)
    return [_need(kind, by_kind[kind], answers, on) for kind in DiagnosticKind.values if kind in by_kind]


def _need(kind: str, rules: Sequence[NeedTerms], answers: Answers, on: date) -> Need:
    judged = [rule.judge(answers) for rule in rules]
    due = [one for one in judged if one.rule.effect == NeedEffect.REQUIRES]
    exempt = [one for one in judged if one.rule.effect == NeedEffect.EXEMPTS]
    if release := _first(exempt, True):
        return Need(kind, NeedVerdict.NOT_REQUIRED, release.rule.reason, release.rule.source)
    holding, open_ = _first(due, True), [one for one in due if one.holds is None]
    if holding is None and not open_:
        return _not_due(kind, due)
    until = answers.valid.get(kind)
    if until is not None and until >= on:
        day = date_format(until, "SHORT_DATE_FORMAT")
        return Need(kind, NeedVerdict.NOT_REQUIRED, _("A report is valid until %(day)s.") % {"day": day})
    doubts = [one for one in exempt if one.holds is None]
    if holding is not None and not doubts:
        return Need(kind, NeedVerdict.REQUIRED, holding.rule.reason, holding.rule.source)
    deciding = doubts if holding is not None else [*open_, *doubts]
    missing = tuple(dict.fromkeys(name for one in deciding for name in one.unknown))
    return Need(kind, NeedVerdict.CONDITIONAL, deciding[0].rule.reason, deciding[0].rule.source, missing)


def _first(judged: Iterable[Judgement], holds: bool) -> Judgement | None:
    return next((one for one in judged if one.holds is holds), None)


def _not_due(kind: str, due: Sequence[Judgement]) -> Need:
    """Returns why no rule asks for it: what the nearest ones want."""
    if not due:
        return Need(kind, NeedVerdict.NOT_REQUIRED, _("No rule asks for it."))
    nearest = min(due, key=lambda one: len(one.unmet))
    alike = [one.rule for one in due if one.unmet == nearest.unmet]
    wanted = "; ".join(_wanted(name, alike) for name in nearest.unmet)
    reason = _("Only where: %(conditions)s.") % {"conditions": wanted}
    return Need(kind, NeedVerdict.NOT_REQUIRED, reason, nearest.rule.source)


def _wanted(name: str, rules: Sequence[NeedTerms]) -> str:
    if name == SURFACE:
        return spans_of(rules[0])
    wanted = {value for rule in rules for value in rule.conditions[name]}
    return condition_text(name, wanted)


def condition_text(name: str, wanted: Iterable[str]) -> str:
    """Returns a condition for people to read: “Building permit: before 1949, from 1949 to June 1997”."""
    values = set(wanted)
    labels = ", ".join(str(label) for value, label in FIELDS[name][1] if value in values)
    return _("%(field)s: %(values)s") % {"field": label_of(name), "values": labels}


def spans_of(rule: NeedTerms) -> str:
    """Returns the surfaces that a rule wants, "" when it wants none."""
    least, below = rule.surface_from, rule.surface_below
    figures = {"least": _figure(least), "below": _figure(below)}
    if least is not None and below is not None:
        return _("surface from %(least)s to less than %(below)s m²") % figures
    if least is not None:
        return _("surface of %(least)s m² or more") % figures
    return _("surface of less than %(below)s m²") % figures if below is not None else ""


def _figure(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


# --- places -----------------------------------------------------------------------------------------------------------


def bare_city(city: str) -> str:
    """Returns a commune as it is compared: no accent, hyphen or apostrophe, Saint and Sainte written out."""
    letters = "".join(sign if sign.isalnum() else " " for sign in fold(city))
    words = {"st": "saint", "ste": "sainte"}
    return " ".join(words.get(word, word) for word in letters.split())


def department_of(postcode: str) -> str:
    """Returns the department of a postcode, "" when it is none: two signs, three overseas, 2A and 2B in Corsica."""
    if len(postcode) != 5 or not postcode.isascii() or not postcode.isdigit():
        return ""
    if postcode.startswith(("97", "98")):
        return postcode[:3]
    if postcode.startswith("20"):
        return "2A" if postcode[2] in "01" else "2B"
    return postcode[:2]
