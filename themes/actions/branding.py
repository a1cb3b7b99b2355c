"""Saving a firm's look, its pictures checked and made anew."""

from contextlib import suppress
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from kernel.errors import OutsideServiceError
from kernel.tenancy import require_firm
from kernel.text import new_code
from storage.actions.files import delete_object
from tenants.middleware import forget_hosts
from themes.models import Branding
from themes.pictures import PictureRule, prepare_picture

_LOGO = PictureRule(limit=5 * 1024 * 1024, size=(600, 192), keeps_png=True)
_BACKGROUND = PictureRule(limit=15 * 1024 * 1024, size=(2560, 1440))
#: What the settings of the log-in page are.
LOGIN_FIELDS = ("offer_account_request", "offer_password_reset", "welcome_text", "welcome_text_en")


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
    # both are looked at before either is stored
    prepared = [
        (name, change, prepare_picture(change.upload, rule, name=name) if change.upload is not None else None)
        for name, change, rule in (("logo", logo, _LOGO), ("background", background, _BACKGROUND))
    ]
    added: list[str] = []
    try:
        for name, change, picture in prepared:
            former: str = getattr(branding, f"{name}_key")
            if picture is not None:
                added.append(_store(name, *picture))
                setattr(branding, f"{name}_key", added[-1])
            elif change.remove:
                setattr(branding, f"{name}_key", "")
            if former and former != getattr(branding, f"{name}_key"):
                delete_object.enqueue(key=former)
        branding.version += 1
        branding.save()
    except BaseException:
        for key in added:
            with suppress(OutsideServiceError):
                default_storage.delete(key)
        raise
    transaction.on_commit(forget_hosts)
    return branding


def _store(name: str, content: bytes, extension: str) -> str:
    """Returns the key under which a picture is now stored."""
    key = f"firms/{require_firm()}/branding/{name}-{new_code()}.{extension}"
    return default_storage.save(key, ContentFile(content))


def update_login_page(branding: Branding) -> Branding:
    """Returns the branding with what the log-in page says and offers saved, and nothing else of it."""
    branding.save(update_fields=list(LOGIN_FIELDS))
    transaction.on_commit(forget_hosts)
    return branding
