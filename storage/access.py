"""The only doors to what a person has sent and nothing uses yet."""

from collections.abc import Sequence

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404

from storage.models import ResumableUpload, StoredFile


def access_resumable(user: AbstractBaseUser, code: str) -> ResumableUpload:
    """Returns the person's own upload of this code, with its file; raises Http404 otherwise."""
    upload = ResumableUpload.objects.select_related("stored").filter(code=code, user_id=user.pk).first()
    if upload is None:
        raise Http404
    return upload


def waiting_uploads(user: AbstractBaseUser, sums: Sequence[str]) -> list[StoredFile]:
    """Returns what the person has sent with one of these SHA-256 sums and nothing uses yet, the latest first."""
    mine = StoredFile.objects.filter(uploaded_by_id=user.pk, claimed=False, sha256__in=sums)
    return list(mine.order_by("-created_at", "-pk"))
