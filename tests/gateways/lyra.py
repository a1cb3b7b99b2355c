"""The stand-in of Lyra (PayZen, Systempay): the REST interface V4, the payment form, notifications and the pages."""

import base64
import hmac
import json
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from tests.gateways import pages
from tests.gateways.lyra_objects import (
    ACCEPTED,
    CHALLENGED_REFUSED,
    CHALLENGES,
    KNOWN,
    REFUSED,
    REJECTED,
    UNCAPTURED,
    Order,
    Shop,
    Transaction,
    Wrong,
    envelope,
    error_json,
    expiry_of,
    now,
)
from tests.gateways.lyra_pages import (
    CURRENCIES,
    NAME,
    ORDER_ID,
    challenge_page,
    checkout_page,
    form_signature,
    problem_of,
    signed_answer,
)
from tests.gateways.outbox import PostingStandIn
from tests.gateways.server import Asked, Delivery, Said, moved

SHOP_ID = "12345678"
PASSWORD, LIVE_PASSWORD = "testpassword_StandInDiagdesk0001", "prodpassword_StandInDiagdesk0001"
HMAC_KEY, LIVE_HMAC_KEY = "StandInHmacDiagdesk0001", "StandInHmacDiagdeskLive0001"
FORM_KEY, LIVE_FORM_KEY = "StandInFormKey01", "LiveInFormKey001"
DEMO_KEYS = {"identifier": SHOP_ID, "password": PASSWORD, "hmac_key": HMAC_KEY, "form_key": FORM_KEY}
_BASE = "/api-payment/V4/"
_FORM_LIFE = timedelta(hours=1)


