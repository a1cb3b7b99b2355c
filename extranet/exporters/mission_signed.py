"""The signed mission order: the pages that were shown, then the page of proof, in the active language."""

from io import BytesIO

from django.utils.translation import gettext as _

from extranet.models import MissionOrder, MissionSignature
from extranet.queries.company import legal_mentions
from extranet.queries.mission_proof import PROOF_NOTE, proof_digest
from storage.filling import join_pdfs
from themes.letter import GREY, Letter


def signed_pdf(mission: MissionOrder, signature: MissionSignature, *, shown: bytes, drawing: bytes) -> bytes:
    """Returns the pages of `shown` and a page of proof; the shown file itself is inside, for whoever computes its hash.

    Raises StorageUnavailable or DomainError (storage.filling).
    """
    title = _("Mission order %(number)s, signed") % {"number": mission.number}
    notes = {"Title": title, PROOF_NOTE: proof_digest(signature, mission.number)}
    return join_pdfs(
        [shown, _proof_page(mission, signature, drawing)], info=notes, attached=[(mission.file_name, shown)]
    )


def _proof_page(mission: MissionOrder, signature: MissionSignature, drawing: bytes) -> bytes:
    letter = Letter(title=_("Proof of signature"), mentions=legal_mentions())
    letter.write_text(_("Proof of signature"), size=18, bold=True)
    letter.ln(2)
    letter.write_text(
        _("The pages before this one were shown online and signed as follows (simple electronic signature, eIDAS)."),
        colour=GREY,
    )
    letter.ln(3)
    letter.write_facts(
        [
            (_("Mission order"), mission.number),
            (_("Signed by"), signature.name),
            (_("Signed on"), f"{signature.local_time} ({signature.zone})"),
            (_("Coordinated universal time"), signature.signed_at.strftime("%Y-%m-%dT%H:%M:%SZ")),
            (_("Way"), str(signature.get_way_display())),
            (_("Account"), signature.account),
            (_("E-mail address of the link"), signature.email),
            (_("Code sent to this address"), _("typed correctly") if signature.code_verified else ""),
            (_("IP address"), signature.address or ""),
            (_("Browser"), signature.user_agent),
        ]
    )
    letter.ln(3)
    letter.write_text(_("Agreed to"), size=12, bold=True)
    letter.write_text(f"[X] {signature.agreed}")
    if signature.early_start is not None:
        letter.ln(1)
        letter.write_text(f"{'[X]' if signature.early_start else '[  ]'} {signature.early_start_text}")
    letter.ln(3)
    if drawing:
        letter.write_text(_("Drawn signature"), size=12, bold=True)
        letter.image(BytesIO(drawing), w=80, h=32, keep_aspect_ratio=True)
        letter.ln(3)
    letter.write_text(_("Digests (SHA-256)"), size=12, bold=True)
    letter.write_facts(
        [
            (_("Document shown"), signature.document_sha256),
            (_("Drawn signature"), signature.drawing_sha256),
            (_("Particulars of this page"), proof_digest(signature, mission.number)),
        ]
    )
    letter.ln(2)
    letter.write_text(
        _("The document that was shown is inside this file as an attachment: its digest can be computed again."),
        size=9,
        colour=GREY,
    )
    return letter.data()
