"""A double of the four carriers of text messages, one server for all: their authentication, errors and calls back.

OVHcloud: api.ovh.com (python-ovh). Brevo: developers.brevo.com. Twilio: twilio.com/docs. smsmode: dev.smsmode.com.
"""

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from html import escape
from typing import Any
from urllib.parse import urlencode

from tests.gateways.outbox import PostingStandIn
from tests.gateways.server import Asked, Delivery, Said, page

#: What each carrier accepts.
KEYS: dict[str, dict[str, str]] = {
    "ovh": {
        "service": "sms-ab12345-1",
        "application_key": "demo-ak-0001",
        "application_secret": "demo-as-0002",
        "consumer_key": "demo-ck-0003",
    },
    "brevo": {"api_key": "xkeysib-demo-0123456789"},
    "twilio": {
        "account_sid": "AC" + "0" * 31 + "1",
        "auth_token": "demo-token-0004",
        "messaging_service": "MG" + "0" * 32,
    },
    "smsmode": {"api_key": "demo-smsmode-0005"},
}
#: The number of somebody whom OVHcloud, Brevo and Twilio keep on their own list of STOP.
BLACKLISTED = "+33600000099"


@dataclass
class Text:
    """A message that a carrier took."""

    carrier: str
    ref: str
    to: str
    text: str
    sender: str
    reference: str
    callback: str
    is_unicode: bool