@dataclass
class LyraStandIn(PostingStandIn):
    """Lyra on loopback."""

    shops: list[Shop] = field(default_factory=list)
    orders: dict[str, Order] = field(default_factory=dict)
    #: Numbers of the form that were used: shop, mode, UTC day and number.
    burnt: dict[tuple[str, str, str, str], Order] = field(default_factory=dict)
    #: Whether the shop ticked the notification of payments given up.
    tells_abandoned: bool = False
    events: list[tuple[Order, Transaction, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.register(SHOP_ID, PASSWORD, HMAC_KEY, FORM_KEY)
        self.register(SHOP_ID, LIVE_PASSWORD, LIVE_HMAC_KEY, LIVE_FORM_KEY, live=True)

    def register(self, shop_id: str, password: str, hmac_key: str, form_key: str, *, live: bool = False) -> Shop:
        """Opens a shop in one mode."""
        self.shops.append(Shop(shop_id, password, hmac_key, form_key, live))
        return self.shops[-1]

    def is_page(self, asked: Asked) -> bool:
        """Whether a browser asks, not the interface."""
        return asked.path.startswith(("/pay/", "/vads-payment/"))

    # --- the REST interface -------------------------------------------------------------------------------------------
    def handle(self, asked: Asked) -> Said:
        """Returns the answer to a request."""
        if asked.path == "/vads-payment/":
            return self._form(asked)
        if self.is_page(asked):
            return self._page(asked)
        service, shop = asked.path.removeprefix(_BASE), None
        try:
            shop = self._shop(asked)
            if asked.method != "POST" or not asked.path.startswith(_BASE):
                raise Wrong("INT_901", "Invalid web service")
            try:
                body = json.loads(asked.body or b"{}")
            except ValueError:
                raise Wrong("INT_902", "Invalid JSON") from None
            return Said(200, envelope(shop, service, self._service(shop, service, body)))
        except Wrong as wrong:
            return Said(200, envelope(shop, service, error_json(wrong, shop), error=True))

    def _shop(self, asked: Asked) -> Shop:
        kind, _blank, sealed = asked.headers.get("authorization", "").partition(" ")
        name, _colon, password = base64.b64decode(sealed).decode().partition(":") if kind == "Basic" else ("", "", "")
        for shop in self.shops:
            if shop.shop_id == name and hmac.compare_digest(shop.password, password):
                return shop
        raise Wrong("INT_905", "Invalid authentication")

    def _service(self, shop: Shop, service: str, body: dict[str, Any]) -> dict[str, Any]:
        match service:
            case "Charge/SDKTest":
                return {"value": body.get("value"), "_type": "V4/Charge/SDKTestResponse"}
            case "Charge/CreatePaymentOrder":
                order = self._create(shop, body)
                return {**order.order_json(), "paymentURL": f"{self.url}/pay/o/{order.id}"}
            case "Order/Get":
                return self._order(shop, str(body.get("orderId") or ""))
            case "Transaction/Get":
                return self._transaction(shop, body)[1].json(shop)
            case "Transaction/Cancel":
                return self._void(*self._transaction(shop, body)).json(shop)
            case "Transaction/Refund":
                return self._refund(*self._transaction(shop, body), body).json(shop)
            case "Transaction/CancelOrRefund":
                order, paid = self._transaction(shop, body)
                mode = body.get("resolutionMode", "AUTO")
                whole = body.get("amount", paid.amount) == paid.amount
                if mode == "CANCELLATION_ONLY" or (mode == "AUTO" and whole and paid.status in UNCAPTURED):
                    return self._void(order, paid).json(shop)
                return self._refund(order, paid, body).json(shop)
        raise Wrong("INT_901", "Invalid web service")

    def _create(self, shop: Shop, body: dict[str, Any]) -> Order:
        amount, order_id = body.get("amount"), str(body.get("orderId") or "")
        if not isinstance(amount, int) or isinstance(amount, bool) or amount <= 0:
            raise Wrong("INT_009", "Invalid amount")
        if body.get("currency") != "EUR":
            raise Wrong("PSP_610", "No acceptance agreement for this currency")
        if not ORDER_ID.fullmatch(order_id) or (body.get("channelOptions") or {}).get("channelType") != "URL":
            raise Wrong("INT_902", "Invalid orderId or channelType")
        if body.get("returnMode", "NONE") not in {"GET", "POST", "NONE"}:
            raise Wrong("INT_902", "Invalid returnMode")
        back = str(body.get("returnUrl") or "")
        order = Order(
            shop=shop,
            order_id=order_id,
            amount=amount,
            currency="EUR",
            ipn_url=str(body.get("ipnTargetUrl") or ""),
            return_url=back,
            cancel_url=back,
            return_mode=str(body.get("returnMode", "NONE")),
            expires_at=expiry_of(str(body.get("expirationDate") or "")),
            label=str(body.get("merchantComment") or order_id),
            email=str((body.get("customer") or {}).get("email") or ""),
        )
        self.orders[order.id] = order
        return order

    def _order(self, shop: Shop, order_id: str) -> dict[str, Any]:
        """Returns what became of an order; none that nobody has tried to pay is known."""
        mine = [one for one in self.orders.values() if one.shop is shop and one.order_id == order_id]
        tried = [one for one in mine if one.transactions]
        if not tried:
            raise Wrong("PSP_010", "Transaction not found")
        told = next((one for one in tried if one.paid), tried[-1])
        return told.payment_json([transaction for one in tried for transaction in one.transactions])

    def _transaction(self, shop: Shop, body: dict[str, Any]) -> tuple[Order, Transaction]:
        for order in self.orders.values():
            for one in order.transactions:
                if order.shop is shop and one.uuid == body.get("uuid"):
                    return order, one
        raise Wrong("PSP_010", "Transaction not found")

    def _void(self, order: Order, paid: Transaction) -> Transaction:
        if paid.status == "CANCELLED":
            raise Wrong("PSP_105", "Transaction already cancelled")
        if paid.status not in UNCAPTURED:
            raise Wrong("PSP_075", "This transaction cannot be cancelled, please refund it")
        paid.status = "CANCELLED"
        order.ended = True
        return paid

    def _refund(self, order: Order, paid: Transaction, body: dict[str, Any]) -> Transaction:
        amount = body.get("amount", paid.amount)
        if not isinstance(amount, int) or amount <= 0:
            raise Wrong("INT_009", "Invalid amount")
        if paid.status in UNCAPTURED:
            raise Wrong("PSP_076", "This transaction cannot be refunded yet, please cancel it")
        if paid.status != "CAPTURED" or paid.operation != "DEBIT":
            raise Wrong("PSP_083", "This transaction cannot be refunded")
        if order.refunded >= paid.amount:
            raise Wrong("PSP_104", "Transaction already refunded")
        if order.refunded + amount > paid.amount:
            raise Wrong("PSP_511", "The refund is higher than what is left")
        credit = Transaction(amount, paid.currency, "AUTHORISED", paid.card, "CREDIT", paid.uuid)
        order.transactions.append(credit)
        return credit

    # --- what payers, banks and the merchant's back office do ---------------------------------------------------------
    def order_of(self, ref: str) -> Order:
        """Returns the order of a reference, the form's "YYYYMMDD-xxxxxx" too; raises KeyError."""
        found = self.orders.get(ref) or next((one for one in self.orders.values() if one.ref == ref), None)
        if found is None:
            raise KeyError(ref)
        return found

    def pay(self, ref: str, card: str = ACCEPTED, *, authenticates: bool = True) -> bool:
        """The payer pays with a card; returns whether the page goes on to the merchant."""
        with self.lock:
            went = self._try(self.order_of(ref), card.replace(" ", ""), authenticates=authenticates)
        self.flush()
        return went

    def _try(self, order: Order, card: str, *, authenticates: bool) -> bool:
        """Returns whether the browser goes back: after a success, and after any end of the form."""
        if not order.is_open:
            return False
        one = Transaction(order.amount, order.currency, "AUTHORISED", card)
        if card in CHALLENGES and not authenticates:
            one.error = ("AUTH_149", "Authentification 3-D Secure refusée", "")
        elif card == REJECTED:
            one.error = ("AUTH_151", "Authentification 3-D Secure rejetée", "")
        elif card in {REFUSED, CHALLENGED_REFUSED} or card not in KNOWN:
            one.error = ("ACQ_001", "Paiement refusé", "51")
        if one.error:
            one.status = "REFUSED"
        order.transactions.append(one)
        # by a payment order the payer may try again; the form's number is used up
        order.ended = one.error is None or bool(order.fields)
        self._emit(order, one, "PAY")
        return order.ended

    def cancel(self, ref: str) -> str:
        """The payer gives up; returns where to. A payment order stays open, the form's number is used up."""
        with self.lock:
            order = self.order_of(ref)
            back = self._give_up(order)
        self.flush()
        return back

    def _give_up(self, order: Order) -> str:
        if not order.fields or not order.is_open:
            return order.cancel_url
        one = Transaction(order.amount, order.currency, "ABANDONED", "")
        order.transactions.append(one)
        order.ended = True
        if self.tells_abandoned:
            self._emit(order, one, "PAY")
        return self._back(order, one, order.cancel_url)

    def expire(self, ref: str) -> None:
        """The page ends."""
        self.order_of(ref).ended = True

    def capture(self, ref: str) -> None:
        """The night's batch takes the money, and sends what is given back."""
        with self.lock:
            order = self.order_of(ref)
            for one in order.transactions:
                if one.status == "AUTHORISED":
                    one.status = "CAPTURED"
                    self._emit(order, one, "BATCH")
        self.flush()

    def cancel_transaction(self, ref: str) -> None:
        """The merchant cancels a payment in the back office before its capture."""
        with self.lock:
            order = self.order_of(ref)
            assert order.paid is not None
            self._emit(order, self._void(order, order.paid), "MERCH_BO")
        self.flush()

    def refund_elsewhere(self, ref: str, amount: int | None = None) -> Transaction:
        """The merchant refunds in the back office; what was not captured yet is captured first."""
        with self.lock:
            order = self.order_of(ref)
            paid = order.paid
            assert paid is not None
            paid.status = "CAPTURED"
            asked = paid.amount - order.refunded if amount is None else amount
            credit = self._refund(order, paid, {"amount": asked})
            self._emit(order, credit, "MERCH_BO")
        self.flush()
        return credit

    # --- notifications ------------------------------------------------------------------------------------------------
    def _emit(self, order: Order, one: Transaction, source: str) -> None:
        self.events.append((order, one, one.status, source))
        if order.ipn_url:
            self.outbox.append(self.deliver(order, one, source))

    def deliver(self, order: Order, one: Transaction, source: str = "PAY", *, status: str = "") -> Delivery:
        """Returns the notification of a transaction, in the state that it had, signed now."""
        told = Transaction(**{**vars(one), "status": status or one.status})
        if order.fields:
            fields = {**order.vads_fields(told, source), "vads_hash": secrets.token_hex(32)}
            fields["signature"] = form_signature(fields, order.shop.form_key)
        else:
            fields = signed_answer(order, told, "password", order.shop.password)
        headers = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8", "User-Agent": "Lyra IPN"}
        return Delivery(order.ipn_url, urlencode(fields).encode(), headers)

    def redeliver(self, ref: str, *, backwards: bool = False) -> list[int]:
        """Sends all notifications of an order once more, newly signed; returns our answers' statuses."""
        mine = [event for event in self.events if event[0] is self.order_of(ref)]
        ordered = list(reversed(mine)) if backwards else mine
        return [
            self.post(self.deliver(order, one, source, status=status))
            for order, one, status, source in ordered
            if order.ipn_url
        ]

    # --- the form and the pages ---------------------------------------------------------------------------------------
    def _form(self, asked: Asked) -> Said:
        fields = asked.form if asked.method == "POST" else {}
        mode, day = fields.get("vads_ctx_mode", ""), fields.get("vads_trans_date", "")
        site, number = fields.get("vads_site_id", ""), fields.get("vads_trans_id", "")
        shop = next((one for one in self.shops if (one.shop_id, one.mode) == (site, mode)), None)
        if shop is None:
            return pages.ended_page(NAME, "Boutique ou mode inconnu (vads_site_id, vads_ctx_mode).", status=400)
        if not hmac.compare_digest(form_signature(fields, shop.form_key), fields.get("signature", "")):
            return pages.ended_page(NAME, "La signature du formulaire n'est pas valide (code 00).", status=400)
        if problem := problem_of(fields):
            return pages.ended_page(NAME, f"Champ absent ou invalide : {problem}.", status=400)
        key = (site, mode, day[:8], number)
        before = self.burnt.get(key)
        if before is not None and (before.fields != fields or not before.is_open):
            return pages.ended_page(NAME, "Cette transaction a déjà été traitée ou annulée (vads_trans_id).")
        if before is None:
            back = fields.get("vads_url_return", "")
            before = self.burnt[key] = Order(
                shop=shop,
                order_id=fields["vads_order_id"],
                amount=int(fields["vads_amount"]),
                currency=CURRENCIES[fields["vads_currency"]],
                ipn_url=fields.get("vads_url_check", ""),
                return_url=fields.get("vads_url_success", back),
                cancel_url=fields.get("vads_url_cancel", back),
                return_mode=fields.get("vads_return_mode", "NONE"),
                expires_at=now() + _FORM_LIFE,
                label=fields.get("vads_order_info", fields["vads_order_id"]),
                email=fields.get("vads_cust_email", ""),
                fields=fields,
            )
            self.orders[before.id] = before
        return moved(f"{self.url}/pay/o/{before.id}")

    def _page(self, asked: Asked) -> Said:
        parts = asked.path.strip("/").split("/")
        order = self.orders.get(parts[2]) if len(parts) > 2 else None
        if order is None:
            return pages.ended_page(NAME, "Cette page de paiement n'existe pas.", status=404)
        if not order.is_open:
            return pages.ended_page(NAME, "Ce paiement est terminé ou a expiré.")
        is_challenge = parts[3:] == ["3ds"]
        if asked.method == "GET":
            return challenge_page(order, asked.query.get("card", "")) if is_challenge else checkout_page(order)
        if asked.form.get("action") == "cancel":
            return moved(self._give_up(order))
        card = asked.form.get("number", "").replace(" ", "")
        if card in CHALLENGES and not is_challenge:
            return moved(f"{self.url}/pay/o/{order.id}/3ds?card={card}")
        accepted = not is_challenge or asked.form.get("answer") == "accept"
        if self._try(order, card, authenticates=accepted):
            return moved(self._back(order, order.transactions[-1], order.return_url))
        return checkout_page(order)

    def _back(self, order: Order, one: Transaction, url: str) -> str:
        """Returns where the browser goes, with what it brings along by GET; never with `vads_hash`."""
        if order.return_mode != "GET":
            return url
        if order.fields:
            fields = order.vads_fields(one, "PAY")
            fields.pop("vads_url_check_src")
            fields["signature"] = form_signature(fields, order.shop.form_key)
        else:
            fields = signed_answer(order, one, "sha256_hmac", order.shop.hmac_key)
        return f"{url}{'&' if '?' in url else '?'}{urlencode(fields)}"
