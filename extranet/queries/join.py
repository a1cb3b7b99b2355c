"""Requests for an account: the firm's list, and who of its contacts the person may be."""

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from accounts.models import User
from extranet.enums_join import JoinState
from extranet.models import AccountRequest, Contact
from kernel.pagination import Page, paginate
from kernel.signing import BadSignature, sign, unsign
from kernel.text import fold, search_terms

_PURPOSE = "account-request"
#: How long the link of the mail confirms, in seconds.
CONFIRM_SECONDS = 3 * 24 * 3600
#: Of possible twins, how many are proposed.
_MOST = 6


def join_requests() -> QuerySet[AccountRequest]:
    """Returns the requests that the firm sees: those whose e-mail was confirmed."""
    return AccountRequest.objects.exclude(state=JoinState.UNCONFIRMED)


def join_page(*, state: str, query: str, page: str | None, size: int) -> Page[AccountRequest]:
    """Returns a page of requests, the last first: two queries."""
    found = join_requests().select_related("contact", "sub_account__contact")
    if state:
        found = found.filter(state=state)
    for term in filter(None, fold(query[:200]).split(" ")[:8]):
        found = found.filter(
            Q(name__icontains=term) | Q(company__icontains=term) | Q(email__icontains=term) | Q(phone__icontains=term)
        )
    return paginate(found.order_by("-confirmed_at", "-id"), page=page, size=size)


def waiting_count() -> int:
    """Returns how many requests wait for the firm."""
    return AccountRequest.objects.filter(state=JoinState.WAITING).count()


def possible_twins(request: AccountRequest) -> list[Contact]:
    """Returns the contacts that the person may be or work for, by e-mail, phone, company or name, the surest first."""
    found: dict[int, Contact] = {}
    contacts = Contact.objects.filter(erased_at__isnull=True).select_related("user")
    email = request.email.lower()
    known = Q(user__email__iexact=email) | Q(collaborators__email__iexact=email)
    wanted = [contacts.filter(known | Q(sub_accounts__user__email__iexact=email))]
    if request.phone.strip():
        wanted.append(contacts.filter(phone=request.phone.strip()))
    for text in (request.company, request.name):
        if terms := search_terms(text):
            rows = contacts
            for term in terms:
                rows = rows.filter(search__contains=term)
            wanted.append(rows)
    for rows in wanted:
        for contact in rows.distinct().order_by("pk")[:_MOST]:
            found.setdefault(contact.pk, contact)
    return list(found.values())[:_MOST]


def user_of_email(email: str) -> User | None:
    """Returns whose account this e-mail is, by which one logs in."""
    folded = User.objects.annotate(folded_email=Lower("email"), folded_name=Lower("username"))
    return folded.filter(Q(folded_email=email.lower()) | Q(folded_name=email.lower())).first()


def join_token(request: AccountRequest) -> str:
    """Returns what the link says that confirms the e-mail of a request."""
    return sign(request.code, purpose=_PURPOSE)


def request_of_token(token: str) -> AccountRequest | None:
    """Returns the request of a link that confirms; None when it is forged, too old or gone."""
    try:
        code = unsign(token, purpose=_PURPOSE, max_age=CONFIRM_SECONDS)
    except BadSignature:
        return None
    return AccountRequest.objects.filter(code=code).first() if isinstance(code, str) else None
