"""What the pages of payers share: no log-in, an address that is a secret, and who it is that pays."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Concatenate, cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from accounts.models import User
from billing.models import Payment
from billing.tokens import PayTicket, read_status_token
from extranet.models import Appointment, Contact, Dossier, GuestLink
from extranet.queries.contact import contact_id_of
from extranet.queries.guest_link import guest_token
from extranet.views.guest.door import is_inside
from kernel.signing import BadSignature

type View[**P] = Callable[Concatenate[HttpRequest, P], HttpResponseBase]
type PaymentView[**P] = Callable[Concatenate[HttpRequest, Payment, P], HttpResponseBase]


def for_payers[**P](view: View[P]) -> View[P]:
    """Marks a page whose address is a secret: no robot, no cache, and other sites are not told where one came from."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        # not "no-referrer": browsers then send no origin with our own forms either, which refuses them
        response.headers["Referrer-Policy"] = "same-origin"
        add_never_cache_headers(response)
        return response

    return cast("View[P]", guarded)


def for_a_payment[**P](view: PaymentView[P]) -> View[P]:
    """Opens a view to whoever holds the address of a payment; others get the page of a link that opens nothing."""

    @functools.wraps(view)
    def opened(request: HttpRequest, token: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        payment = _payment_of(token)
        return closed_page(request) if payment is None else view(request, payment, *args, **kwargs)

    return for_payers(cast("View[P]", opened))


def _payment_of(token: str) -> Payment | None:
    try:
        code = read_status_token(token)
    except BadSignature:
        return None
    return Payment.objects.select_related("account", "contact__user").filter(code=code).first()


def closed_page(request: HttpRequest) -> HttpResponse:
    """Returns what a link opens that is forged, cut, another firm's or too old: it says nothing of any dossier."""
    return render(request, "billing/portal/closed.html", status=404)


def shell_of(request: HttpRequest) -> str:
    """Returns the shell of a payer's page: the portal's for a client who is logged in."""
    user = client_of(request)
    return "base_portal.html" if user is not None else "billing/portal/base_payer.html"


def client_of(request: HttpRequest) -> User | None:
    """Returns the client who is logged in."""
    user = request.user
    return user if isinstance(user, User) and user.is_client else None


@dataclass(frozen=True)
class Payer:
    """Who pays: `contact` for the history; the name and address are asked where one of them is not known."""

    contact: Contact | None = None
    name: str = ""
    email: str = ""
    #: The e-mail as its owner knows it again, or whole for whoever is logged in.
    hint: str = ""
    #: What a guest's link says, to begin with.
    guest_name: str = ""
    guest_email: str = ""

    @property
    def is_known(self) -> bool:
        """Whether nothing has to be asked."""
        return bool(self.name and self.email)


def payer_of(request: HttpRequest, ticket: PayTicket, dossiers: Sequence[Dossier]) -> Payer:
    """Returns who pays: the client who is logged in, else the link's contact, else a guest or somebody unknown."""
    user = client_of(request)
    if user is not None:
        contact = Contact.objects.filter(pk=contact_id_of(user) or 0).first()
        if contact is not None:
            return Payer(contact, contact.company or contact.name, user.email, user.email)
    if ticket.contact:
        contact = Contact.objects.select_related("user").filter(code=ticket.contact, erased_at__isnull=True).first()
        if contact is not None:
            email = contact.user.email
            return Payer(contact, contact.company or contact.name, email, _masked(email))
    link = guest_of(request, dossiers)
    return Payer(guest_name=link.name, guest_email=link.email) if link is not None else Payer()


def payer_of_visit(request: HttpRequest, visit: Appointment) -> Payer:
    """Returns who pays a visit's deposit: the client who is logged in, else its client, else who ordered it."""
    user, order = client_of(request), visit.order
    contact = visit.contact or (order.contact if order is not None else None)
    if user is not None and contact is not None and contact.pk == contact_id_of(user):
        return Payer(contact, contact.company or contact.name, user.email, user.email)
    if contact is not None and contact.erased_at is None:
        email = contact.user.email
        return Payer(contact, contact.company or contact.name, email, _masked(email))
    if order is None:
        return Payer()
    return Payer(None, order.orderer, order.orderer_email, _masked(order.orderer_email))


def guest_of(request: HttpRequest, dossiers: Sequence[Dossier]) -> GuestLink | None:
    """Returns the occasional access by which this browser was let in to one of the dossiers; no query without one."""
    if not any("guest-" in name for name in request.COOKIES):
        return None
    links = GuestLink.objects.filter(dossier__in=dossiers, revoked_at__isnull=True)
    return next((link for link in links if link.is_open and is_inside(request, link)), None)


def guest_path_token(link: GuestLink) -> str:
    """Returns what stands in the address of a guest's page."""
    return guest_token(link)


def _masked(email: str) -> str:
    name, _at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}" if domain else ""
