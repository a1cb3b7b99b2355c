"""Requests for an account: asked, confirmed, forgotten."""

from datetime import timedelta

import structlog
from django.db import transaction
from django.utils import timezone, translation

from extranet.actions.readers import told_of_firm
from extranet.emails_join import join_arrived_mail, join_confirm_mail, join_known_mail
from extranet.enums_join import JoinState
from extranet.models import AccountRequest, Contact
from extranet.queries.join import CONFIRM_SECONDS, join_token, user_of_email
from kernel.jobs import firm_job, periodic
from mail.actions.outgoing import queue_mail
from mail.models import OutgoingMail
from tenants.actions.daily import enqueue_daily
from tenants.links import here_url
from themes.models import current_branding

logger = structlog.get_logger(__name__)

#: To one address in a day: nobody fills another one's mail box through the form.
_MOST_MAILS = 3
_KINDS = ("join_confirm", "join_known")
#: How long a decided request is kept.
_KEEP_DECIDED = timedelta(days=365)


@transaction.atomic
def ask_account(
    *, name: str, company: str, kind: str, email: str, phone: str, message: str, language: str
) -> AccountRequest | None:
    """Returns the new request, which waits for its e-mail to be confirmed; the person has mail.

    None, and another mail, for an e-mail that has an account; None and no mail for one that had three in a day. Who
    asks cannot tell these apart.
    """
    since = timezone.now() - timedelta(days=1)
    sent = OutgoingMail.objects.filter(to__iexact=email, kind__in=_KINDS, created_at__gte=since).count()
    if sent >= _MOST_MAILS:
        logger.info("account_request_mail_limit")
        return None
    firm_name = current_branding().site_name
    if user_of_email(email) is not None:
        queue_mail(
            to=email, content=join_known_mail(firm_name=firm_name, link=here_url("account_login")), kind=_KINDS[1]
        )
        return None
    request = AccountRequest.objects.create(
        name=name, company=company, kind=kind, email=email, phone=phone, message=message, language=language
    )
    link = here_url("join-confirm", join_token(request))
    queue_mail(to=email, content=join_confirm_mail(firm_name=firm_name, link=link), kind=_KINDS[0])
    return request


@transaction.atomic
def confirm_request(request: AccountRequest) -> AccountRequest:
    """Returns the request, now before the firm, whose administrators have mail; a second time nothing happens.

    An earlier request of the same e-mail that still waits gives way to it.
    """
    locked = AccountRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if locked.state != JoinState.UNCONFIRMED:
        return locked
    others = AccountRequest.objects.filter(email__iexact=locked.email).exclude(pk=locked.pk)
    others.filter(state__in=[JoinState.WAITING, JoinState.UNCONFIRMED]).delete()
    locked.state, locked.confirmed_at = JoinState.WAITING, timezone.now()
    locked.save(update_fields=["state", "confirmed_at"])
    link = here_url("join-request", locked.code)
    for person in told_of_firm():
        with translation.override(person.language or current_branding().language):
            content = join_arrived_mail(locked, name=person.get_short_name(), link=link)
            queue_mail(to=person.email, content=content, kind="join_arrived")
    return locked


@periodic("53 3 * * *")
def sweep_requests() -> None:
    """Has each firm's old requests for accounts deleted."""
    enqueue_daily(delete_old_requests)


@firm_job()
def delete_old_requests() -> int:
    """Deletes requests never confirmed once their link is dead, and decided ones after a year; returns how many."""
    now = timezone.now()
    unconfirmed = AccountRequest.objects.filter(
        state=JoinState.UNCONFIRMED, created_at__lt=now - timedelta(seconds=CONFIRM_SECONDS)
    )
    decided = AccountRequest.objects.filter(
        state__in=[JoinState.ACCEPTED, JoinState.REFUSED], decided_at__lt=now - _KEEP_DECIDED
    )
    return unconfirmed.delete()[0] + decided.delete()[0]


def erase_requests(contact: Contact, addresses: list[str]) -> None:
    """Deletes what a contact and its people asked by the form, in the caller's transaction (GDPR, article 17)."""
    AccountRequest.objects.filter(contact=contact).delete()
    for address in addresses:
        AccountRequest.objects.filter(email__iexact=address).delete()
