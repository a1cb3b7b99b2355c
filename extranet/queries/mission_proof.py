"""The proof of a signed mission order: what it consists of, and whether all of it is still what it was."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC

from extranet.enums_mission import SigningWay
from extranet.models import MissionOrder, MissionSignature
from kernel.errors import DomainError
from storage.backends import firm_storage
from storage.filling import read_form
from storage.models import StoredFile

#: Where the digest of the proof stands in the signed PDF's notes.
PROOF_NOTE = "MissionProof"


@dataclass(frozen=True)
class ProofCheck:
    """What came of computing a proof's digests again; None where there is nothing to compare."""

    #: The bytes that were shown are still those.
    document: bool
    #: The signed PDF, or the scan, is still what was stored.
    signed: bool
    #: The particulars are those that were written down.
    particulars: bool
    #: The signed PDF names the same proof.
    named: bool | None

    @property
    def is_intact(self) -> bool:
        """Whether nothing was changed."""
        return self.document and self.signed and self.particulars and self.named is not False


def proof_digest(signature: MissionSignature, number: str) -> str:
    """Returns the SHA-256 of the particulars of a signature, written as JSON with sorted keys (UTF-8, no spaces)."""
    particulars = {
        "number": number,
        "way": str(signature.way),
        "name": signature.name,
        "signed_at": signature.signed_at.astimezone(UTC).isoformat(),
        "local_time": signature.local_time,
        "zone": signature.zone,
        "address": signature.address or "",
        "user_agent": signature.user_agent,
        "account": signature.account,
        "email": signature.email,
        "code_verified": signature.code_verified,
        "agreed": signature.agreed,
        "early_start": signature.early_start,
        "early_start_text": signature.early_start_text,
        "document_sha256": signature.document_sha256,
        "drawing_sha256": signature.drawing_sha256,
        "uploaded_by": signature.uploaded_by,
    }
    text = json.dumps(particulars, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_proof(mission: MissionOrder) -> ProofCheck:
    """Returns whether a signed mission order is intact: its bytes are read and all digests computed again.

    Raises StorageUnavailable.
    """
    signature = mission.signature
    document, signed = read_stored(mission.stored), read_stored(signature.stored)
    digest = proof_digest(signature, mission.number)
    return ProofCheck(
        document=digest_of(document) == signature.document_sha256 == mission.sha256,
        signed=digest_of(signed) == signature.signed_sha256,
        particulars=digest == signature.proof_sha256,
        named=None if signature.way == SigningWay.PAPER else _named(signed) == digest,
    )


def read_stored(stored: StoredFile) -> bytes:
    """Returns a file's bytes, none when its object is gone; raises StorageUnavailable."""
    try:
        return b"".join(firm_storage().stream(stored.key))
    except FileNotFoundError:
        return b""


def digest_of(data: bytes) -> str:
    """Returns the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def _named(data: bytes) -> str:
    try:
        return read_form(data).info.get(f"/{PROOF_NOTE}", "")
    except DomainError:
        return ""
