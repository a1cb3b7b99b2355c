"""What a file is taken for, by its name."""

import pytest

from extranet.enums import FileKind
from extranet.file_kinds import guess_kind

PDF = "application/pdf"


@pytest.mark.parametrize(
    ("name", "content_type", "kind"),
    [
        ("DPE.pdf", PDF, FileKind.REPORT),
        ("2026_amiante_maison.pdf", PDF, FileKind.REPORT),
        ("CREP-12.docx", "application/msword", FileKind.REPORT),
        ("plomb.txt", "text/plain", FileKind.REPORT),
        ("Diagnostic GAZ.pdf", PDF, FileKind.REPORT),
        ("Électricité.pdf", PDF, FileKind.REPORT),
        ("ELEC.txt", "text/plain", FileKind.REPORT),
        ("Termites 2026.pdf", PDF, FileKind.REPORT),
        ("carrez.pdf", PDF, FileKind.REPORT),
        ("ERP2026.pdf", PDF, FileKind.REPORT),
        ("DDT.zip", "application/zip", FileKind.REPORT),
        ("Facture n°12 - DPE.pdf", PDF, FileKind.INVOICE),
        ("Attestation amiante.pdf", PDF, FileKind.CERTIFICATE),
        ("certificat.pdf", PDF, FileKind.CERTIFICATE),
        ("export_GENAPI_facture.zip", "application/zip", FileKind.GENAPI),
        ("façade.jpg", "image/jpeg", FileKind.PHOTO),
        ("plan du DPE.png", "image/png", FileKind.REPORT),
        ("sans nom.pdf", PDF, FileKind.REPORT),
        ("notes.txt", "text/plain", FileKind.OTHER),
        # a word, not a part of one
        ("magazine.txt", "text/plain", FileKind.OTHER),
        ("superposition.txt", "text/plain", FileKind.OTHER),
        ("", "text/plain", FileKind.OTHER),
    ],
)
def test_the_kind_is_guessed_from_the_words_of_the_name(name: str, content_type: str, kind: FileKind) -> None:
    assert guess_kind(name, content_type) == kind
