"""What browsers see of the stand-in of Lyra, what they bring, and the two signatures of the protocol."""

import base64
import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html import escape

from tests.gateways import pages
from tests.gateways.lyra_objects import CARDS, Order, Transaction, now
from tests.gateways.server import Said

NAME = "PayZen / Systempay"
CURRENCIES = {"978": "EUR"}
ORDER_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TRANS_ID = re.compile(r"[A-Za-z0-9]{6}")
_MANDATORY = {
    "vads_action_mode": "INTERACTIVE",
    "vads_page_action": "PAYMENT",
    "vads_payment_config": "SINGLE",
    "vads_version": "V2",
}


def form_signature(fields: Mapping[str, str], key: str) -> str:
    """Returns the signature of the form's fields."""
    values = [fields[name] for name in sorted(fields) if name.startswith("vads_")]
    digest = hmac.digest(key.encode(), "+".join([*values, key]).encode(), "sha256")
    return base64.b64encode(digest).decode()


def signed_answer(order: Order, one: Transaction, name: str, key: str) -> dict[str, str]:
    """Returns the fields of a notification, or of what the browser brings back: `name` says which key."""
    answer = json.dumps(order.payment_json([one]), separators=(",", ":"), ensure_ascii=False)
    return {
        "kr-hash": hmac.digest(key.encode(), answer.encode(), "sha256").hex(),
        "kr-hash-algorithm": "sha256_hmac",
        "kr-hash-key": name,
        "kr-answer-type": "V4/Payment",
        "kr-answer": answer,
    }


def problem_of(fields: Mapping[str, str]) -> str:
    """Returns the name of the first field that is wrong, empty where none is."""
    for name, value in _MANDATORY.items():
        if fields.get(name) != value:
            return name
    if not re.fullmatch(r"[1-9][0-9]{0,11}", fields.get("vads_amount", "")):
        return "vads_amount"
    if fields.get("vads_currency") not in CURRENCIES:
        return "vads_currency"
    if not _TRANS_ID.fullmatch(fields.get("vads_trans_id", "")):
        return "vads_trans_id"
    if not ORDER_ID.fullmatch(fields.get("vads_order_id", "")):
        return "vads_order_id"
    try:
        said = datetime.strptime(fields.get("vads_trans_date", ""), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return "vads_trans_date"
    return "" if abs(now() - said) < timedelta(days=1) else "vads_trans_date"


def checkout_page(order: Order) -> Said:
    """Returns the page on which a card is typed."""
    last = order.transactions[-1].error if order.transactions else None
    content = f"""{pages.lines([order.label])}
<form method="post" action="/pay/o/{order.id}">
<label for="number">Numéro de carte</label>
<input id="number" name="number" autocomplete="off" required value="4970 1000 0000 0055">
<label for="expiry">Expiration</label><input id="expiry" name="expiry" value="12 / 34" autocomplete="off">
<label for="cvc">Cryptogramme</label><input id="cvc" name="cvc" value="123" autocomplete="off">
<button>Payer</button>
<button class="other" name="action" value="cancel" formnovalidate>Annuler et revenir à la boutique</button></form>
{pages.cards(CARDS)}"""
    return pages.pay_page(NAME, "Paiement", content, amount=order.amount, error=last[1] if last else "")


def challenge_page(order: Order, card: str) -> Said:
    """Returns the bank's page."""
    content = f"""<p>Votre banque demande de confirmer ce paiement (3-D Secure).</p>
<form method="post" action="/pay/o/{order.id}/3ds"><input type="hidden" name="number" value="{escape(card)}">
<button name="answer" value="accept">Authentifier</button>
<button class="other" name="answer" value="refuse">Refuser</button></form>"""
    return pages.pay_page(NAME, "3-D Secure", content, amount=order.amount)
