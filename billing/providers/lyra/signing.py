"""The two signatures of Lyra, both HMAC-SHA-256: of the form's fields, and of the raw answer of a notification."""

import base64
import hmac
from collections.abc import Mapping


def form_signature(fields: Mapping[str, str], key: str) -> str:
    """Returns the signature of a form: the values of all `vads_` fields in the order of their names, then the key."""
    values = [value for name, value in sorted(fields.items()) if name.startswith("vads_")]
    return base64.b64encode(hmac.digest(key.encode(), "+".join([*values, key]).encode(), "sha256")).decode()


def answer_hash(answer: str, key: str) -> str:
    """Returns the `kr-hash` of a raw `kr-answer`."""
    return hmac.digest(key.encode(), answer.encode(), "sha256").hex()


def is_form_signed(fields: Mapping[str, str], key: str) -> bool:
    """Whether a form as received carries the signature of this key; never for an empty key."""
    told = fields.get("signature", "").encode()
    return bool(key) and hmac.compare_digest(form_signature(fields, key).encode(), told)


def is_answer_signed(answer: str, told: str, key: str) -> bool:
    r"""Whether an answer is hashed with this key, also where something on the way wrote `/` as `\/`."""
    if not key:
        return False
    return any(
        hmac.compare_digest(answer_hash(form, key).encode(), told.encode())
        for form in (answer, answer.replace("\\/", "/"))
    )
