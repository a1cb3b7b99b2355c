"""The only door to a file that a person is sending."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.http import Http404

from storage.models import ResumableUpload


def access_resumable(user: AbstractBaseUser, code: str) -> ResumableUpload:
    """Returns the person's own upload of this code, with its file; raises Http404 otherwise."""
    upload = ResumableUpload.objects.select_related("stored").filter(code=code, user_id=user.pk).first()
    if upload is None:
        raise Http404
    return upload
