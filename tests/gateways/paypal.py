"""The stand-in of PayPal: tokens, Orders v2, refunds, disputes, signed notifications and the payer's pages."""

import base64
import hmac
import json
import secrets
import zlib
from dataclasses import dataclass, field
from typing import Any

from tests.gateways import dashboard, pages
from tests.gateways.outbox import PostingStandIn
from tests.gateways.paypal_objects import (
    Capture,
    Merchant,
    Order,
    Refund,
    Wrong,
    amount_json,
    cents_of,
    moment,
    new_id,
    unprocessable,
)
from tests.gateways.server import Asked, Delivery, Said, moved

CLIENT_ID = "AStandInClient-0000000000000000000000000000000001"
CLIENT_SECRET = "EStandInSecret-0000000000000000000000000000000001"
WEBHOOK_ID = "1JE4207770796733A"
DEMO_KEYS = {"identifier": CLIENT_ID, "client_secret": CLIENT_SECRET, "webhook_id": WEBHOOK_ID}
NAME = "PayPal"
_CERT_URL = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-ab66f33d"
_MARK = b'"webhook_event":'


@dataclass
class PayPalStandIn(PostingStandIn):
    """PayPal on loopback."""

    merchants: dict[str, Merchant] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    #: Answers by application, path and PayPal-Request-Id.
    answered: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    events: list[tuple[Order, dict[str, Any]]] = field(default_factory=list)
    #: In place of PayPal's private key.
    seal: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    #: How many tokens were given.
    minted: int = 0
    token_seconds: int = 31_668

    def __post_init__(self) -> None:
        self.register(CLIENT_ID, CLIENT_SECRET, WEBHOOK_ID)

    def register(self, client_id: str, client_secret: str, webhook_id: str, notify_url: str = "") -> Merchant:
        """Opens an application; `notify_url` is what its dashboard would be told."""
        self.merchants[client_id] = Merchant(client_id, client_secret, webhook_id, notify_url)
        return self.merchants[client_id]

    def notify_to(self, notify_url: str, *, client_id: str = CLIENT_ID) -> None:
        """Sets where an application's notifications go."""
        self.merchants[client_id].notify_url = notify_url

    def withdraw_tokens(self) -> None:
        """Ends all tokens before their time."""
        for merchant in self.merchants.values():
            merchant.tokens.clear()

    # --- the interface ------------------------------------------------------------------------------------------------
    def handle(self, asked: Asked) -> Said:
        """Returns the answer to a request."""
        if self.is_page(asked):
            return self._page(asked)
        if asked.path == "/v1/oauth2/token":
            return self._token(asked)
        try:
            merchant = self._merchant(asked)
            if asked.path == "/v1/notifications/verify-webhook-signature":
                return _json(200, self._verify(merchant, asked.body))
            status, told = self._get(merchant, asked) if asked.method == "GET" else self._once(merchant, asked)
        except Wrong as wrong:
            return _json(wrong.status, wrong.told)
        return _json(status, told)

    def _token(self, asked: Asked) -> Said:
        kind, _blank, sealed = asked.headers.get("authorization", "").partition(" ")
        name, _colon, secret = base64.b64decode(sealed).decode().partition(":") if kind == "Basic" else ("", "", "")
        merchant = self.merchants.get(name)
        if merchant is None or merchant.client_secret != secret:
            return _json(401, {"error": "invalid_client", "error_description": "Client Authentication failed"})
        if asked.form.get("grant_type") != "client_credentials":
            return _json(400, {"error": "unsupported_grant_type"})
        token = "A21AA" + secrets.token_urlsafe(48)
        merchant.tokens.add(token)
        self.minted += 1
        told = {"access_token": token, "token_type": "Bearer", "app_id": "APP-80W284485P519543T"}
        return _json(200, {**told, "expires_in": self.token_seconds, "scope": "openid", "nonce": moment()})

    def _merchant(self, asked: Asked) -> Merchant:
        token = asked.headers.get("authorization", "").removeprefix("Bearer ")
        for merchant in self.merchants.values():
            if token in merchant.tokens:
                return merchant
        raise Wrong(401, "AUTHENTICATION_FAILURE", "INVALID_TOKEN")

    def _once(self, merchant: Merchant, asked: Asked) -> tuple[int, dict[str, Any]]:
        """Answers a POST, the first answer again and 200 for the same PayPal-Request-Id."""
        key = asked.headers.get("paypal-request-id", "")
        if len(key) > 38:
            raise Wrong(400, "INVALID_REQUEST", "INVALID_STRING_LENGTH", "PayPal-Request-Id")
        name = (merchant.client_id, asked.path, key)
        if key and name in self.answered:
            return 200, self.answered[name]
        try:
            body = json.loads(asked.body or b"{}")
        except ValueError:
            raise Wrong(400, "INVALID_REQUEST", "MALFORMED_REQUEST_JSON") from None
        told = self._post(merchant, asked.path, body, key)
        if key:
            self.answered[name] = told
        return 201, told

    def _get(self, merchant: Merchant, asked: Asked) -> tuple[int, dict[str, Any]]:
        mine = [order for order in self.orders.values() if order.merchant is merchant]
        match asked.path.strip("/").split("/"):
            case ["v2", "checkout", "orders", ref]:
                order = self._order(merchant, ref)
                if order.forgotten:
                    raise _missing()
                return 200, order.json(self.url)
            case ["v2", "payments", "captures", ref]:
                order = self._captured(merchant, ref)
                return 200, order.capture.json(self.url, order.id)
            case ["v2", "payments", "refunds", ref]:
                for refund in (refund for order in mine for refund in order.refunds):
                    if refund.id == ref:
                        return 200, refund.json(self.url)
            case ["v1", "customer", "disputes"]:
                wanted = asked.query.get("disputed_transaction_id")
                found = [one for one in mine if one.dispute_id and one.capture.id == wanted]
                told = [one.dispute_json() for one in found]
                for each in told:
                    each.pop("dispute_outcome", None)  # only the dispute itself tells
                return 200, {"items": told}
            case ["v1", "customer", "disputes", ref]:
                for order in mine:
                    if order.dispute_id == ref:
                        return 200, order.dispute_json()
            case ["v1", "notifications", "webhooks", ref] if ref == merchant.webhook_id:
                return 200, {"id": ref, "url": merchant.notify_url, "event_types": [{"name": "*"}]}
        raise _missing()

    def _post(self, merchant: Merchant, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        match path.strip("/").split("/"):
            case ["v2", "checkout", "orders"]:
                if not key:
                    raise Wrong(400, "INVALID_REQUEST", "PAYPAL_REQUEST_ID_REQUIRED")
                return self._create(merchant, body).json(self.url)
            case ["v2", "checkout", "orders", ref, "capture"]:
                return self._capture(self._order(merchant, ref)).json(self.url)
            case ["v2", "payments", "captures", ref, "refund"]:
                order = self._captured(merchant, ref)
                amount = cents_of(body["amount"]) if body.get("amount") else order.left
                return self._refund(order, amount, str(body.get("custom_id") or "")).json(self.url)
        raise _missing()

    def _order(self, merchant: Merchant, ref: str) -> Order:
        order = self.orders.get(ref)
        if order is None or order.merchant is not merchant:
            raise _missing()
        return order

    def _captured(self, merchant: Merchant, ref: str) -> Order:
        for order in self.orders.values():
            if order.merchant is merchant and order.captures and order.capture.id == ref:
                return order
        raise _missing()

    def _create(self, merchant: Merchant, body: dict[str, Any]) -> Order:
        unit = body["purchase_units"][0]
        amount = cents_of(unit["amount"])
        if items := unit.get("items"):
            total = sum(cents_of(item["unit_amount"]) * int(item["quantity"]) for item in items)
            if total != cents_of(unit["amount"].get("breakdown", {}).get("item_total", {})) or total != amount:
                raise unprocessable("ITEM_TOTAL_MISMATCH")
        context = body.get("payment_source", {}).get("paypal", {}).get("experience_context", {})
        if body.get("intent") != "CAPTURE" or not context.get("return_url", "").startswith("http"):
            raise Wrong(400, "INVALID_REQUEST", "MISSING_REQUIRED_PARAMETER")
        if len(unit.get("description", "")) > 127 or any(len(item["name"]) > 127 for item in unit.get("items", [])):
            raise Wrong(400, "INVALID_REQUEST", "INVALID_STRING_LENGTH")
        currency = unit["amount"]["currency_code"]
        order = Order(merchant, unit, amount, currency, context["return_url"], context.get("cancel_url", ""))
        self.orders[order.id] = order
        return order

    def _capture(self, order: Order) -> Order:
        if order.captures and order.status == "COMPLETED":
            raise unprocessable("ORDER_ALREADY_CAPTURED")
        if order.status != "APPROVED":
            raise unprocessable("ORDER_NOT_APPROVED", "Payer has not yet approved the Order for payment.")
        order.update_time = moment()
        if order.instrument == "declined":
            order.status = "PAYER_ACTION_REQUIRED"
            raise unprocessable("INSTRUMENT_DECLINED")
        order.status = "COMPLETED"
        status = "PENDING" if order.instrument == "pending" else "COMPLETED"
        order.captures.append(Capture(order.amount, order.currency, str(order.unit.get("custom_id") or ""), status))
        self._emit(order, f"PAYMENT.CAPTURE.{status}", order.capture.json(self.url, order.id))
        return order

    def _refund(self, order: Order, amount: int, custom_id: str) -> Refund:
        capture = order.capture
        if capture.status not in {"COMPLETED", "PARTIALLY_REFUNDED"}:
            full = capture.status == "REFUNDED"
            raise unprocessable("CAPTURE_FULLY_REFUNDED" if full else "INVALID_RESOURCE_STATE")
        if amount > order.left:
            raise unprocessable("REFUND_AMOUNT_EXCEEDED")
        refund = Refund(amount, order.currency, capture.id, custom_id)
        order.refunds.append(refund)
        capture.status = "PARTIALLY_REFUNDED" if order.left else "REFUNDED"
        self._emit(order, "PAYMENT.CAPTURE.REFUNDED", refund.json(self.url))
        return refund

    # --- what payers, banks and the merchant's dashboard do -----------------------------------------------------------
    def pay(self, ref: str, card: str = "ok") -> None:
        """The payer approves the order: "ok", with a means that is "declined" at the capture, or "pending"."""
        with self.lock:
            self._approve(self.orders[ref], card)
        self.flush()

    def _approve(self, order: Order, instrument: str) -> None:
        order.status, order.instrument, order.update_time = "APPROVED", instrument, moment()
        self._emit(order, "CHECKOUT.ORDER.APPROVED", order.json(self.url))

    def cancel(self, ref: str) -> str:
        """The payer goes back; returns where to. The order stays open."""
        order = self.orders[ref]
        return f"{order.cancel_url}{'&' if '?' in order.cancel_url else '?'}token={order.id}"

    def expire(self, ref: str) -> None:
        """The order ends, or is no longer shown."""
        self.orders[ref].forgotten = True

    def finish_pending(self, ref: str, *, succeeds: bool = True) -> None:
        """The bank tells what became of a capture that waited."""
        with self.lock:
            order = self.orders[ref]
            order.capture.status = "COMPLETED" if succeeds else "DECLINED"
            kind = "PAYMENT.CAPTURE.COMPLETED" if succeeds else "PAYMENT.CAPTURE.DENIED"
            self._emit(order, kind, order.capture.json(self.url, order.id))
        self.flush()

    def refund_elsewhere(self, ref: str, amount: int | None = None) -> Refund:
        """The merchant refunds in its dashboard; such a refund carries the payment's own reference."""
        with self.lock:
            order = self.orders[ref]
            custom_id = str(order.unit.get("custom_id") or "")
            refund = self._refund(order, order.left if amount is None else amount, custom_id)
        self.flush()
        return refund

    def reverse(self, ref: str) -> None:
        """PayPal takes the money back."""
        with self.lock:
            order = self.orders[ref]
            order.capture.status = "REVERSED"
            told = Refund(order.left, order.currency, order.capture.id).json(self.url)
            self._emit(order, "PAYMENT.CAPTURE.REVERSED", told)
        self.flush()

    def dispute(self, ref: str, outcome: str = "") -> None:
        """The payer contests, or (with an outcome, RESOLVED_BUYER_FAVOUR or …_SELLER_FAVOUR) PayPal decides."""
        with self.lock:
            order = self.orders[ref]
            kind = "RESOLVED" if outcome else "UPDATED" if order.dispute_id else "CREATED"
            order.dispute_id = order.dispute_id or f"PP-D-{len(self.events) + 1000}"
            order.outcome = outcome
            self._emit(order, f"CUSTOMER.DISPUTE.{kind}", order.dispute_json())
        self.flush()

    # --- notifications ------------------------------------------------------------------------------------------------
    def _emit(self, order: Order, kind: str, resource: dict[str, Any]) -> None:
        event = {
            "id": f"WH-{new_id()}-{new_id()}",
            "event_version": "1.0",
            "create_time": moment(),
            "resource_type": kind.split(".")[1].lower(),
            "resource_version": "2.0",
            "event_type": kind,
            "summary": f"{kind} / {amount_json(order.amount, order.currency)['value']} €",
            "resource": resource,
        }
        self.events.append((order, event))
        if order.merchant.notify_url:
            self.outbox.append(self.deliver(event, order.merchant))

    def deliver(self, event: dict[str, Any], merchant: Merchant) -> Delivery:
        """Returns an event's delivery, signed."""
        # spaces as a program would hardly write them again: the signature is over these very bytes
        body = json.dumps(event, ensure_ascii=False, separators=(" ,", " : ")).encode()
        name, told = f"{new_id(8)}-{new_id(12)}".lower(), moment()
        return Delivery(
            merchant.notify_url,
            body,
            {
                "Content-Type": "application/json",
                "PAYPAL-TRANSMISSION-ID": name,
                "PAYPAL-TRANSMISSION-TIME": told,
                "PAYPAL-TRANSMISSION-SIG": self._sign(name, told, merchant.webhook_id, body),
                "PAYPAL-CERT-URL": _CERT_URL,
                "PAYPAL-AUTH-ALGO": "SHA256withRSA",
            },
        )

    def _sign(self, name: str, told: str, webhook_id: str, body: bytes) -> str:
        signed = f"{name}|{told}|{webhook_id}|{zlib.crc32(body)}"
        return base64.b64encode(hmac.digest(self.seal, signed.encode(), "sha256")).decode()

    def _verify(self, merchant: Merchant, body: bytes) -> dict[str, Any]:
        head, mark, rest = body.partition(_MARK)
        try:
            told = json.loads(head.rstrip().rstrip(b",") + b"}")
            json.loads(body)
        except ValueError:
            raise Wrong(400, "VALIDATION_ERROR", "MALFORMED_REQUEST_JSON") from None
        if not mark or any(not told.get(name) for name in ("auth_algo", "cert_url", "transmission_time")):
            raise Wrong(400, "VALIDATION_ERROR", "MISSING_REQUIRED_PARAMETER")
        event = rest.strip().removesuffix(b"}")
        expected = self._sign(told["transmission_id"], told["transmission_time"], merchant.webhook_id, event)
        right = told["webhook_id"] == merchant.webhook_id and hmac.compare_digest(expected, told["transmission_sig"])
        return {"verification_status": "SUCCESS" if right else "FAILURE"}

    def redeliver(self, ref: str, *, backwards: bool = False) -> list[int]:
        """Sends all notifications of an order once more; returns our answers' statuses."""
        mine = [event for order, event in self.events if order.id == ref]
        ordered = list(reversed(mine)) if backwards else mine
        return [self.post(self.deliver(event, self.orders[ref].merchant)) for event in ordered]

    # --- pages --------------------------------------------------------------------------------------------------------
    def _page(self, asked: Asked) -> Said:
        if asked.path == dashboard.PATH:
            return dashboard.webhook_form(NAME, asked, self.merchants)
        ref = asked.query.get("token", "")
        order = self.orders.get(ref)
        if order is None or asked.path != "/pay/checkoutnow":
            return pages.ended_page(NAME, "Cette commande n'existe pas.", status=404)
        if order.status != "PAYER_ACTION_REQUIRED" or order.forgotten:
            return pages.ended_page(NAME, "Cette commande ne peut plus être payée.")
        action = asked.form.get("action", "") if asked.method == "POST" else ""
        if action == "cancel":
            return moved(self.cancel(ref))
        if action == "login":
            order.logged_in = True
        elif action in {"ok", "declined", "pending"} and order.logged_in:
            self._approve(order, action)
            joint = "&" if "?" in order.return_url else "?"
            return moved(f"{order.return_url}{joint}token={ref}&PayerID=QYR5Z8XDVJNXQ")
        return pages.pay_page(NAME, *self._step(order), amount=order.amount)

    def _step(self, order: Order) -> tuple[str, str]:
        cancel = '<button class="other" name="action" value="cancel" formnovalidate>Annuler et revenir</button>'
        form = f'<form method="post" action="/pay/checkoutnow?token={order.id}">'
        if not order.logged_in:
            return (
                "Connexion",
                f"""{form}
<label for="email">E-mail</label><input id="email" name="email" type="email" value="acheteur@exemple.fr" required>
<label for="password">Mot de passe</label><input id="password" name="password" type="password" value="test1234">
<button name="action" value="login">Se connecter</button>{cancel}</form>""",
            )
        labels = [str(item["name"]) for item in order.unit.get("items", [])] or [str(order.unit.get("description"))]
        return (
            "Paiement",
            f"""{pages.lines(labels)}<p>Connecté : acheteur@exemple.fr</p>{form}
<button name="action" value="ok">Payer avec le solde PayPal</button>
<button class="other" name="action" value="declined">Payer avec une carte qui sera refusée</button>
<button class="other" name="action" value="pending">Payer par virement (en attente)</button>{cancel}</form>""",
        )


def _missing() -> Wrong:
    return Wrong(404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID", "Specified resource ID does not exist.")


def _json(status: int, told: dict[str, Any]) -> Said:
    return Said(status, json.dumps(told).encode(), headers={"Paypal-Debug-Id": new_id(13).lower()})
