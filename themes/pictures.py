"""Pictures from outside, made anew: upright, reduced, without metadata, and refused where they would cost too much."""

import io
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from kernel.errors import DomainError

_FORMATS = ("PNG", "JPEG", "WEBP")
_MAX_PIXELS = 40_000_000


@dataclass(frozen=True)
class PictureRule:
    """What a picture may weigh in bytes, the box of pixels it is reduced to, and whether it is kept as PNG anyway."""

    limit: int
    size: tuple[int, int]
    keeps_png: bool = False


def prepare_picture(upload: "UploadedFile[Any]", rule: PictureRule, *, name: str) -> tuple[bytes, str]:
    """Returns the picture and its extension: a PNG where it may be transparent, else a JPEG.

    Raises DomainError `<name>:too_large`, `<name>:too_many_pixels` (told from its head, before anything is unpacked) or
    `<name>:not_an_image`, as an SVG is: its scripts have no place on a page of ours.
    """
    if (upload.size or 0) > rule.limit:
        raise DomainError(
            f"{name}:too_large",
            _("This picture is too large: %(limit)d MB at most.") % {"limit": rule.limit // 1024**2},
        )
    try:
        with Image.open(upload, formats=_FORMATS) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise _too_many_pixels(name)
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail(rule.size)
            target = io.BytesIO()
            if rule.keeps_png or upright.mode in {"RGBA", "LA", "P", "PA"}:
                upright.convert("RGBA").save(target, "PNG", optimize=True)
                return target.getvalue(), "png"
            upright.convert("RGB").save(target, "JPEG", quality=85, optimize=True, progressive=True)
            return target.getvalue(), "jpg"
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(name) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise DomainError(f"{name}:not_an_image", _("This is not a PNG, JPEG or WebP picture.")) from error


def _too_many_pixels(name: str) -> DomainError:
    return DomainError(f"{name}:too_many_pixels", _("This picture has too many pixels: 40 million at most."))
