"""The only doors to one visit, diagnostician or absence: they are the firm's own."""

from django.http import Http404

from accounts.models import User
from extranet.models import Absence, Appointment, Diagnostician


def access_appointment(user: User, code: str) -> Appointment:
    """Returns the visit of this code for the firm's staff; raises Http404 otherwise."""
    rows = Appointment.objects.select_related("diagnostician", "contact__user", "order", "dossier")
    found = rows.filter(code=code).first() if user.is_firm_staff else None
    if found is None:
        raise Http404
    return found


def access_diagnostician(user: User, code: str) -> Diagnostician:
    """Returns the diagnostician of this code for the firm's staff; raises Http404 otherwise."""
    found = Diagnostician.objects.filter(code=code).first() if user.is_firm_staff else None
    if found is None:
        raise Http404
    return found


def access_absence(user: User, code: str) -> Absence:
    """Returns the absence of this code for the firm's staff; raises Http404 otherwise."""
    rows = Absence.objects.select_related("diagnostician")
    found = rows.filter(code=code).first() if user.is_firm_staff else None
    if found is None:
        raise Http404
    return found
