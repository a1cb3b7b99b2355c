"""Signing a mission order, online or on paper: the proof is written once, under a lock."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from extranet.actions.history import Visit
from extranet.actions.mission import lock_mission, not_open
from extranet.actions.mission_file import file_signed_mission
from extranet.actions.mission_mail import tell_mission_code, tell_mission_signed
from extranet.actions.order_history import write_order_event
from extranet.enums_mission import MissionState, SigningWay
from extranet.enums_order import OrderEventKind
from extranet.exporters.mission_signed import signed_pdf
from extranet.models import MissionOrder, MissionSignature
from extranet.queries.mission_proof import digest_of, proof_digest, read_stored
from extranet.queries.slot import booking_settings, zone_of
from kernel.errors import DomainError
from kernel.tenancy import current_schema
from storage.actions.files import claim, delete_stored_file, store_bytes, store_upload
from storage.models import StoredFile

CODE_MINUTES = 10
CODE_ATTEMPTS = 5
#: The next code leaves no sooner than that after the last one.
CODE_WAIT_SECONDS = 30
#: What is ticked, word for word: the proof has it as it was shown.
AGREED = gettext_lazy("I have read this mission order, I agree to it and I sign it electronically.")
EARLY_START = gettext_lazy(
    "I expressly ask for the mission to begin before the end of the fourteen days in which I may withdraw. I know that "
    "I owe what was done until I withdraw, and that I lose this right once the mission is fully performed."
)


@dataclass(frozen=True)
class Signing:
    """What who signs has typed, ticked and drawn, and what it saw: the digest of the PDF in its page."""

    name: str
    sha256: str
    early_start: bool | None
    #: A PNG, or nothing.
    drawing: bytes
    visit: Visit
    #: None for who comes by the link.
    user: User | None = None
    code: str = ""


@transaction.atomic
def send_mission_code(mission: MissionOrder) -> MissionOrder:
    """Returns the mission order, whose address gets a code for CODE_MINUTES; the former code stops working.

    Raises DomainError `not_open`'s, or `code_just_sent` when the last one left less than CODE_WAIT_SECONDS ago.
    """
    locked = lock_mission(mission)
    if not locked.is_open:
        raise not_open(locked)
    now, lifetime = timezone.now(), timedelta(minutes=CODE_MINUTES)
    last = locked.code_expires_at - lifetime if locked.code_expires_at else None
    if last is not None and now - last < timedelta(seconds=CODE_WAIT_SECONDS):
        raise DomainError("code_just_sent", _("A code has just been sent: look at your mails, spam included."))
    code = f"{secrets.randbelow(1_000_000):06d}"
    locked.code_hash, locked.code_expires_at, locked.code_attempts = _hash(locked, code), now + lifetime, 0
    locked.save(update_fields=["code_hash", "code_expires_at", "code_attempts"])
    tell_mission_code(locked, code=code, minutes=CODE_MINUTES)
    return locked


def sign_mission(mission: MissionOrder, signing: Signing) -> MissionSignature:
    """Returns the signature of a mission order, its proof and the signed PDF stored; both sides get it by mail.

    Call it outside a transaction: it talks to the store. Raises DomainError `already_signed`, `withdrawn`, `replaced`,
    `changed` (what was shown is not what would be signed), `code_wrong`, `code_gone`, or StorageUnavailable.
    """
    by_link = signing.user is None
    if by_link and mission.asks_code:
        _try_code(mission, signing.code)
    mission.refresh_from_db(fields=["state", "sha256"])
    _check(mission, signing)
    shown = read_stored(mission.stored)
    if digest_of(shown) != mission.sha256:
        raise _changed()
    now = timezone.now().replace(microsecond=0)
    zone = zone_of(booking_settings())
    with translation.override(mission.language):
        signature = MissionSignature(
            mission=mission,
            way=SigningWay.LINK if by_link else SigningWay.ACCOUNT,
            name=signing.name,
            signed_at=now,
            local_time=now.astimezone(zone).isoformat(),
            zone=zone.key,
            address=signing.visit.address,
            user_agent=signing.visit.user_agent[:500],
            account=signing.user.email if signing.user is not None else "",
            email=mission.email if by_link else "",
            code_verified=by_link and mission.asks_code,
            agreed=str(AGREED),
            early_start=signing.early_start if mission.for_consumer else None,
            early_start_text=str(EARLY_START) if mission.for_consumer else "",
            document_sha256=mission.sha256,
            drawing_sha256=hashlib.sha256(signing.drawing).hexdigest() if signing.drawing else "",
        )
        signature.proof_sha256 = proof_digest(signature, mission.number)
        data = signed_pdf(mission, signature, shown=shown, drawing=signing.drawing)
        name = _("%(number)s signed.pdf") % {"number": mission.number}
    stored = store_bytes(data, name=name, user=signing.user)
    try:
        with transaction.atomic():
            locked = lock_mission(mission)
            _check(locked, signing)
            if by_link and locked.asks_code and not _is_code(locked, signing.code):
                raise _code_gone()
            return _keep(locked, signature, stored, data=data, user=signing.user, visit=signing.visit)
    except BaseException:
        delete_stored_file(stored)
        raise


def sign_mission_on_paper(
    mission: MissionOrder, upload: "UploadedFile[Any]", *, name: str, user: User, visit: Visit
) -> MissionSignature:
    """Returns the signature of a mission order that was signed on paper: the scan is kept as it is, and said to be one.

    Call it outside a transaction. Raises DomainError `already_signed`, `withdrawn`, `replaced`, `no_scan`, storage's.
    """
    if not mission.is_open:
        raise not_open(mission)
    stored = store_upload(upload, user=user)
    try:
        if not stored.is_readable:
            raise DomainError("no_scan", _("A scan is a PDF or a picture."))
        data = read_stored(stored)
        now = timezone.now().replace(microsecond=0)
        zone = zone_of(booking_settings())
        signature = MissionSignature(
            mission=mission,
            way=SigningWay.PAPER,
            name=name,
            signed_at=now,
            local_time=now.astimezone(zone).isoformat(),
            zone=zone.key,
            address=visit.address,
            user_agent=visit.user_agent[:500],
            document_sha256=mission.sha256,
            uploaded_by=str(user)[:120],
        )
        signature.proof_sha256 = proof_digest(signature, mission.number)
        with transaction.atomic():
            locked = lock_mission(mission)
            if not locked.is_open:
                raise not_open(locked)
            return _keep(locked, signature, stored, data=data, user=user, visit=visit)
    except BaseException:
        delete_stored_file(stored)
        raise


def _keep(
    mission: MissionOrder,
    signature: MissionSignature,
    stored: StoredFile,
    *,
    data: bytes,
    user: User | None,
    visit: Visit,
) -> MissionSignature:
    """Writes the proof of a locked mission order, and tells everybody."""
    signature.mission = mission
    signature.stored, signature.signed_sha256 = claim(stored), stored.sha256
    signature.save()
    mission.state, mission.ended_at = MissionState.SIGNED, signature.signed_at
    mission.code_hash, mission.code_expires_at = "", None
    mission.save(update_fields=["state", "ended_at", "code_hash", "code_expires_at"])
    subject = f"{mission.number} – {signature.name}"
    write_order_event(mission.order, OrderEventKind.ODM_SIGNED, actor=user, subject=subject, visit=visit)
    tell_mission_signed(mission, signature, data=data, file=stored)
    if mission.order.dossier_id is not None:
        file_signed_mission.enqueue(mission_id=mission.pk, once=str(mission.pk))
    return signature


def _check(mission: MissionOrder, signing: Signing) -> None:
    if not mission.is_open:
        raise not_open(mission)
    if not constant_time_compare(mission.sha256, signing.sha256):
        raise _changed()


def _changed() -> DomainError:
    text = _("The document is not the one that this page has shown: reload the page and read it again.")
    return DomainError("changed", text)


def _try_code(mission: MissionOrder, code: str) -> None:
    """Counts an attempt that is wrong; raises `code_wrong`, or `code_gone` when a new code must be asked for."""
    with transaction.atomic():
        locked = lock_mission(mission)
        refused = _refusal(locked, code) if locked.is_open else not_open(locked)
    # outside: a wrong attempt is counted, whatever is raised
    if refused is not None:
        raise refused


def _refusal(mission: MissionOrder, code: str) -> DomainError | None:
    if not mission.code_hash or mission.code_expires_at is None or mission.code_expires_at <= timezone.now():
        return _code_gone()
    if _is_code(mission, code):
        return None
    mission.code_attempts += 1
    spent = mission.code_attempts >= CODE_ATTEMPTS
    if spent:
        mission.code_hash = ""
    mission.save(update_fields=["code_attempts", "code_hash"])
    wrong = DomainError("code_wrong", _("This is not the code that we sent: check it and try again."))
    return _code_gone() if spent else wrong


def _is_code(mission: MissionOrder, code: str) -> bool:
    return bool(mission.code_hash) and constant_time_compare(mission.code_hash, _hash(mission, code))


def _code_gone() -> DomainError:
    return DomainError("code_gone", _("This code no longer works: ask for a new one."))


def _hash(mission: MissionOrder, code: str) -> str:
    salt = f"mission-code.{current_schema()}.{mission.code}"
    return salted_hmac(salt, code, algorithm="sha256").hexdigest()
