"""The only door to one request for an account."""

from django.http import Http404

from accounts.models import User
from extranet.enums_join import JoinState
from extranet.models import AccountRequest


def access_join_request(user: User, code: str) -> AccountRequest:
    """Returns the request of this code for the firm's staff; raises Http404 otherwise, for one not confirmed too."""
    rows = AccountRequest.objects.select_related("contact__user", "sub_account__user", "sub_account__contact")
    found = rows.filter(code=code).exclude(state=JoinState.UNCONFIRMED).first() if user.is_firm_staff else None
    if found is None:
        raise Http404
    return found
