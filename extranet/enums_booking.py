"""The closed lists of visits: who makes them, when, and what became of them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AppointmentState(models.TextChoices):
    """Where a visit stands."""

    HELD = "held", _("Being paid")
    CONFIRMED = "confirmed", _("Confirmed")
    DONE = "done", _("Visit made")
    MISSED = "missed", _("Nobody was there")
    CANCELLED = "cancelled", _("Visit cancelled")
    EXPIRED = "expired", _("Not paid in time")


#: Those that nobody else can have the time of.
BUSY_STATES = (AppointmentState.HELD, AppointmentState.CONFIRMED)
#: Those that stay in the calendar.
SHOWN_STATES = (*BUSY_STATES, AppointmentState.DONE, AppointmentState.MISSED)


class AppointmentEventKind(models.TextChoices):
    """What happened to a visit."""

    HELD = "held", _("Time held")
    BOOKED = "booked", _("Booked")
    CONFIRMED = "confirmed", _("Confirmed")
    EDITED = "edited", _("Edited")
    MOVED = "moved", _("Moved")
    CANCELLED = "cancelled", _("Visit cancelled")
    EXPIRED = "expired", _("Not paid in time")
    DONE = "done", _("Visit made")
    MISSED = "missed", _("Nobody was there")
    REOPENED = "reopened", _("Confirmed again")
    RELEASED = "released", _("Given back before it was paid")
    PAID = "paid", _("Deposit received")
    TOLD = "told", _("Told by e-mail")


class BookingFrom(models.TextChoices):
    """From when on a client may book the visit of its order."""

    SENT = "sent", _("as soon as the order is sent")
    AGREED = "agreed", _("once the quote is accepted")


class DepositKind(models.TextChoices):
    """How the deposit of a visit is computed."""

    NONE = "none", _("No deposit")
    FIXED = "fixed", _("A fixed amount")
    PERCENT = "percent", _("A part of the price")


class ReminderChannel(models.TextChoices):
    """How somebody is reminded of a visit."""

    MAIL = "mail", _("E-mail")


class AbsenceKind(models.TextChoices):
    """Why a diagnostician makes no visits."""

    LEAVE = "leave", _("Leave")
    SICK = "sick", _("Sick leave")
    TRAINING = "training", _("Training")
    OTHER = "other", _("Other")


class Colour(models.TextChoices):
    """The colours of the calendar, each readable with its text (themes/static/themes/css/calendar.css)."""

    BLUE = "blue", _("Blue")
    TEAL = "teal", _("Teal")
    GREEN = "green", _("Green")
    AMBER = "amber", _("Amber")
    ORANGE = "orange", _("Orange")
    RED = "red", _("Red")
    PINK = "pink", _("Pink")
    PURPLE = "purple", _("Purple")
    SLATE = "slate", _("Slate")
    BROWN = "brown", _("Brown")


class HolidayRegion(models.TextChoices):
    """Where a firm's public holidays are kept (the subdivisions of the `holidays` library)."""

    MAINLAND = "", _("Mainland France")
    ALSACE = "6AE", _("Alsace")
    MOSELLE = "57", _("Moselle")
    GUADELOUPE = "971", _("Guadeloupe")
    MARTINIQUE = "972", _("Martinique")
    GUIANA = "973", _("French Guiana")
    REUNION = "974", _("Réunion")
    MAYOTTE = "976", _("Mayotte")


class BookingZone(models.TextChoices):
    """The time zones in which French firms work."""

    PARIS = "Europe/Paris", _("Mainland France (Paris)")
    GUADELOUPE = "America/Guadeloupe", _("Guadeloupe")
    MARTINIQUE = "America/Martinique", _("Martinique")
    CAYENNE = "America/Cayenne", _("French Guiana")
    REUNION = "Indian/Reunion", _("Réunion")
    MAYOTTE = "Indian/Mayotte", _("Mayotte")


class Weekday(models.IntegerChoices):
    """The days of a week, as datetime counts them."""

    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class Problem(models.TextChoices):
    """Why a visit at some time is not what the rules would offer; the firm may want it all the same."""

    HOLIDAY = "holiday", _("It is a public holiday.")
    OUTSIDE = "outside", _("It is outside the working hours.")
    ABSENT = "absent", _("The diagnostician is absent then.")
    TRAVEL = "travel", _("The way from the visit before or to the next one takes longer than what is left.")
    DIAGNOSTIC = "diagnostic", _("The diagnostician does not do all of these diagnostics.")
    ZONE = "zone", _("It is outside the diagnostician's zone.")
