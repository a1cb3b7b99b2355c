"""The only doors to one payment or one means of payment: what a person may not see does not exist."""

from django.db.models import QuerySet
from django.http import Http404

from accounts.models import Permission, User
from billing.models import Payment, PaymentIssue, ProviderAccount
from extranet.queries.contact import contact_id_of


def visible_payments(user: User) -> QuerySet[Payment]:
    """Returns the payments that a person may see: staff all, a client those of the contact that it reads as."""
    if user.is_firm_staff:
        return Payment.objects.all()
    contact_id = contact_id_of(user)
    return Payment.objects.filter(contact_id=contact_id) if contact_id else Payment.objects.none()


def access_payment(user: User, code: str) -> Payment:
    """Returns the payment of this code; raises Http404 when it is not there or not for this person."""
    payment = visible_payments(user).select_related("account", "contact").filter(code=code).first()
    if payment is None:
        raise Http404
    return payment


def access_issue(user: User, code: str) -> PaymentIssue:
    """Returns what about a payment is to be looked at, for the firm's staff; raises Http404 otherwise."""
    found = PaymentIssue.objects.select_related("payment").filter(code=code)
    issue = found.first() if user.is_firm_staff else None
    if issue is None:
        raise Http404
    return issue


def access_account(user: User, code: str) -> ProviderAccount:
    """Returns the means of payment of this code for the firm's administrators; raises Http404 otherwise."""
    found = ProviderAccount.objects.filter(code=code, deleted_at__isnull=True)
    account = found.first() if user.may(Permission.SETTINGS) else None
    if account is None:
        raise Http404
    return account
