"""Where reports about a mail come back to: an envelope sender of its own (VERP), signed for its firm."""

import re
from dataclasses import dataclass

from django.conf import settings

from kernel.signing import is_sealed, seal
from kernel.tenancy import PUBLIC, current_schema, firm_context, public_context
from mail.models import OutgoingMail
from tenants.models import Firm

_PURPOSE = "mail-bounce"
#: bounce+<code of the mail>.<number of the firm, 0 for the platform>.<signature>
_ADDRESS = re.compile(r"bounce\+([0-9a-z]{12})\.(\d{1,12})\.([0-9a-z]{16})@([^\s<>@]+)", re.IGNORECASE)


@dataclass(frozen=True)
class BounceToken:
    """What a bounce address says of a mail, its signature checked."""

    schema: str
    code: str


def bounce_address(mail: OutgoingMail) -> str:
    """Returns the envelope sender of a mail of the current firm; empty where no mail comes back to us."""
    if not settings.INBOUND_DOMAIN:
        return ""
    schema = current_schema()
    firm = 0
    if schema != PUBLIC:
        firm = Firm.objects.values_list("pk", flat=True).get(schema_name=schema)
    return f"bounce+{mail.code}.{firm}.{seal(mail.code, purpose=_PURPOSE)}@{settings.INBOUND_DOMAIN}"


def read_bounce_address(text: str) -> BounceToken | None:
    """Returns the first token in a text whose signature is its firm's, None where there is none."""
    for code, number, signature, domain in _ADDRESS.findall(text):
        if domain.lower().rstrip(".") != settings.INBOUND_DOMAIN:
            continue
        schema = _schema_of(int(number))
        if schema is not None and _is_signed(schema, code.lower(), signature.lower()):
            return BounceToken(schema, code.lower())
    return None


def _schema_of(number: int) -> str | None:
    if not number:
        return PUBLIC
    with public_context():
        schema: str | None = Firm.objects.filter(pk=number).values_list("schema_name", flat=True).first()
    return schema


def _is_signed(schema: str, code: str, signature: str) -> bool:
    with firm_context(schema):
        return is_sealed(code, signature, purpose=_PURPOSE)
