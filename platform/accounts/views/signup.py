"""The public site's sign-up: form, confirmation, progress, first log-in."""

from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.actions.signup import confirm_sign_up, retry_sign_up, send_confirmation, sign_up_firm
from accounts.forms import SignUpForm
from accounts.models import User
from accounts.tokens import welcome_tokens
from kernel.errors import DomainError
from kernel.ratelimit import consume
from kernel.signing import BadSignature, sign, unsign
from kernel.tenancy import firm_context
from tenants.actions.signup import CONFIRM_WITHIN, SignUpData, subdomain_is_free
from tenants.links import firm_url, subdomain_host
from tenants.models import SignUp, SignUpState
from tenants.models.firm import url_of_host
from tenants.validators import clean_subdomain

_PROGRESS = "sign-up-progress"
_PROGRESS_AGE = 24 * 3600


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Returns the public site's first page."""
    return render(request, "public/home.html")


@require_GET
def terms(request: HttpRequest) -> HttpResponse:
    """Returns the terms of service."""
    return render(request, "accounts/terms.html")


@require_http_methods(["GET", "POST"])
def signup(request: HttpRequest) -> HttpResponse:
    """Returns the form, or takes it and goes on to the page that waits for the confirmation."""
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            if not consume(request, "signup", limit=20, seconds=3600):
                raise DomainError("too_many", _("Too many sign-ups from your address: try again in an hour."))
            sign_up = sign_up_firm(
                SignUpData(
                    firm_name=data["firm_name"],
                    subdomain=data["subdomain"],
                    siret=data["siret"],
                    admin_name=data["admin_name"],
                    email=data["email"],
                    password=data["password"],
                    language=get_language() or "fr",
                )
            )
        except DomainError as error:
            form.add_error("subdomain" if error.code == "subdomain_taken" else None, str(error))
        else:
            return redirect("signup-progress", token=sign(sign_up.code, purpose=_PROGRESS))
    status = 422 if form.is_bound else 200
    return render(request, "accounts/signup.html", {"form": form, "host_suffix": _host_suffix()}, status=status)


@require_GET
@never_cache
def signup_subdomain(request: HttpRequest) -> HttpResponse:
    """Returns the fragment that says whether a subdomain may be had."""
    value = request.GET.get("subdomain", "").strip()
    context: dict[str, object] = {"address": "", "error": ""}
    if value:
        try:
            subdomain = clean_subdomain(value)
        except ValidationError as error:
            context["error"] = error.messages[0]
        else:
            if subdomain_is_free(subdomain):
                context["address"] = url_of_host(subdomain_host(subdomain), "")
            else:
                context["error"] = _("This subdomain is already taken.")
    return render(request, "accounts/signup_subdomain.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
def signup_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirms the e-mail of a link; a link preview's GET confirms nothing, the button does."""
    try:
        code = unsign(token, purpose="confirm-sign-up", max_age=int(CONFIRM_WITHIN.total_seconds()))
        sign_up = SignUp.objects.filter(code=code).first()
        if sign_up is None:
            raise BadSignature
        if request.method == "POST" or sign_up.state != SignUpState.UNCONFIRMED:
            sign_up = confirm_sign_up(code)
            return redirect("signup-progress", token=sign(sign_up.code, purpose=_PROGRESS))
    except (BadSignature, DomainError):
        return render(request, "accounts/signup_expired.html", status=410)
    return render(request, "accounts/signup_confirm.html", {"sign_up": sign_up})


@require_GET
@never_cache
def signup_progress(request: HttpRequest, token: str) -> HttpResponse:
    """Returns the page that follows a sign-up; htmx asks for its middle again until the portal is ready."""
    sign_up = _of_progress(token)
    context: dict[str, object] = {
        "sign_up": sign_up,
        "token": token,
        "states": SignUpState,
        "address": url_of_host(subdomain_host(sign_up.subdomain), ""),
    }
    if sign_up.state == SignUpState.READY and sign_up.firm is not None:
        context["enter_url"] = _enter_url(sign_up)
        if request.headers.get("HX-Request"):
            response = HttpResponse(status=200)
            response["HX-Redirect"] = str(context["enter_url"])
            return response
    template = (
        "accounts/signup_progress_body.html" if request.headers.get("HX-Request") else "accounts/signup_progress.html"
    )
    return render(request, template, context)


@require_POST
def signup_resend(request: HttpRequest, token: str) -> HttpResponse:
    """Sends the confirmation again, or tries a failed provisioning again."""
    sign_up = _of_progress(token)
    if consume(request, "signup-resend", limit=10, seconds=3600):
        if sign_up.state == SignUpState.UNCONFIRMED:
            send_confirmation(sign_up)
        elif sign_up.state == SignUpState.FAILED:
            retry_sign_up(sign_up)
    return redirect("signup-progress", token=token)


@require_GET
@never_cache
def welcome(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """Logs a new administrator in, once, on its firm's host, from a link of the progress page."""
    user = User.objects.filter(code=code, is_active=True).first()
    if user is None or not welcome_tokens.check_token(user, token):
        return redirect("account_login")
    login(request, user, backend="accounts.backends.AccountBackend")
    return redirect("/")


def _of_progress(token: str) -> SignUp:
    try:
        code = unsign(token, purpose=_PROGRESS, max_age=_PROGRESS_AGE)
    except BadSignature as error:
        raise Http404 from error
    sign_up = SignUp.objects.select_related("firm").filter(code=code).first()
    if sign_up is None:
        raise Http404
    return sign_up


def _enter_url(sign_up: SignUp) -> str:
    """Returns the link that logs the new administrator in; the plain log-in once it has been used."""
    assert sign_up.firm is not None
    with firm_context(sign_up.firm.schema_name):
        user = User.objects.filter(username=sign_up.email.lower(), last_login=None).first()
        if user is None:
            return firm_url(sign_up.firm)
        path = reverse("welcome", urlconf="config.urls_firm", args=[user.code, welcome_tokens.make_token(user)])
        return firm_url(sign_up.firm, path)


def _host_suffix() -> str:
    return subdomain_host("")
