"""The forms of visits, of those who make them, of absences, and of the firm's rules of visits."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role, User
from extranet.actions.diagnostician import FIELDS as DIAGNOSTICIAN_FIELDS
from extranet.enums import DiagnosticKind
from extranet.enums_booking import AbsenceKind, DepositKind, Weekday
from extranet.models import BookingSettings, DiagnosticDuration, Diagnostician
from extranet.slots import instant

if TYPE_CHECKING:
    _DiagnosticianForm = forms.ModelForm[Diagnostician]
    _SettingsForm = forms.ModelForm[BookingSettings]
else:
    _DiagnosticianForm = _SettingsForm = forms.ModelForm

_PARTS = ("a", "b")
_PREFIX = re.compile(r"\d{2,5}|2[abAB]\d{0,3}")
_MOST_MINUTES = 720
_FIRST_DAY, _LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)


class ClockField(forms.TimeField):
    """A time of day in hours and minutes, with the browser's own clock."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"input_formats": ["%H:%M", "%H:%M:%S", "%Hh%M", "%Hh"]} | options))


class DayField(forms.DateField):
    """A day of this century, with the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> date | None:
        """Returns the day; raises ValidationError for one that no calendar of ours shows."""
        day = super().to_python(value)
        if day is not None and not _FIRST_DAY <= day <= _LAST_DAY:
            raise ValidationError(_("Give a day between 2000 and 2100."), code="range")
        return day


def existing_instant(day: date, moment: time, zone: ZoneInfo) -> datetime:
    """Returns the instant of a wall-clock time; raises ValidationError for one that daylight saving skips."""
    found = instant(day, moment, zone)
    if found.astimezone(zone).replace(tzinfo=None) != datetime.combine(day, moment):
        raise ValidationError(
            _("This hour does not exist on that day: the clocks go forward. Choose another one."), code="skipped"
        )
    return found


class AppointmentForm(forms.Form):
    """A visit: who, when, what, where and for whom."""

    diagnostician = forms.ModelChoiceField(
        label=_("Diagnostician"),
        queryset=Diagnostician.objects.none(),
        to_field_name="code",
        error_messages={"required": _("Choose who makes the visit.")},
    )
    day = DayField(label=_("Day"))
    time = ClockField(label=_("Time"))
    minutes = forms.IntegerField(
        label=_("Minutes"),
        required=False,
        min_value=5,
        max_value=_MOST_MINUTES,
        help_text=_("Empty: by the diagnostics and the surface."),
    )
    diagnostics = forms.MultipleChoiceField(
        label=_("Diagnostics"), choices=DiagnosticKind.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    surface = forms.DecimalField(
        label=_("Surface (m²)"),
        required=False,
        min_value=Decimal(1),
        max_value=Decimal(99_999),
        decimal_places=2,
        max_digits=7,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    street = forms.CharField(label=_("Address"), max_length=200, required=False)
    street_extra = forms.CharField(label=_("Building, floor, door"), max_length=200, required=False)
    postcode = forms.CharField(
        label=_("Postcode"), max_length=10, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    city = forms.CharField(label=_("Town"), max_length=100, required=False)
    person_name = forms.CharField(label=_("Who opens the door"), max_length=120, required=False)
    person_phone = forms.CharField(
        label=_("Phone"), max_length=30, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    person_email = forms.EmailField(label=_("E-mail"), required=False)
    access_note = forms.CharField(label=_("Access, keys"), max_length=300, required=False)
    staff_note = forms.CharField(
        label=_("Note for the staff"), max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    tell = forms.BooleanField(
        label=_("Tell the client by e-mail"),
        required=False,
        help_text=_("Who ordered and who opens the door get the visit for their calendar."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, zone: ZoneInfo, people: list[Diagnostician], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        chosen = self.fields["diagnostician"]
        assert isinstance(chosen, forms.ModelChoiceField)
        chosen.queryset = Diagnostician.objects.filter(pk__in=[each.pk for each in people])

    def clean(self) -> dict[str, Any]:
        """Returns what was typed, with `starts_at`; an hour that daylight saving skips is told at the time."""
        data = super().clean() or self.cleaned_data
        if data.get("day") and data.get("time"):
            try:
                data["starts_at"] = existing_instant(data["day"], data["time"], self.zone)
            except ValidationError as error:
                self.add_error("time", error)
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What of it is said of the visit besides who makes it and when."""
        apart = {"diagnostician", "day", "time", "minutes", "version", "starts_at", "tell"}
        return {name: value for name, value in self.cleaned_data.items() if name not in apart}


