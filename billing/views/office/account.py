"""A firm's means of payment and what stands on its receipts, for its administrators."""

from dataclasses import dataclass

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import current_user, for_permission
from accounts.models import Permission
from billing.access import access_account
from billing.actions.account import add_account, delete_account, edit_account, move_account, renew_token, switch_account
from billing.actions.account_check import check_account
from billing.actions.receipt_settings import save_receipt_settings
from billing.enums import Method, Mode, Provider
from billing.forms.account import LABELS, AccountForm, BillingForm
from billing.models import ProviderAccount
from billing.providers.guide import KeySet, key_set
from billing.queries.settings import billing_settings
from billing.receipt import sample_receipt_pdf
from extranet.actions.setting_change import record_form
from extranet.queries.settings import portal_settings
from kernel.errors import DomainError

_ICONS: dict[str, str] = {
    Provider.STRIPE: "brand-stripe",
    Provider.PAYPAL: "brand-paypal",
    Provider.PAYZEN: "credit-card",
    Provider.SYSTEMPAY: "credit-card",
    Method.TRANSFER: "building-bank",
    Method.CHEQUE: "writing",
    Method.CASH: "cash-banknote",
}


@dataclass(frozen=True)
class MeansRow:
    """A means of payment with the keys of its mode."""

    account: ProviderAccount
    keys: KeySet

    @property
    def icon(self) -> str:
        """The name of its icon."""
        return _ICONS.get(self.account.manual_method or self.account.provider, "wallet")

    @property
    def is_test(self) -> bool:
        """Whether no money moves."""
        return not self.account.is_manual and self.account.mode == Mode.TEST

    @property
    def is_ready(self) -> bool:
        """Whether it can be offered."""
        if self.account.is_manual:
            return not self.lacks_instructions
        return self.account.verified_at is not None and not self.keys.missing and not self.keys.is_broken

    @property
    def lacks_instructions(self) -> bool:
        """Whether clients would not know how to pay."""
        return (
            self.account.is_manual
            and self.account.manual_method != Method.CASH
            and not self.account.instructions.strip()
        )

    @property
    def is_unheard(self) -> bool:
        """Whether the last notification of the provider was refused."""
        refused, heard = self.account.last_rejected_at, self.account.last_notified_at
        return refused is not None and (heard is None or heard < refused)


@require_safe
@for_permission(Permission.SETTINGS)
def settings_payment(request: HttpRequest) -> HttpResponse:
    """Returns the firm's means of payment in the order in which clients see them, and what can be added."""
    advanced = current_user(request).advanced_settings
    accounts = ProviderAccount.objects.filter(deleted_at__isnull=True).prefetch_related("credentials")
    rows = [_row(account) for account in accounts]
    context = {
        "rows": rows,
        "tests": [row for row in rows if row.is_test and row.account.is_active],
        "refused": [row for row in rows if row.account.is_active and row.account.verify_error],
        "cards": _cards(),
        "advanced": advanced,
        "nav": "settings",
    }
    return render(request, "billing/office/settings_payment.html", context)


def _cards() -> list[tuple[str, str, str, str]]:
    texts = {
        Provider.STRIPE: _("Cards, Apple Pay, direct debit, on Stripe's page. An account is open within minutes."),
        Provider.PAYPAL: _("A PayPal account or a card, on PayPal's page."),
        Provider.PAYZEN: _("Cards on the page of PayZen or of a bank that sells Lyra's service."),
        Provider.SYSTEMPAY: _("Cards on the page of Banque Populaire and Caisse d'Épargne."),
        Provider.MANUAL: _("What you find on your account or in the post and record here yourself."),
    }
    return [(provider, str(label), _ICONS.get(provider, "wallet"), texts[provider]) for provider, label in _choices()]


def _choices() -> list[tuple[Provider, str]]:
    return [(provider, str(provider.label)) for provider in Provider]


