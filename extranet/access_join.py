"""The only door to one request for an account."""

from django.http import Http404

from accounts.models import Permission, User
from extranet.enums_join import JoinState
from extranet.models import AccountRequest


def access_join_request(user: User, code: str) -> AccountRequest:
    """Returns a request for whoever may handle contacts; raises Http404 otherwise, before it is confirmed too."""
    rows = AccountRequest.objects.select_related("contact__user", "sub_account__user", "sub_account__contact")
    found = rows.filter(code=code).exclude(state=JoinState.UNCONFIRMED).first()
    if found is None or not user.may(Permission.CONTACTS):
        raise Http404
    return found