class MoveForm(forms.Form):
    """Where a visit is dropped."""

    who = forms.CharField(max_length=16)
    day = DayField()
    time = ClockField()
    version = forms.IntegerField(min_value=1)

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone

    def clean(self) -> dict[str, Any]:
        """Returns where, with `starts_at`."""
        data = super().clean() or self.cleaned_data
        if data.get("day") and data.get("time") is not None:
            data["starts_at"] = existing_instant(data["day"], data["time"], self.zone)
        return data


class AbsenceForm(forms.Form):
    """A time without visits: whole days, or hours of the first and last one."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    kind = forms.ChoiceField(label=_("Reason"), choices=AbsenceKind.choices, initial=AbsenceKind.LEAVE)
    first_day = DayField(label=_("First day"))
    first_time = ClockField(label=_("Time"), required=False, help_text=_("Empty: the whole day."))
    last_day = DayField(label=_("Last day"), required=False, help_text=_("Empty: the same day."))
    last_time = ClockField(label=_("Time"), required=False, help_text=_("Empty: the whole day."))
    note = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args: Any, zone: ZoneInfo, people: list[Diagnostician], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.people = zone, {each.code: each for each in people}
        who = self.fields["who"]
        assert isinstance(who, forms.ChoiceField)
        who.choices = [("", _("The whole firm")), *((each.code, each.name) for each in people)]

    def clean(self) -> dict[str, Any]:
        """Returns what was typed, with `starts_at` and `ends_at`; it ends after it begins."""
        data = super().clean() or self.cleaned_data
        first, last = data.get("first_day"), data.get("last_day") or data.get("first_day")
        if not first or not last:
            return data
        if last < first:
            self.add_error("last_day", _("This day is before the first one."))
            return data
        closes: time | None = data.get("last_time")
        data["starts_at"] = instant(first, data.get("first_time") or time.min, self.zone)
        data["ends_at"] = (
            instant(last, closes, self.zone, is_end=True)
            if closes
            else instant(last + timedelta(days=1), time.min, self.zone)
        )
        if data["ends_at"] <= data["starts_at"]:
            self.add_error("last_time", _("It ends after it begins."))
        return data


class DiagnosticianForm(_DiagnosticianForm):
    """Somebody who makes visits, with two stretches of work for each day of the week."""

    class Meta:
        model = Diagnostician
        fields = DIAGNOSTICIAN_FIELDS
        labels = {"user": _("Account")}
        help_texts = {
            "street": _("Where the day begins; empty: at the office."),
            "takes_online": _("Off: only the firm plans this person's visits."),
            "is_active": _("Off: no new visits; the ones that are planned stay."),
        }
        widgets = {
            "takes_online": forms.CheckboxInput(attrs={"role": "switch"}),
            "is_active": forms.CheckboxInput(attrs={"role": "switch"}),
            "postcode": forms.TextInput(attrs={"inputmode": "numeric"}),
            "phone": forms.TextInput(attrs={"inputmode": "tel"}),
        }

    diagnostics = forms.MultipleChoiceField(
        label=_("Diagnostics"),
        choices=DiagnosticKind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those that this person may make; none ticked: all of them."),
    )
    postcodes = forms.CharField(
        label=_("Zone of work"),
        required=False,
        max_length=600,
        help_text=_("Postcodes or how they begin, separated by commas: 29, 56100. Empty: everywhere."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        instance: Diagnostician | None = kwargs.get("instance")
        hours = (
            [(each.weekday, each.starts, each.ends) for each in instance.hours.all()] if instance else _usual_hours()
        )
        initial = {"postcodes": ", ".join(instance.postcodes)} if instance else {}
        super().__init__(*args, **(kwargs | {"initial": initial | (kwargs.get("initial") or {})}))
        user = self.fields["user"]
        assert isinstance(user, forms.ModelChoiceField)
        user.queryset = User.objects.filter(role__in=[Role.ADMIN, Role.STAFF], is_active=True).order_by("full_name")
        user.empty_label = _("Nobody: this person does not log in")
        words = (pgettext_lazy("hours", "from"), pgettext_lazy("hours", "to"))
        for weekday, label in Weekday.choices:
            stretches = sorted(each[1:] for each in hours if each[0] == weekday)[:2]
            for number, part in enumerate(_PARTS):
                known = stretches[number] if number < len(stretches) else (None, None)
                for edge, word, value in zip(("from", "to"), words, known, strict=True):
                    field = ClockField(label=f"{label} {word}", required=False, initial=value)
                    self.fields[f"h{weekday}{part}_{edge}"] = field

    @property
    def week(self) -> Iterator[tuple[str, list[BoundField]]]:
        """The days of the week with their four fields."""
        for weekday, label in Weekday.choices:
            yield str(label), [self[f"h{weekday}{part}_{edge}"] for part in _PARTS for edge in ("from", "to")]

    def clean_postcodes(self) -> list[str]:
        """Returns the beginnings of postcodes; raises ValidationError naming the one that is none."""
        entries = [entry for entry in re.split(r"[\s,;]+", self.cleaned_data["postcodes"]) if entry]
        for entry in entries:
            if not _PREFIX.fullmatch(entry):
                raise ValidationError(_("“%(entry)s” is no postcode.") % {"entry": entry[:20]}, code="invalid")
        # Corsica's departments are 2A and 2B, its postcodes begin with 20
        return list(dict.fromkeys("20" if entry[:2].lower() in {"2a", "2b"} else entry for entry in entries))

    def clean(self) -> dict[str, Any]:
        """Returns what was typed, with `hours`: stretches have two ends, in order, and do not overlap."""
        data = super().clean() or self.cleaned_data
        hours: list[tuple[int, time, time]] = []
        for weekday in Weekday.values:
            before: time | None = None
            for part in _PARTS:
                name = f"h{weekday}{part}"
                opens, closes = data.get(f"{name}_from"), data.get(f"{name}_to")
                if opens is None and closes is None:
                    continue
                if opens is None or closes is None:
                    missing = f"{name}_from" if opens is None else f"{name}_to"
                    if missing not in self.errors:
                        self.add_error(missing, _("Give both ends."))
                    continue
                if closes <= opens:
                    self.add_error(f"{name}_to", _("It ends after it begins."))
                elif before is not None and opens < before:
                    self.add_error(f"{name}_from", _("This is within the first stretch."))
                else:
                    hours.append((weekday, opens, closes))
                    before = closes
        data["hours"] = hours
        return data

    @property
    def values(self) -> dict[str, Any]:
        """What of it is said of the person besides the hours."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


