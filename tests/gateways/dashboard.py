"""The form of a merchant's dashboard in which the address of its notifications is typed: POST /pay/notify-to.

Its fields are `key` (what the merchant is known by: the secret key with Stripe, the client id with PayPal) and `url`.
Lyra needs none of it: each payment names its own address.
"""

from collections.abc import Mapping
from html import escape
from typing import Protocol

from tests.gateways import pages
from tests.gateways.server import Asked, Said

PATH = "/pay/notify-to"


class Merchant(Protocol):
    """Whoever is told of its payments."""

    notify_url: str


def webhook_form(provider: str, asked: Asked, merchants: Mapping[str, Merchant]) -> Said:
    """Returns the dashboard's form, after it has noted what was typed; 404 for an unknown key, 422 for no address."""
    text = "Adresse des notifications du marchand."
    status, error = 200, ""
    if asked.method == "POST":
        merchant, url = merchants.get(asked.form.get("key", "")), asked.form.get("url", "")
        if merchant is None:
            status, error = 404, "Clé inconnue."
        elif not url.startswith(("http://", "https://")):
            status, error = 422, "Cette adresse n'en est pas une."
        else:
            merchant.notify_url = url
            text = f"Les notifications partent vers {url}"
    content = f"""<p>{escape(text)}</p><form method="post" action="{PATH}">
<label for="key">Clé</label><input id="key" name="key" autocomplete="off" required>
<label for="url">URL de notification</label><input id="url" name="url" type="url" required>
<button>Enregistrer</button></form>"""
    return pages.pay_page(provider, "Webhook", content, amount=0, error=error, status=status)
