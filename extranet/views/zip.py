"""Files that leave together."""

from collections.abc import Iterable, Mapping

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from extranet.actions.handing import Handover
from kernel.http import content_disposition
from kernel.text import safe_file_name
from storage.archive import stream_zip
from storage.models import StoredFile


def zip_response(
    files: Iterable[tuple[StoredFile, str]], *, name: str, texts: Mapping[str, str] | None = None
) -> StreamingHttpResponse:
    """Returns the download of one streamed zip, called `name`, of files under their paths (`/` makes folders)."""
    archive = stream_zip(files, texts=texts)
    response = StreamingHttpResponse(archive, content_type="application/zip")
    response["Content-Length"] = str(archive.size)
    flat = name.replace("/", "-").replace("\\", "-")
    response["Content-Disposition"] = content_disposition(safe_file_name(f"{flat}.zip", fallback=_("dossier")))
    return response


def handover_zip(handover: Handover, *, name: str) -> StreamingHttpResponse:
    """Returns the zip of what a reader gets of a dossier; a text in it names what is kept back, and why."""
    texts = {}
    if handover.withheld:
        lines = [f"{file.name}: {reason}" for file, reason in handover.withheld]
        texts = {_("Not included.txt"): "\r\n".join(lines) + "\r\n"}
    return zip_response([(stored, file.name) for file, stored in handover.given], name=name, texts=texts)
