"""What the firm answers to a request for an account, and taking it back."""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from extranet.actions.contact import create_contact, delete_contact, send_access_codes
from extranet.actions.sub_account import add_sub_account, delete_sub_account
from extranet.emails_join import join_refused_mail
from extranet.enums_join import JoinState
from extranet.models import AccountRequest, Contact, DossierAccess, DossierEvent, Message, Order, Quote
from kernel.errors import DomainError
from mail.actions.outgoing import queue_mail


@transaction.atomic
def accept_request(
    request: AccountRequest, *, twin: Contact | None, user: User, firm_name: str, link: str
) -> AccountRequest:
    """Returns the accepted request: its person has access codes by mail.

    Without a `twin` a contact is made of it. With one, whose own e-mail it is, that contact gets new codes; else the
    person gets a log-in of its own under that contact. Raises DomainError `decided`, `email_taken`, `inactive`,
    `erased` or `too_many`.
    """
    locked = _lock(request, JoinState.WAITING)
    locked.made_contact = twin is None
    if twin is None:
        locked.contact = create_contact(
            name=locked.name,
            company=locked.company,
            phone=locked.phone,
            email=locked.email.lower(),
            username=locked.email.lower(),
            collaborators=[],
            language=locked.language,
            send_codes=True,
            firm_name=firm_name,
            link=link,
            kind=locked.kind,
            notes=locked.message,
            user=user,
        )
    elif twin.user.email.lower() == locked.email.lower():
        send_access_codes(twin, firm_name=firm_name, link=link)
        locked.contact = twin
    else:
        locked.sub_account = add_sub_account(
            twin,
            name=locked.name,
            email=locked.email.lower(),
            username=locked.email.lower(),
            language=locked.language,
            send_codes=True,
            firm_name=firm_name,
            link=link,
        )
        locked.contact = twin
    return _decide(locked, JoinState.ACCEPTED, user=user)


@transaction.atomic
def refuse_request(request: AccountRequest, *, reason: str, tell: bool, user: User, firm_name: str) -> AccountRequest:
    """Returns the refused request; with `tell` the person has mail, with the reason. Raises DomainError `decided`."""
    locked = _lock(request, JoinState.WAITING)
    locked.reason = reason
    if tell:
        with translation.override(locked.language):
            queue_mail(to=locked.email, content=join_refused_mail(locked, firm_name=firm_name), kind="join_refused")
    return _decide(locked, JoinState.REFUSED, user=user)


@transaction.atomic
def undo_answer(request: AccountRequest, *, user: User) -> AccountRequest:
    """Returns the request, waiting again; the account that was made of it goes.

    Raises DomainError `decided` when it waits already, `in_use` once the account has been used or has anything.
    """
    locked = _lock(request, JoinState.ACCEPTED, JoinState.REFUSED)
    contact, sub_account = locked.contact if locked.made_contact else None, locked.sub_account
    locked.contact = locked.sub_account = None
    locked.made_contact = False
    locked.state, locked.decided_at, locked.decided_by = JoinState.WAITING, None, None
    locked.decided_name = locked.reason = ""
    locked.save()
    if sub_account is not None:
        if sub_account.user.last_login is not None:
            raise _in_use()
        delete_sub_account(sub_account)
    elif contact is not None:
        if contact.user.last_login is not None or _has_anything(contact):
            raise _in_use()
        delete_contact(contact, user=user)
    return locked


def _has_anything(contact: Contact) -> bool:
    return any(
        model._default_manager.filter(contact=contact).exists()
        for model in (DossierAccess, DossierEvent, Message, Order, Quote)
    )


def _in_use() -> DomainError:
    return DomainError("in_use", _("This account is in use already: close or delete it on the contact's page."))


def _lock(request: AccountRequest, *states: JoinState) -> AccountRequest:
    rows = AccountRequest.objects.select_for_update(of=("self",)).select_related("contact__user", "sub_account__user")
    locked = rows.filter(pk=request.pk).first()
    if locked is None or locked.state not in states:
        raise DomainError("decided", _("Somebody has answered this request meanwhile."))
    return locked


def _decide(request: AccountRequest, state: JoinState, *, user: User) -> AccountRequest:
    request.state, request.decided_at = state, timezone.now()
    request.decided_by, request.decided_name = user, str(user)[:120]
    request.save()
    return request
