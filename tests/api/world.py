"""Things of alpha that calls of the API are about, each named as its addresses name it."""

from dataclasses import dataclass

from extranet.actions.dossier_access import give_access
from extranet.models import Contact, Dossier, DossierFile
from kernel.tenancy import firm_context
from storage.actions.files import store_bytes
from storage.models import StoredFile
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier, files_of
from tests.storage.builders import pdf


@dataclass(frozen=True)
class ApiWorld:
    """A dossier of Alice's with a file, known by a name of other software, an upload that waits, and Charlie."""

    dossier: Dossier
    file: DossierFile
    contact: Contact
    other: Contact
    upload: StoredFile

    def arguments(self, path: str) -> dict[str, str]:
        """Returns what stands in the braces of an address, as the specification or a route writes it."""
        subject = path.removeprefix("/api/v1/").partition("/")[0]
        codes = {"dossiers": self.dossier.code, "contacts": self.contact.code}
        names = {"dossiers": self.dossier.external_id, "contacts": self.contact.external_id}
        return {
            "code": codes.get(subject, ""),
            "external_id": names.get(subject, ""),
            "file_code": self.file.code,
            "contact": self.contact.code,
        }


def make_api_world(cast: Cast) -> ApiWorld:
    """Returns the things, made in alpha by Bob."""
    with firm_context("firm_alpha"):
        dossier = add_dossier("Maison Le Goff", user=cast.bob, files={"dpe.pdf": pdf()})
        dossier.external_id = "2026-0417"
        dossier.save(update_fields=["external_id"])
        give_access(dossier, contact=cast.alice, user=cast.bob)
        cast.alice.external_id = "C-1"
        cast.alice.save(update_fields=["external_id"])
        upload = store_bytes(b"%PDF-1.4 waits", name="amiante.pdf", user=cast.anna)
        return ApiWorld(dossier, files_of(dossier)[0], cast.alice, cast.charlie, upload)
