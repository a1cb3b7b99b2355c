"""Secrets at rest: sealed with a key derived from SECRET_KEY, opened with the former ones too."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def _fernet() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_derive(key)) for key in keys])


def _derive(key: str) -> bytes:
    material = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"diagdesk.secrets").derive(key.encode())
    return base64.urlsafe_b64encode(material)


def encrypt(text: str) -> str:
    """Returns `text` sealed (Fernet: AES-128-CBC with HMAC-SHA-256)."""
    return _fernet().encrypt(text.encode()).decode()


def decrypt(sealed: str) -> str:
    """Returns what `encrypt` sealed; raises ValueError when no present or former key opens it."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise ValueError("no key opens this secret") from error


def reseal(sealed: str) -> str:
    """Returns the same secret sealed with the present key, unchanged where it is already; raises ValueError as decrypt.

    Once every secret is so, the former keys can go.
    """
    try:
        Fernet(_derive(settings.SECRET_KEY)).decrypt(sealed.encode())
    except InvalidToken:
        pass
    else:
        return sealed
    try:
        return _fernet().rotate(sealed.encode()).decode()
    except InvalidToken as error:
        raise ValueError("no key opens this secret") from error
