"""The doors to one mail of the log and to one stopped address; what is not there is a 404."""

from django.http import Http404

from accounts.models import User
from mail.models import OutgoingMail, StoppedAddress


def access_mail(user: User, code: str) -> OutgoingMail:
    """Returns a mail of the firm; raises Http404 for whoever is none of its people."""
    found = OutgoingMail.objects.filter(code=code).first() if user.is_firm_staff else None
    if found is None:
        raise Http404
    return found


def access_stopped(user: User, code: str) -> StoppedAddress:
    """Returns an address that nothing is sent to; raises Http404 for whoever is none of the firm's people."""
    found = StoppedAddress.objects.filter(code=code).first() if user.is_firm_staff else None
    if found is None:
        raise Http404
    return found
