"""Files that leave together."""

from collections.abc import Iterable

from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _

from kernel.http import content_disposition
from kernel.text import safe_file_name
from storage.archive import stream_zip
from storage.models import StoredFile


def zip_response(files: Iterable[tuple[StoredFile, str]], *, name: str) -> StreamingHttpResponse:
    """Returns the download of one streamed zip, called `name`, of files under their paths (`/` makes folders)."""
    archive = stream_zip(files)
    response = StreamingHttpResponse(archive, content_type="application/zip")
    response["Content-Length"] = str(archive.size)
    flat = name.replace("/", "-").replace("\\", "-")
    response["Content-Disposition"] = content_disposition(safe_file_name(f"{flat}.zip", fallback=_("dossier")))
    return response
