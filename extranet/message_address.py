"""The address to which an answer to a message goes: short, in small letters, and worth something in one firm only."""

import re
from dataclasses import dataclass

from django.conf import settings

from kernel.signing import is_sealed, seal

_PURPOSE = "message-reply"
_ADDRESS = re.compile(r"reply\+(?P<firm>\d{1,9})\.(?P<code>[a-z0-9]{12})\.(?P<person>\d{1,12})\.(?P<mark>[a-z2-7]{16})")


@dataclass(frozen=True)
class ReplyAddress:
    """What an address names: the firm's key, the code of a conversation's first message, who answers."""

    firm_id: int
    code: str
    user_id: int
    mark: str

    def is_genuine(self) -> bool:
        """Returns whether we made it, for the firm whose schema is the current one."""
        return is_sealed(_named(self.firm_id, self.code, self.user_id), self.mark, purpose=_PURPOSE)


def reply_address(*, firm_id: int, code: str, user_id: int) -> str:
    """Returns the address for one person's answers in a conversation, empty where no mail comes in."""
    if not settings.INBOUND_DOMAIN:
        return ""
    named = _named(firm_id, code, user_id)
    return f"reply+{named}.{seal(named, purpose=_PURPOSE)}@{settings.INBOUND_DOMAIN}"


def read_reply_address(address: str) -> ReplyAddress | None:
    """Returns what an address names, None when it is none of ours; whether it is genuine its firm's schema tells."""
    local, _at, domain = address.lower().rpartition("@")
    found = _ADDRESS.fullmatch(local)
    if found is None or not settings.INBOUND_DOMAIN or domain != settings.INBOUND_DOMAIN:
        return None
    return ReplyAddress(int(found["firm"]), found["code"], int(found["person"]), found["mark"])


def _named(firm_id: int, code: str, user_id: int) -> str:
    return f"{firm_id}.{code}.{user_id}"