def _usual_hours() -> list[tuple[int, time, time]]:
    halves = ((time(9), time(12, 30)), (time(13, 30), time(18)))
    return [(weekday, *half) for weekday in range(5) for half in halves]


class BookingSettingsForm(_SettingsForm):
    """The firm's rules of visits, with the minutes of each diagnostic."""

    class Meta:
        model = BookingSettings
        fields = (
            "time_zone",
            "holiday_region",
            "works_on_holidays",
            "step_minutes",
            "notice_hours",
            "horizon_days",
            "hold_minutes",
            "base_minutes",
            "included_surface",
            "street",
            "postcode",
            "city",
            "buffer_minutes",
            "speed_kmh",
            "detour_percent",
            "unknown_minutes",
            "move_hours",
            "cancel_hours",
            "most_moves",
            "client_booking",
            "visitor_booking",
            "booking_from",
            "first_reminder_hours",
            "last_reminder_hours",
            "deposit_kind",
            "deposit_amount",
            "deposit_percent",
            "deposit_min",
            "deposit_max",
            "refund_hours",
            "refund_percent",
            "deposit_by_hand",
        )
        localized_fields = ("deposit_amount", "deposit_min", "deposit_max")
        widgets = {
            **{
                name: forms.CheckboxInput(attrs={"role": "switch"})
                for name in ("client_booking", "visitor_booking", "deposit_by_hand")
            },
            **{
                name: forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
                for name in ("deposit_amount", "deposit_min", "deposit_max")
            },
            "works_on_holidays": forms.CheckboxInput(attrs={"role": "switch"}),
            "postcode": forms.TextInput(attrs={"inputmode": "numeric"}),
        }
        help_texts = {
            "notice_hours": _("How long before a visit a client books it at the latest."),
            "horizon_days": _("How far ahead clients may book."),
            "hold_minutes": _("How long a time is kept for a client who pays; 30 at least."),
            "base_minutes": _("To arrive, explain and leave, whatever the diagnostics."),
            "included_surface": _("What the minutes of the table below are for."),
            "buffer_minutes": _("On top of each way: parking, keys, writing."),
            "detour_percent": _("100: as the crow flies. 130 is usual."),
            "unknown_minutes": _("When an address was not found on the map."),
            "street": _("Where the day of those begins who have no address of their own."),
            "client_booking": _("From their order they choose among the times that fit; you are told by e-mail."),
            "visitor_booking": _("By the link of their order."),
            "first_reminder_hours": _("By e-mail, between 7 and 21 o'clock; 0: none."),
            "last_reminder_hours": _("0: none."),
            "deposit_amount": _("VAT included; never more than the price of the order."),
            "deposit_percent": _("Of the price by the client's price list. Without a price: the least amount, if any."),
            "refund_hours": _("When a client cancels: the whole deposit until so long before the visit."),
            "refund_percent": _("Afterwards; 0: nothing. You may always refund more by hand."),
            "deposit_by_hand": _("The visit is confirmed at once, before the money has come."),
        }

    def __init__(self, *args: Any, durations: list[DiagnosticDuration], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {each.kind: each for each in durations}
        for kind, label in DiagnosticKind.choices:
            row = known.get(kind)
            for name, most, word, value in (
                (f"m_{kind}", 600, _("minutes"), row.minutes if row else 0),
                (f"x_{kind}", 60, _("more for each further 10 m²"), row.extra_minutes if row else 0),
            ):
                field = forms.IntegerField(label=f"{label}: {word}", min_value=0, max_value=most, initial=value)
                self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        """Returns the rules: a fixed deposit has an amount, and what is asked at least is not above the most."""
        data = super().clean() or self.cleaned_data
        is_fixed = data.get("deposit_kind") == DepositKind.FIXED
        if is_fixed and not data.get("deposit_amount") and "deposit_amount" not in self.errors:
            self.add_error("deposit_amount", _("Give the amount of the deposit."))
        least, most = data.get("deposit_min"), data.get("deposit_max")
        if least and most and least > most:
            self.add_error("deposit_max", _("This is below the least amount."))
        return data

    @property
    def table(self) -> Iterator[tuple[str, BoundField, BoundField]]:
        """The diagnostics with their two fields."""
        for kind, label in DiagnosticKind.choices:
            yield str(label), self[f"m_{kind}"], self[f"x_{kind}"]

    @property
    def values(self) -> dict[str, Any]:
        """The rules themselves."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    @property
    def durations(self) -> dict[str, tuple[int, int]]:
        """Minutes, and more for each further 10 m², by diagnostic."""
        data = self.cleaned_data
        return {kind: (data[f"m_{kind}"], data[f"x_{kind}"]) for kind in DiagnosticKind.values}
