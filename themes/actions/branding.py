"""Saving a firm's look, its pictures checked and made anew."""

from contextlib import suppress
from dataclasses import dataclass

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from kernel.errors import DomainError, OutsideServiceError
from kernel.tenancy import require_firm
from kernel.text import new_code
from storage.actions.files import delete_object
from tenants.middleware import forget_hosts
from themes.models import Branding
from themes.pictures import PictureRule, prepare_picture

#: What an undo brings back.
LOOK = (
    "site_name",
    "logo_key",
    "background_key",
    "background_color",
    "button_color",
    "language",
    "rows_per_page",
    "top_offset",
)
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
        # the row, not the instance: a form has written on that
        stored = Branding.objects.select_for_update().get(pk=branding.pk)
        for name, change, picture in prepared:
            if picture is not None:
                added.append(_store(name, *picture))
                setattr(branding, f"{name}_key", added[-1])
            elif change.remove:
                setattr(branding, f"{name}_key", "")
        branding.previous = _look_of(stored)
        _drop_pictures(stored, kept=branding)
        branding.version = stored.version + 1
        branding.save()
    except BaseException:
        for key in added:
            with suppress(OutsideServiceError):
                default_storage.delete(key)
        raise
    transaction.on_commit(forget_hosts)
    return branding


@transaction.atomic
def undo_branding(branding: Branding) -> Branding:
    """Returns the branding as it was before its last change, which the next undo brings back.

    Raises DomainError `nothing_to_undo`.
    """
    stored = Branding.objects.select_for_update().get(pk=branding.pk)
    if not stored.previous:
        raise DomainError("nothing_to_undo", _("There is no former look to go back to."))
    before, stored.previous = stored.previous, _look_of(stored)
    for name in LOOK:
        setattr(stored, name, before[name])
    stored.version += 1
    stored.save()
    transaction.on_commit(forget_hosts)
    return stored


def _look_of(branding: Branding) -> dict[str, str | int]:
    return {name: getattr(branding, name) for name in LOOK}


def _drop_pictures(stored: Branding, *, kept: Branding) -> None:
    """Has the pictures deleted that neither the look nor the one before it shows any more."""
    needed = {look[name] for look in (_look_of(kept), kept.previous or {}) for name in ("logo_key", "background_key")}
    former = {stored.previous[name] for name in ("logo_key", "background_key")} if stored.previous else set()
    for key in sorted(former - needed - {""}):
        delete_object.enqueue(key=key)


def _store(name: str, content: bytes, extension: str) -> str:
    """Returns the key under which a picture is now stored."""
    key = f"firms/{require_firm()}/branding/{name}-{new_code()}.{extension}"
    return default_storage.save(key, ContentFile(content))


def update_login_page(branding: Branding) -> Branding:
    """Returns the branding with what the log-in page says and offers saved, and nothing else of it."""
    branding.save(update_fields=list(LOGIN_FIELDS))
    transaction.on_commit(forget_hosts)
    return branding
