"""Going to the provider's page: a page of ours between, since a form must not lead elsewhere (form-action)."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_safe

from billing.models import Payment
from billing.providers.base import Started
from billing.queries.paying import is_confirming
from billing.rules import is_test
from billing.tokens import status_path, status_token
from billing.views.portal.door import for_a_payment, shell_of

#: How long the fields of a provider's form are kept: as long as it takes them.
FIELDS_SECONDS = 3600


def go_path(payment: Payment) -> str:
    """Returns the path of the page that leads on to the provider."""
    return reverse("pay-go", args=[status_token(payment)])


def keep_fields(payment: Payment, started: Started) -> None:
    """Keeps the fields that the payer's browser posts, where the provider wants a form."""
    if started.fields:
        cache.set(_key(payment), dict(started.fields), timeout=FIELDS_SECONDS)


@require_safe
@for_a_payment
def pay_go(request: HttpRequest, payment: Payment) -> HttpResponseBase:
    """Returns the page that leads on to the provider, while the attempt can be paid; else what became of it."""
    fields: dict[str, str] = cache.get(_key(payment)) or {}
    if not _can_be_paid(payment) or (payment.account.uses_form and not fields):
        return redirect(status_path(payment))
    context = {
        "payment": payment,
        "fields": fields,
        "is_test": is_test(payment.provider, payment.mode),
        "base": shell_of(request),
        "nav": "dossiers",
    }
    if fields:
        return _with_form_to(payment.pay_url, request, context)
    return render(request, "billing/portal/go.html", context)


def _can_be_paid(payment: Payment) -> bool:
    is_over = payment.expires_at is not None and payment.expires_at <= timezone.now()
    web = urlsplit(payment.pay_url).scheme in {"https", "http"}
    return payment.is_open and web and not is_over and not is_confirming(payment)


def _with_form_to(url: str, request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    """Returns the page whose form is posted to the provider: its origin alone is added to the policy."""
    target = urlsplit(url)
    origin = f"{target.scheme}://{target.netloc}"
    policy = settings.SECURE_CSP | {"form-action": [*settings.SECURE_CSP["form-action"], origin]}

    @csp_override(policy)
    def page(request: HttpRequest) -> HttpResponse:
        return render(request, "billing/portal/go.html", context)

    return page(request)


def _key(payment: Payment) -> str:
    return f"pay-form:{payment.code}"
