"""Identifiers and first passwords that somebody else makes for a person."""

import secrets

from django.db import transaction

from accounts.emails import access_codes_mail
from accounts.models import User
from mail.actions.outgoing import queue_mail

#: Nothing that looks like something else: no 0 O 1 l I.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_password() -> str:
    """Returns a password that can be read aloud: three groups of four, 59 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))


@transaction.atomic
def issue_codes(user: User, *, firm_name: str, link: str) -> None:
    """Gives a person a new password by mail, to be changed at the first log-in; the former one stops working."""
    password = new_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    with user.in_own_language():
        content = access_codes_mail(user, password=password, firm_name=firm_name, link=link)
        queue_mail(to=user.email, content=content, kind="access_codes", confidential=True)
