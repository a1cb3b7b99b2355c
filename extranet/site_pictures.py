"""Where the files of a site's pictures lie, and in which widths and formats there are files."""

from kernel.tenancy import require_firm

WIDTHS = (480, 960, 1600)
#: Ending → (Pillow's name, media type); browsers take the first that they know.
FORMATS = {"avif": ("AVIF", "image/avif"), "webp": ("WEBP", "image/webp"), "jpg": ("JPEG", "image/jpeg")}


def picture_key(code: str, width: int, ending: str) -> str:
    """Returns the key of the object of a picture in the current firm."""
    return f"firms/{require_firm()}/site/{code}-{width}.{ending}"