def _row(account: ProviderAccount) -> MeansRow:
    return MeansRow(account, key_set(account, Mode(account.mode), list(account.credentials.all())))


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def account_add(request: HttpRequest, provider: str) -> HttpResponse:
    """Returns the form of a new means of payment, or makes it."""
    if provider not in Provider.values:
        raise Http404
    method = request.GET.get("moyen", "")
    initial = {"label": LABELS[provider]}
    if provider == Provider.MANUAL and method in {Method.TRANSFER, Method.CHEQUE, Method.CASH}:
        initial |= {"manual_method": method, "label": Method(method).label}
    form = AccountForm(request.POST if request.method == "POST" else None, provider=provider, initial=initial)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            account = add_account(provider, form.values, form.typed)
            record_form(form, page="settings-payment", by=current_user(request), subject=str(account))
        if account.is_manual:
            messages.success(request, _("“%(name)s” is there. Offer it to clients when you like.") % {"name": account})
            return redirect("settings-payment")
        messages.success(request, _("“%(name)s” is there. These steps are left:") % {"name": account})
        return _to_account(account, checks=_row(account).keys.missing == ())
    return _form(request, form, None)


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def account_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Returns the page of a means of payment: its form, the check of its keys, its notifications; or saves it."""
    account = access_account(current_user(request), code)
    rows = list(account.credentials.all())
    keys = {mode: key_set(account, mode, rows) for mode in Mode}
    initial = {
        name: getattr(account, name)
        for name in ("label", "instructions", "mode", "manual_method", "brand", "uses_form")
    }
    data = request.POST if request.method == "POST" else None
    form = AccountForm(data, provider=account.provider, account=account, keys=keys, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                saved, is_other = edit_account(account, form.values, form.typed)
                record_form(form, page="settings-payment", by=current_user(request), subject=str(saved))
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved."))
            if saved.is_manual:
                return redirect("settings-payment")
            checks = is_other and saved.verified_at is None and not _row(saved).keys.missing
            return _to_account(saved, checks=checks)
    return _form(request, form, account, keys=keys.get(Mode(account.mode)))


def _form(
    request: HttpRequest, form: AccountForm, account: ProviderAccount | None, *, keys: KeySet | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "account": account,
        "row": MeansRow(account, keys) if account is not None and keys is not None else None,
        "provider": Provider(form.provider),
        "icon": _ICONS.get(form.provider, "wallet"),
        "guide": form.guide,
        "advanced": current_user(request).advanced_settings or form.has_hidden_errors,
        "checks_now": "verifier" in request.GET and not form.is_bound,
        "nav": "settings",
    }
    if account is None and form.guide is not None and any(key.needs_address for key in form.guide.fields):
        context["next_step"] = _(
            "The address for notifications and the keys that depend on it follow once this is saved."
        )
    if account is not None:
        context["address"] = request.build_absolute_uri(reverse("payment-notify", args=[account.token]))
    return render(request, "billing/office/account_form.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_permission(Permission.SETTINGS)
def account_verify(request: HttpRequest, code: str) -> HttpResponse:
    """Asks the provider whether the keys are right; htmx gets what it said."""
    account = access_account(current_user(request), code)
    if account.is_manual:
        raise Http404
    problem = ""
    try:
        account = check_account(account)
    except DomainError as error:
        problem = str(error)
    if request.headers.get("HX-Request"):
        context = {"row": _row(account), "account": account, "problem": problem, "is_fresh": True}
        return render(request, "billing/office/account_check.html", context)
    if problem or account.verify_error:
        messages.error(request, problem or account.verify_error)
    else:
        messages.success(request, _("The keys are right."))
    return _to_account(account)


@require_POST
@for_permission(Permission.SETTINGS)
def account_switch(request: HttpRequest, code: str) -> HttpResponse:
    """Offers a means of payment to clients, or no longer."""
    account = access_account(current_user(request), code)
    offered = request.POST.get("offered") == "1"
    try:
        switch_account(account, offered=offered)
    except DomainError as error:
        messages.error(request, str(error))
        return _to_account(account)
    text = (
        _("Clients can pay with “%(name)s” from now on.")
        if offered
        else _("“%(name)s” is no longer offered to clients.")
    )
    messages.success(request, text % {"name": account})
    return redirect("settings-payment")


@require_POST
@for_permission(Permission.SETTINGS)
def account_move(request: HttpRequest, code: str) -> HttpResponse:
    """Moves a means of payment one place up or down."""
    move_account(access_account(current_user(request), code), up=request.POST.get("up") == "1")
    return redirect("settings-payment")


@require_POST
@for_permission(Permission.SETTINGS)
def account_delete(request: HttpRequest, code: str) -> HttpResponse:
    """Takes a means of payment away; its payments stay."""
    account = access_account(current_user(request), code)
    delete_account(account)
    messages.success(request, _("“%(name)s” is deleted; its payments stay.") % {"name": account})
    return redirect("settings-payment")


@require_POST
@for_permission(Permission.SETTINGS)
def account_token(request: HttpRequest, code: str) -> HttpResponse:
    """Gives an account a new address for notifications."""
    account = access_account(current_user(request), code)
    if account.is_manual:
        raise Http404
    try:
        renew_token(account)
    except DomainError as error:
        raise Http404 from error
    messages.success(request, _("The address is new: enter it at the provider now, the former one no longer works."))
    return redirect(f"{reverse('account-edit', args=[account.code])}#notifications")


@require_http_methods(["GET", "POST"])
@for_permission(Permission.SETTINGS)
def settings_billing(request: HttpRequest) -> HttpResponse:
    """Returns the form of what stands on receipts, or saves it."""
    form = BillingForm(
        request.POST if request.method == "POST" else None,
        instance=billing_settings(),
        initial={"legal_mentions": portal_settings().legal_mentions},
    )
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            save_receipt_settings(form.instance, legal_mentions=form.cleaned_data["legal_mentions"])
            record_form(form, page="settings-billing", by=current_user(request))
        messages.success(request, _("Saved."))
        return redirect("settings-billing")
    context = {"form": form, "nav": "settings"}
    return render(request, "billing/office/settings_billing.html", context, status=422 if form.is_bound else 200)


@require_safe
@for_permission(Permission.SETTINGS)
def receipt_sample(request: HttpRequest) -> HttpResponse:
    """Returns a receipt of a payment that never was, as the firm's look like now."""
    return HttpResponse(
        sample_receipt_pdf(),
        content_type="application/pdf",
        headers={"Content-Disposition": 'inline; filename="recu-exemple.pdf"'},
    )


def _to_account(account: ProviderAccount, *, checks: bool = False) -> HttpResponse:
    address = reverse("account-edit", args=[account.code])
    return redirect(f"{address}?verifier=1#check" if checks else address)
