"""Saving a firm's look, its pictures checked and made anew."""

import io
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from kernel.errors import DomainError
from kernel.tenancy import require_firm
from kernel.text import new_code
from tenants.middleware import forget_hosts
from themes.models import Branding

_FORMATS = ("PNG", "JPEG", "WEBP")
_MAX_PIXELS = 40_000_000
_LOGO = (600, 192)
_BACKGROUND = (2560, 1440)
_LIMITS = {"logo": 5 * 1024 * 1024, "background": 15 * 1024 * 1024}


@dataclass(frozen=True)
class ImageChange:
    """What becomes of a picture: a new one, none any more, or (neither) the one there is."""

    upload: "UploadedFile[bytes] | None" = None
    remove: bool = False


@transaction.atomic
def update_branding(branding: Branding, *, logo: ImageChange, background: ImageChange) -> Branding:
    """Returns the saved branding with its version grown by one.

    Raises DomainError `logo:…` or `background:…` for a picture that is none, too large or of another format.
    """
    dropped = [
        key
        for key in (
            _change(branding, "logo_key", "logo", logo, size=_LOGO),
            _change(branding, "background_key", "background", background, size=_BACKGROUND),
        )
        if key
    ]
    branding.version += 1
    branding.save()
    transaction.on_commit(lambda: _forget(dropped))
    return branding


def _change(branding: Branding, attribute: str, name: str, change: ImageChange, *, size: tuple[int, int]) -> str:
    """Returns the key of the picture that is no longer used, empty when there is none."""
    former: str = getattr(branding, attribute)
    if change.upload is not None:
        content, extension = _prepare(change.upload, name=name, size=size)
        key = f"firms/{require_firm()}/branding/{name}-{new_code()}.{extension}"
        setattr(branding, attribute, default_storage.save(key, ContentFile(content)))
        return former
    if change.remove:
        setattr(branding, attribute, "")
        return former
    return ""


def _prepare(upload: "UploadedFile[bytes]", *, name: str, size: tuple[int, int]) -> tuple[bytes, str]:
    """Returns the picture as PNG or JPEG, turned upright, reduced, without metadata."""
    limit = _LIMITS[name]
    if (upload.size or 0) > limit:
        raise DomainError(
            f"{name}:too_large", _("This picture is too large: %(limit)d MB at most.") % {"limit": limit // 1024**2}
        )
    try:
        with Image.open(upload, formats=_FORMATS) as image:
            if image.width * image.height > _MAX_PIXELS:
                raise DomainError(f"{name}:too_many_pixels", _("This picture has too many pixels: 40 million at most."))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail(size)
            transparent = upright.mode in {"RGBA", "LA", "P", "PA"}
            target = io.BytesIO()
            if transparent or name == "logo":
                upright.convert("RGBA").save(target, "PNG", optimize=True)
                return target.getvalue(), "png"
            upright.convert("RGB").save(target, "JPEG", quality=85, optimize=True, progressive=True)
            return target.getvalue(), "jpg"
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DomainError(f"{name}:not_an_image", _("This is not a PNG, JPEG or WebP picture.")) from error


def _forget(keys: list[str]) -> None:
    forget_hosts()
    for key in keys:
        default_storage.delete(key)