@dataclass
class SmsStandIn(PostingStandIn):
    """The carriers; `busy` calls in a row are answered 429, `texts` is what was taken."""

    texts: list[Text] = field(default_factory=list)
    busy: int = 0
    #: Where OVHcloud tells its states: a setting of the service, not of a message.
    ovh_callback: str = ""
    #: Whether each message is delivered at once.
    delivers: bool = False
    _count: int = 0

    def is_page(self, asked: Asked) -> bool:
        return asked.path == "/"

    def handle(self, asked: Asked) -> Said:
        if asked.path == "/":
            return self._page()
        if self.busy:
            self.busy -= 1
            return Said(429, b'{"message": "Too many requests"}', headers={"Retry-After": "7"})
        if asked.path == "/1.0/auth/time":
            return Said(200, str(int(time.time())).encode())
        if asked.path.startswith("/1.0/sms/"):
            return self._ovh(asked)
        if asked.path.startswith("/v3/"):
            return self._brevo(asked)
        if asked.path.startswith("/2010-04-01/"):
            return self._twilio(asked)
        return self._smsmode(asked)

    # --- OVHcloud ---

    def _ovh(self, asked: Asked) -> Said:
        keys, head = KEYS["ovh"], asked.headers
        parts = [keys["application_secret"], keys["consumer_key"], asked.method, f"{self.url}{asked.path}"]
        parts += [asked.body.decode(), head.get("x-ovh-timestamp", "")]
        signature = "$1$" + hashlib.sha1("+".join(parts).encode()).hexdigest()
        if head.get("x-ovh-application") != keys["application_key"]:
            return _json(403, errorCode="INVALID_KEY", message="This application key is invalid")
        if head.get("x-ovh-consumer") != keys["consumer_key"]:
            return _json(403, errorCode="INVALID_CREDENTIAL", message="This credential is not valid")
        if head.get("x-ovh-signature") != signature:
            return _json(400, errorCode="INVALID_SIGNATURE", message="Invalid signature")
        if not asked.path.startswith(f"/1.0/sms/{keys['service']}"):
            return _json(404, message="This service does not exist")
        if asked.method == "GET":
            return _json(200, name=keys["service"], creditsLeft=412.5)
        sent = json.loads(asked.body)
        assert sent["noStopClause"] is True
        assert len(sent["receivers"]) == 1
        if sent.get("sender") == "UNKNOWN":
            return _json(400, message="Sender UNKNOWN does not exist")
        to = sent["receivers"][0]
        if to == BLACKLISTED:
            return _json(200, totalCreditsRemoved=0, ids=[], validReceivers=[to], invalidReceivers=[])
        one = self._take(
            "ovh", to, sent["message"], sent.get("sender", ""), sent["tag"], self.ovh_callback, sent["coding"] == "8bit"
        )
        return _json(200, totalCreditsRemoved=1, ids=[int(one.ref)], validReceivers=[to], invalidReceivers=[])

    # --- Brevo ---

    def _brevo(self, asked: Asked) -> Said:
        if asked.headers.get("api-key") != KEYS["brevo"]["api_key"]:
            return _json(401, code="unauthorized", message="Key not found")
        if asked.path == "/v3/account":
            plans = [{"type": "free", "credits": 300}, {"type": "sms", "credits": 87}]
            return _json(200, email="a@b.example", plan=plans)
        sent = json.loads(asked.body)
        if f"+{sent['recipient']}" == BLACKLISTED:
            return _json(400, code="invalid_parameter", message="Contact is blacklisted")
        one = self._take(
            "brevo",
            f"+{sent['recipient']}",
            sent["content"],
            sent["sender"],
            sent["tag"],
            sent["webUrl"],
            sent["unicodeEnabled"],
        )
        return _json(201, reference="r1", messageId=int(one.ref), smsCount=1, usedCredits=4.5, remainingCredits=82.5)

    # --- Twilio ---

    def _twilio(self, asked: Asked) -> Said:
        keys = KEYS["twilio"]
        wanted = base64.b64encode(f"{keys['account_sid']}:{keys['auth_token']}".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {wanted}":
            return _json(401, code=20003, message="Authenticate", status=401)
        if asked.path.endswith("/Balance.json"):
            return _json(200, balance="12.34", currency="USD", account_sid=keys["account_sid"])
        form = asked.form
        if form["To"] == BLACKLISTED:
            return _json(400, code=21610, message="Attempt to send to unsubscribed recipient", status=400)
        sender = form.get("From") or form["MessagingServiceSid"]
        one = self._take("twilio", form["To"], form["Body"], sender, "", form["StatusCallback"], False)
        return _json(201, sid=one.ref, status="queued", num_segments="1", price=None, price_unit="USD", error_code=None)

    # --- smsmode ---

    def _smsmode(self, asked: Asked) -> Said:
        if asked.headers.get("x-api-key") != KEYS["smsmode"]["api_key"]:
            return _json(401, status=401, message="Unauthorized")
        if asked.path == "/commons/v1/organisations":
            return _json(200, items=[{"label": "Demo", "balance": {"amount": 31.2, "currency": "EUR"}}])
        sent = json.loads(asked.body)
        body = sent["body"]
        one = self._take(
            "smsmode",
            f"+{sent['recipient']['to']}",
            body["text"],
            sent.get("from", ""),
            sent["refClient"],
            sent["callbackUrlStatus"],
            body["encoding"] == "UNICODE",
        )
        price = {"amount": 0.058, "currency": "EUR"}
        return _json(201, messageId=one.ref, price=price, status={"value": "ENROUTE"}, body={"messagePartCount": 1})

    def _take(
        self, carrier: str, to: str, text: str, sender: str, reference: str, callback: str, is_unicode: bool
    ) -> Text:
        self._count += 1
        name = f"SM{self._count:032d}" if carrier == "twilio" else str(9_000_000 + self._count)
        one = Text(carrier, name, to, text, sender, reference, callback, is_unicode)
        self.texts.append(one)
        if self.delivers and callback:
            self.outbox.append(self.status(one))
        return one

    # --- what the carriers call us with ---

    def status(self, one: Text, *, failed: bool = False) -> Delivery:
        """Returns the call that tells that a message was delivered, or (`failed`) not."""
        if one.carrier == "ovh":
            told = {"id": one.ref, "ptt": "5" if failed else "4", "descriptionDlr": "Failed" if failed else "Success"}
            return Delivery(f"{one.callback}?{urlencode(told)}", b"", {})
        if one.carrier == "brevo":
            status = "hardBounces" if failed else "delivered"
            return _json_call(one.callback, status="OK", msg_status=status, to=one.to[1:], messageId=int(one.ref))
        if one.carrier == "twilio":
            form = {"MessageSid": one.ref, "MessageStatus": "undelivered" if failed else "delivered", "To": one.to}
            return twilio_call(one.callback, form | ({"ErrorCode": "30005"} if failed else {}))
        value = "UNDELIVERABLE" if failed else "DELIVERED"
        return _json_call(one.callback, messageId=one.ref, direction="MT", status={"value": value})

    def reply(self, one: Text, text: str) -> Delivery:
        """Returns the call that tells what the reader of a message answered."""
        if one.carrier == "ovh":
            told = {"id": "77", "senderid": one.to.replace("+", "00"), "message": text, "date": "20261129103000"}
            return Delivery(f"{one.callback}?{urlencode(told)}", b"", {})
        if one.carrier == "brevo":
            return _json_call(one.callback, msg_status="replied", to=one.to[1:], reply=text, messageId=int(one.ref))
        if one.carrier == "twilio":
            return twilio_call(one.callback, {"MessageSid": "SM9", "From": one.to, "To": "+33644", "Body": text})
        return _json_call(
            one.callback,
            messageId="mo-1",
            direction="MO",
            body={"text": text},
            originMessageId=one.ref,
            **{"from": one.to[1:]},
        )

    def _page(self) -> Said:
        rows = "".join(
            f"<tr><td>{escape(one.carrier)}</td><td>{escape(one.sender)} → {escape(one.to)}</td>"
            f"<td>{escape(one.text)}</td></tr>"
            for one in reversed(self.texts)
        )
        return page(
            '<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>SMS (test)</title></head>'
            f"<body><h1>SMS de démonstration</h1><p>Aucun SMS ne part.</p><table>{rows}</table></body></html>"
        )


def twilio_call(url: str, form: dict[str, str]) -> Delivery:
    """Returns a call of Twilio's, signed with the account's token."""
    text = url + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.new(KEYS["twilio"]["auth_token"].encode(), text.encode(), hashlib.sha1).digest())
    headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature.decode()}
    return Delivery(url, urlencode(form).encode(), headers)


def _json(status: int, /, **told: Any) -> Said:
    return Said(status, json.dumps(told).encode())


def _json_call(url: str, /, **told: Any) -> Delivery:
    return Delivery(url, json.dumps(told).encode(), {"Content-Type": "application/json"})
