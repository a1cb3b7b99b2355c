"""Who may open a page: the doors that views stand behind."""

import functools
from collections.abc import Callable
from typing import Concatenate, cast

from django.contrib.auth.views import redirect_to_login
from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from accounts.models import ApiToken, Permission, User

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def current_user(request: HttpRequest) -> User:
    """Returns the person logged in; raises Http404 when there is none (views behind a door never see it)."""
    user = request.user
    if not isinstance(user, User):
        raise Http404
    return user


def _door[**P](allowed: Callable[[User], bool]) -> Callable[[View[P]], View[P]]:
    def decorate(view: View[P]) -> View[P]:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not isinstance(request.user, User):
                return redirect_to_login(request.get_full_path())
            if not allowed(request.user):
                # what one may not see does not exist
                raise Http404
            return view(request, *args, **kwargs)

        return cast("View[P]", guarded)

    return decorate


def for_members[**P](view: View[P]) -> View[P]:
    """Opens a view to everybody who is logged in."""
    return _door(lambda _: True)(view)


def for_staff[**P](view: View[P]) -> View[P]:
    """Opens a view to the firm's administrators and staff; to others it does not exist."""
    return _door(lambda user: user.is_firm_staff)(view)


def for_permission[**P](*any_of: Permission) -> Callable[[View[P]], View[P]]:
    """Opens a view to the firm's people who have one of these permissions; to others it does not exist."""
    return _door(lambda user: user.may(*any_of))


def for_clients_or[**P](*any_of: Permission) -> Callable[[View[P]], View[P]]:
    """Opens a view to every client, and to the firm's people who have one of these permissions."""
    return _door(lambda user: not user.is_firm_staff or user.may(*any_of))


def for_admins[**P](view: View[P]) -> View[P]:
    """Opens a view to the firm's administrators; to others it does not exist."""
    return _door(lambda user: user.is_admin)(view)


def visible_tokens(user: User) -> QuerySet[ApiToken]:
    """Returns the keys that a person sees: its own, an administrator all of the firm; the revoked ones last."""
    tokens = ApiToken.objects.select_related("user").order_by(F("revoked_at").desc(nulls_first=True), "-pk")
    return tokens if user.is_admin else tokens.filter(user=user)


def access_token(user: User, code: str) -> ApiToken:
    """Returns a key that a person sees; raises Http404 for any other."""
    return get_object_or_404(visible_tokens(user), code=code)
