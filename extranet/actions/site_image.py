"""Pictures of the firm's site: made small in several widths and formats when they are sent."""

import hashlib
import io
from contextlib import suppress

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.models import User
from extranet.actions.site import draft_of
from extranet.models import Site, SiteImage
from extranet.site_document import read
from extranet.site_pictures import FORMATS, WIDTHS, picture_key
from kernel.errors import DomainError, OutsideServiceError
from kernel.text import new_code, safe_file_name
from storage.actions.files import delete_object

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 40_000_000
MOST_IMAGES = 300
_TOO_MANY_PIXELS = _("This picture has too many pixels: 40 million at most.")
_ACCEPTED = ("PNG", "JPEG", "WEBP", "AVIF")
#: Pillow's options: AVIF's speed goes from 0 to 10, slow to quick.
_OPTIONS = {
    "avif": {"quality": 55, "speed": 8},
    "webp": {"quality": 78, "method": 4},
    "jpg": {"quality": 80, "optimize": True, "progressive": True},
}


def add_site_image(upload: "UploadedFile[bytes]", *, alt: str, user: User) -> SiteImage:
    """Returns the picture, stored in each width and format; the same bytes again give the picture that is there.

    Call it outside a transaction: it takes a second. Raises DomainError `too_large`, `too_many_pixels`,
    `not_an_image` or `too_many`, and StorageUnavailable, then nothing is kept.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise DomainError("too_large", _("This picture is too large: 20 MB at most."))
    upload.seek(0)
    content = upload.read()
    digest = hashlib.sha256(content).hexdigest()
    known = SiteImage.objects.filter(sha256=digest).first()
    if known is not None:
        return known
    if SiteImage.objects.count() >= MOST_IMAGES:
        raise DomainError("too_many", _("A site has 300 pictures at most: delete some first."))
    files, width, height = _derive(content)
    image = SiteImage(
        code=new_code(),
        name=safe_file_name(upload.name or "image"),
        alt=alt[:200],
        width=width,
        height=height,
        widths=sorted({width for width, _ending in files}),
        size=sum(map(len, files.values())),
        sha256=digest,
        created_by_id=user.pk,
    )
    added: list[str] = []
    try:
        for (wide, ending), data in files.items():
            added.append(default_storage.save(picture_key(image.code, wide, ending), ContentFile(data)))
        with transaction.atomic():
            stored, is_new = SiteImage.objects.get_or_create(
                sha256=digest,
                defaults={
                    field.name: getattr(image, field.name) for field in SiteImage._meta.fields if not field.primary_key
                },
            )
    except BaseException:
        _drop(added)
        raise
    if not is_new:  # another has sent it at the same time
        _drop(added)
    return stored


@transaction.atomic
def describe_site_image(image: SiteImage, *, alt: str) -> SiteImage:
    """Returns the picture with what is read to people who do not see it; visitors have it at once."""
    image.alt = alt
    image.save(update_fields=["alt"])
    site = Site.objects.select_for_update().get(pk=1)
    site.version += 1
    site.save(update_fields=["version"])
    return image


@transaction.atomic
def delete_site_image(image: SiteImage) -> None:
    """Deletes a picture; raises DomainError `in_use` while the draft or the published site shows it."""
    site = Site.objects.select_for_update().get(pk=1)
    shown = draft_of(site).pictures if site.draft is not None else set()
    if site.published is not None:
        shown |= read(site.published).pictures
    if image.code in shown:
        raise DomainError("in_use", _("The site shows this picture: take it from there first."))
    for width in image.widths:
        for ending in FORMATS:
            delete_object.enqueue(key=picture_key(image.code, width, ending))
    image.delete()


def _derive(content: bytes) -> tuple[dict[tuple[int, str], bytes], int, int]:
    """Returns the files by width and ending, and the size of the widest."""
    try:
        with Image.open(io.BytesIO(content), formats=_ACCEPTED) as opened:
            # before a pixel is read: a small file may unpack to gigabytes
            if opened.width * opened.height > MAX_PIXELS:
                raise DomainError("too_many_pixels", _TOO_MANY_PIXELS)
            upright = ImageOps.exif_transpose(opened)
            flat = _on_white(upright)
    except Image.DecompressionBombWarning as error:  # where warnings are errors
        raise DomainError("too_many_pixels", _TOO_MANY_PIXELS) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DomainError("not_an_image", _("This is not a PNG, JPEG, WebP or AVIF picture.")) from error
    widths = [width for width in WIDTHS if width < flat.width] or [flat.width]
    if flat.width >= WIDTHS[-1]:
        widths = list(WIDTHS)
    elif widths[-1] != flat.width:
        widths.append(flat.width)
    files: dict[tuple[int, str], bytes] = {}
    height = 0
    for width in widths:
        height = max(1, round(flat.height * width / flat.width))
        small = flat.resize((width, height), Image.Resampling.LANCZOS)
        for ending, (name, _media) in FORMATS.items():
            target = io.BytesIO()
            small.save(target, name, **_OPTIONS[ending])
            files[width, ending] = target.getvalue()
    return files, widths[-1], height


def _on_white(image: Image.Image) -> Image.Image:
    """Returns a picture without transparency or metadata."""
    if image.mode in {"RGBA", "LA", "P", "PA"}:
        image = image.convert("RGBA")
        ground = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(ground, image)
    return image.convert("RGB")


def _drop(keys: list[str]) -> None:
    for key in keys:
        with suppress(OutsideServiceError):
            default_storage.delete(key)
