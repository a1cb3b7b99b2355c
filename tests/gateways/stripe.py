"""The stand-in of Stripe: Checkout Sessions, refunds, disputes, signed events and the page to pay on."""

import json
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import quote

from tests.gateways import dashboard, pages
from tests.gateways.outbox import PostingStandIn
from tests.gateways.server import Asked, Delivery, Said, moved
from tests.gateways.stripe_objects import (
    CARDS,
    CHALLENGED,
    DECLINES,
    SEPA_FAILS,
    SEPA_SUCCEEDS,
    SUCCEEDS,
    Account,
    Refund,
    Session,
    list_json,
    nested,
    new_id,
    now,
    signature,
)

SECRET_KEY = "sk_test_51DiagdeskStandIn0001"
WEBHOOK_SECRET = "whsec_DiagdeskStandIn0001"
LIVE_SECRET_KEY = "sk_live_51DiagdeskStandIn0001"
LIVE_WEBHOOK_SECRET = "whsec_DiagdeskStandInLive0001"
DEMO_KEYS = {"secret_key": SECRET_KEY, "webhook_secret": WEBHOOK_SECRET}
API_VERSION = "2026-10-28.endive"
NAME = "Stripe"


class _Wrong(Exception):
    """An error that the interface answers."""

    def __init__(self, status: int, message: str, *, code: str = "", kind: str = "invalid_request_error") -> None:
        super().__init__(message)
        error = {"type": kind, "message": message, **({"code": code} if code else {})}
        self.said = Said(status, json.dumps({"error": error}).encode())


