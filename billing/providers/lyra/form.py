"""Lyra's payment form (vads, V2): fields that the payer's browser posts, signed."""

import secrets
import string

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.providers.base import Access, CredentialsRefused, PaymentRequest, ProviderRefused, ProviderUnavailable
from billing.providers.lyra.signing import form_signature

_CURRENCIES = {"EUR": "978"}
_LANGUAGES = {"fr", "en", "es", "de", "it", "nl"}
_ALPHABET = string.ascii_lowercase + string.digits
_DAY_SECONDS = 36 * 3600
_TRIES = 20


def form_fields(access: Access, request: PaymentRequest) -> tuple[str, dict[str, str]]:
    """Returns the reference of a new attempt, "YYYYMMDD-xxxxxx", and the signed fields to post."""
    key = access.secrets.get("form_key", "")
    if not key or not access.identifier:
        raise CredentialsRefused(_("The shop ID or the key of the payment form is missing."), code="no_keys")
    if request.currency not in _CURRENCIES:
        raise ProviderRefused(_("This currency cannot be paid by the payment form."), code="currency")
    now = timezone.now().strftime("%Y%m%d%H%M%S")  # UTC: settings.USE_TZ
    trans_id = new_trans_id(access.identifier, now[:8])
    fields = {
        "vads_action_mode": "INTERACTIVE",
        "vads_amount": str(request.amount),
        "vads_ctx_mode": "PRODUCTION" if access.live else "TEST",
        "vads_currency": _CURRENCIES[request.currency],
        "vads_cust_email": request.payer_email,
        "vads_cust_name": _plain(request.payer_name)[:127],
        "vads_language": request.language[:2] if request.language[:2] in _LANGUAGES else "fr",
        "vads_order_id": request.reference,
        "vads_order_info": _plain(request.description)[:255],
        "vads_page_action": "PAYMENT",
        "vads_payment_config": "SINGLE",
        "vads_return_mode": "GET",
        "vads_site_id": access.identifier,
        "vads_trans_date": now,
        "vads_trans_id": trans_id,
        "vads_url_cancel": request.cancel_url,
        "vads_url_check": request.notify_url,
        "vads_url_return": request.return_url,
        "vads_version": "V2",
    }
    fields = {name: value for name, value in fields.items() if value}
    return f"{now[:8]}-{trans_id}", {**fields, "signature": form_signature(fields, key)}


def new_trans_id(shop: str, day: str) -> str:
    """Returns six characters that no other attempt of the shop has that UTC day.

    One at least is a letter: the numbers from 900000 on are Lyra's own. The cache's `add` takes each once in the firm
    (`incr` of a cache in the database would not be atomic); Payment's unique reference stands behind it.
    """
    for _try in range(_TRIES):
        trans_id = secrets.choice(string.ascii_lowercase) + "".join(secrets.choice(_ALPHABET) for _place in range(5))
        if cache.add(f"lyra-trans:{shop}:{day}:{trans_id}", True, timeout=_DAY_SECONDS):
            return trans_id
    raise ProviderUnavailable(_("No free transaction number was found."))


def _plain(text: str) -> str:
    """Returns a text without the characters that the form refuses."""
    return " ".join(text.replace("<", " ").replace(">", " ").split())