@dataclass
class StripeStandIn(PostingStandIn):
    """Stripe on loopback."""

    accounts: dict[str, Account] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    #: Answers by account and idempotency key: what was asked, and what was said.
    answered: dict[tuple[str, str], tuple[tuple[str, bytes], Said]] = field(default_factory=dict)
    #: The next refunds wait for the bank.
    refunds_wait: bool = False
    events: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.register(SECRET_KEY, WEBHOOK_SECRET)
        self.register(LIVE_SECRET_KEY, LIVE_WEBHOOK_SECRET)

    def register(self, secret_key: str, webhook_secret: str, notify_url: str = "") -> Account:
        """Opens a merchant's account; `notify_url` is what its dashboard would be told."""
        self.accounts[secret_key] = Account(secret_key, webhook_secret, notify_url)
        return self.accounts[secret_key]

    def notify_to(self, notify_url: str, *, secret_key: str = SECRET_KEY) -> None:
        """Sets where an account's events go."""
        self.accounts[secret_key].notify_url = notify_url

    # --- the interface ------------------------------------------------------------------------------------------------
    def handle(self, asked: Asked) -> Said:
        """Returns the answer to a request."""
        if self.is_page(asked):
            return self._page(asked)
        try:
            account = self._account(asked)
            return self._once(account, asked) if asked.method == "POST" else self._json(self._get(account, asked))
        except _Wrong as wrong:
            return wrong.said

    def _account(self, asked: Asked) -> Account:
        kind, _blank, key = asked.headers.get("authorization", "").partition(" ")
        account = self.accounts.get(key)
        if kind != "Bearer" or account is None:
            raise _Wrong(401, f"Invalid API Key provided: {key[:8]}****{key[-4:]}")
        if asked.headers.get("stripe-version") != API_VERSION:
            raise _Wrong(400, "Invalid Stripe API version", code="invalid_api_version")
        return account

    def _once(self, account: Account, asked: Asked) -> Said:
        """Answers a POST, the same again for the same key; what was refused as malformed is not kept."""
        key = asked.headers.get("idempotency-key", "")
        if len(key) > 255:
            raise _Wrong(400, "Idempotency keys are at most 255 characters")
        told = (asked.path, asked.body)
        before = self.answered.get((account.secret_key, key))
        if key and before is not None:
            if before[0] != told:
                text = f"Keys for idempotent requests can only be used with the same parameters: {key}"
                raise _Wrong(400, text, kind="idempotency_error")
            return Said(before[1].status, before[1].body, headers={"Idempotent-Replayed": "true"})
        said = self._json(self._post(account, asked))
        if key:
            self.answered[account.secret_key, key] = (told, said)
        return said

    def _json(self, told: dict[str, Any]) -> Said:
        return Said(200, json.dumps(told).encode(), headers={"Request-Id": new_id("req")})

    def _get(self, account: Account, asked: Asked) -> dict[str, Any]:
        mine = [session for session in self.sessions.values() if session.account is account]
        expand = " ".join(value for name, value in asked.query.items() if name.startswith("expand"))
        wanted = asked.query.get("payment_intent", "")
        match asked.path.removeprefix("/v1/").split("/"):
            case ["checkout", "sessions"]:
                return list_json(
                    [session.json() for session in mine[: int(asked.query.get("limit", "10"))]], "sessions"
                )
            case ["checkout", "sessions", ref]:
                session = self._session(account, ref)
                session.lapse()
                return session.json(expand)
            case ["refunds"]:
                found = [r.json(s) for s in mine for r in s.refunds if not wanted or s.intent == wanted]
                return list_json(found, "refunds")
            case ["disputes"]:
                disputed = [s.dispute_json() for s in mine if s.dispute and (not wanted or s.intent == wanted)]
                return list_json(disputed, "disputes")
        raise _Wrong(404, f"Unrecognized request URL (GET: {asked.path})")

    def _post(self, account: Account, asked: Asked) -> dict[str, Any]:
        match asked.path.removeprefix("/v1/").split("/"):
            case ["checkout", "sessions"]:
                return self._create(account, asked.form).json()
            case ["checkout", "sessions", ref, "expire"]:
                session = self._session(account, ref)
                if session.status != "open":
                    raise _Wrong(400, f"Only Checkout Sessions with a status of open can be expired: {session.status}")
                self._expire(session)
                return session.json()
            case ["refunds"]:
                form = asked.form
                session = self._paid(account, form.get("payment_intent", ""))
                metadata = nested(form, "metadata")
                return self._refund(session, int(form.get("amount", session.amount)), metadata).json(session)
        raise _Wrong(404, f"Unrecognized request URL (POST: {asked.path})")

    def _session(self, account: Account, ref: str) -> Session:
        session = self.sessions.get(ref)
        if session is None or session.account is not account:
            raise _Wrong(404, f"No such checkout.session: '{ref}'", code="resource_missing")
        return session

    def _paid(self, account: Account, intent: str) -> Session:
        for session in self.sessions.values():
            if session.account is account and session.intent == intent and intent:
                return session
        raise _Wrong(404, f"No such payment_intent: '{intent}'", code="resource_missing")

    def _create(self, account: Account, form: dict[str, str]) -> Session:
        amounts = [int(form[name]) for name in form if name.endswith("[unit_amount]")]
        currencies = {value for name, value in form.items() if name.endswith("[currency]")}
        names = [value for name, value in form.items() if name.endswith("[product_data][name]")]
        if form.get("mode") != "payment" or not amounts or len(currencies) != 1 or len(names) != len(amounts):
            raise _Wrong(400, "Missing or wrong line_items", code="parameter_missing")
        if min(amounts) < 0 or sum(amounts) < 50:
            raise _Wrong(400, "The total must be at least €0.50", code="amount_too_small")
        expires_at = int(form.get("expires_at", now() + 86_400))
        if not now() + 1790 <= expires_at <= now() + 86_410:
            raise _Wrong(400, "expires_at must be between 30 minutes and 24 hours from now")
        if not form.get("success_url", "").startswith(("http://", "https://")):
            raise _Wrong(400, "Not a valid URL", code="url_invalid")
        ref = new_id("cs_live" if account.live else "cs_test")
        session = Session(
            account=account,
            id=ref,
            url=f"{self.url}/pay/c/{ref}",
            amount=sum(amounts),
            currency=currencies.pop(),
            items=names,
            reference=form.get("client_reference_id", ""),
            metadata=nested(form, "metadata"),
            intent_metadata=nested(form, "payment_intent_data[metadata]"),
            success_url=form["success_url"],
            cancel_url=form.get("cancel_url", ""),
            expires_at=expires_at,
            email=form.get("customer_email", ""),
            locale=form.get("locale", "auto"),
        )
        self.sessions[ref] = session
        return session

    def _refund(self, session: Session, amount: int, metadata: dict[str, str]) -> Refund:
        if session.intent_status != "succeeded":
            raise _Wrong(400, "This PaymentIntent does not have a successful charge to refund.")
        if session.dispute in {"needs_response", "under_review", "lost"}:
            raise _Wrong(400, "Charge has been charged back.", code="charge_disputed")
        if session.refunded >= session.amount:
            raise _Wrong(400, f"Charge {session.charge} was already refunded.", code="charge_already_refunded")
        if amount <= 0 or session.refunded + amount > session.amount:
            raise _Wrong(400, "Refund amount is greater than unrefunded amount on charge")
        refund = Refund(amount, metadata, "pending" if self.refunds_wait else "succeeded")
        session.refunds.append(refund)
        self._emit(session, "refund.created", refund.json(session))
        self._emit(session, "charge.refunded", session.charge_json())
        return refund

    # --- what payers, banks and the merchant's dashboard do -----------------------------------------------------------
    def pay(self, ref: str, card: str = SUCCEEDS, *, authenticates: bool = True) -> bool:
        """The payer pays with a card or an IBAN; returns whether the page goes on to the merchant."""
        with self.lock:
            went = self._try(self.sessions[ref], card.replace(" ", ""), authenticates=authenticates)
        self.flush()
        return went

    def _try(self, session: Session, card: str, *, authenticates: bool) -> bool:
        session.lapse()
        if session.status != "open":
            return False
        session.intent = session.intent or new_id("pi")
        session.charge, session.charged_at, session.instrument = new_id("ch"), now(), card
        declined = DECLINES.get(card)
        if card == CHALLENGED and not authenticates:
            text = "Nous ne sommes pas en mesure d'authentifier votre moyen de paiement."
            declined = ("payment_intent_authentication_failure", "authentication_required", text)
        elif declined is None and card not in {SUCCEEDS, CHALLENGED, SEPA_SUCCEEDS, SEPA_FAILS}:
            declined = ("incorrect_number", "incorrect_number", "Le numéro de carte n'est pas valide.")
        if declined is not None:
            self._decline(session, declined)
            return False
        session.last_error = None
        session.status = "complete"
        if card in {SEPA_SUCCEEDS, SEPA_FAILS}:
            session.intent_status, session.charge_status = "processing", "pending"
            self._emit(session, "payment_intent.processing", session.intent_json())
        else:
            self._take(session)
        self._emit(session, "checkout.session.completed", session.json())
        return True

    def _decline(self, session: Session, why: tuple[str, str, str]) -> None:
        code, reason, message = why
        session.intent_status, session.charge_status = "requires_payment_method", "failed"
        session.last_error = {"type": "card_error", "code": code, "decline_code": reason, "message": message}
        self._emit(session, "payment_intent.payment_failed", session.intent_json())

    def _take(self, session: Session) -> None:
        session.intent_status, session.charge_status, session.payment_status = "succeeded", "succeeded", "paid"
        self._emit(session, "charge.succeeded", session.charge_json())
        self._emit(session, "payment_intent.succeeded", session.intent_json())

    def finish_async(self, ref: str, *, succeeds: bool | None = None) -> None:
        """The bank tells what became of a direct debit; by default as its IBAN says."""
        with self.lock:
            session = self.sessions[ref]
            if session.instrument == SEPA_SUCCEEDS if succeeds is None else succeeds:
                self._take(session)
                self._emit(session, "checkout.session.async_payment_succeeded", session.json())
            else:
                self._decline(session, ("debit_not_authorized", "debit_not_authorized", "Le prélèvement a été rejeté."))
                self._emit(session, "checkout.session.async_payment_failed", session.json())
        self.flush()

    def cancel(self, ref: str) -> str:
        """The payer goes back; returns where to. The session stays open."""
        return self.sessions[ref].cancel_url

    def expire(self, ref: str) -> None:
        """The session ends."""
        with self.lock:
            self._expire(self.sessions[ref])
        self.flush()

    def _expire(self, session: Session) -> None:
        session.status = "expired"
        if session.intent:
            session.intent_status = "canceled"
        self._emit(session, "checkout.session.expired", session.json())

    def refund_elsewhere(self, ref: str, amount: int | None = None) -> Refund:
        """The merchant refunds in its dashboard."""
        with self.lock:
            session = self.sessions[ref]
            refund = self._refund(session, session.amount - session.refunded if amount is None else amount, {})
        self.flush()
        return refund

    def finish_refund(self, ref: str, refund: Refund, *, succeeds: bool = True) -> None:
        """The bank tells what became of a refund."""
        with self.lock:
            session = self.sessions[ref]
            refund.status = "succeeded" if succeeds else "failed"
            self._emit(session, "refund.updated" if succeeds else "refund.failed", refund.json(session))
        self.flush()

    def dispute(self, ref: str, status: str = "needs_response") -> None:
        """The payer contests, or (a status "won", "lost") the bank decides."""
        with self.lock:
            session = self.sessions[ref]
            kind = "closed" if status in {"won", "lost", "warning_closed"} else "updated"
            if not session.dispute:
                session.dispute_id, kind = new_id("du"), "created"
            session.dispute = status
            self._emit(session, f"charge.dispute.{kind}", session.dispute_json())
        self.flush()

    # --- events -------------------------------------------------------------------------------------------------------
    def _emit(self, session: Session, kind: str, told: dict[str, Any]) -> None:
        event = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": API_VERSION,
            "created": now(),
            "data": {"object": told},
            "livemode": session.account.live,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.events.append(event)
        if session.account.notify_url:
            self.outbox.append(self.deliver(event, session.account))

    def deliver(self, event: dict[str, Any], account: Account, *, at: int | None = None) -> Delivery:
        """Returns an event's delivery, signed as of `at`."""
        body = json.dumps(event, indent=2).encode()
        keys = [account.webhook_secret, account.former_webhook_secret]
        return Delivery(
            account.notify_url,
            body,
            {
                "Content-Type": "application/json; charset=utf-8",
                "Stripe-Signature": signature(body, [key for key in keys if key], at=at),
            },
        )

    def redeliver(self, ref: str, *, backwards: bool = False) -> list[int]:
        """Sends all events of a session once more, newly signed; returns our answers' statuses."""
        session = self.sessions[ref]
        mine = [event for event in self.events if _is_of(event, session)]
        ordered = list(reversed(mine)) if backwards else mine
        return [self.post(self.deliver(event, session.account)) for event in ordered]

    # --- pages --------------------------------------------------------------------------------------------------------
    def _page(self, asked: Asked) -> Said:
        if asked.path == dashboard.PATH:
            return dashboard.webhook_form(NAME, asked, self.accounts)
        parts = asked.path.strip("/").split("/")
        session = self.sessions.get(parts[2]) if len(parts) > 2 else None
        if session is None:
            return pages.ended_page(NAME, "Cette page de paiement n'existe pas.", status=404)
        session.lapse()
        if session.status != "open":
            return pages.ended_page(NAME, "Cette session de paiement est terminée.")
        card = (asked.form.get("number") if asked.method == "POST" else asked.query.get("card")) or ""
        card = card.replace(" ", "")
        step = parts[3] if len(parts) > 3 else ""
        if step == "3ds" and asked.method == "GET":
            return self._challenge(session)
        if asked.method == "GET":
            return self._checkout(session)
        if step != "3ds" and card == CHALLENGED:
            return moved(f"/pay/c/{session.id}/3ds?card={quote(card)}")
        accepted = asked.form.get("answer", "accept") == "accept"
        if step == "3ds":
            card = CHALLENGED
        if self._try(session, card, authenticates=accepted):
            return moved(session.success_url.replace("{CHECKOUT_SESSION_ID}", session.id))
        return self._checkout(session)

    def _checkout(self, session: Session) -> Said:
        error = str(session.last_error["message"]) if session.last_error else ""
        content = f"""{pages.lines(session.items)}
<form method="post" action="/pay/c/{session.id}">
<label for="number">Numéro de carte ou IBAN</label>
<input id="number" name="number" autocomplete="off" required value="4242 4242 4242 4242">
<label for="expiry">Expiration</label><input id="expiry" name="expiry" value="12 / 34" autocomplete="off">
<label for="cvc">Cryptogramme</label><input id="cvc" name="cvc" value="123" autocomplete="off">
<button>Payer</button></form>
<a class="button other" href="{escape(session.cancel_url)}">Annuler et revenir</a>{pages.cards(CARDS)}"""
        return pages.pay_page(NAME, "Paiement", content, amount=session.amount, error=error)

    def _challenge(self, session: Session) -> Said:
        content = f"""<p>Votre banque demande de confirmer ce paiement.</p>
<form method="post" action="/pay/c/{session.id}/3ds">
<button name="answer" value="accept">Authentifier</button>
<button class="other" name="answer" value="refuse">Refuser</button></form>"""
        return pages.pay_page(NAME, "3-D Secure", content, amount=session.amount)


def _is_of(event: dict[str, Any], session: Session) -> bool:
    told = event["data"]["object"]
    return told.get("id") in {session.id, session.intent} or told.get("payment_intent") == session.intent != ""
