"""The console's tests: an operator logged in with its second factor, and a firm of its own to spoil."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from accounts.actions.signup import open_firm
from accounts.models import User
from console.actions.audit import By
from extranet.actions.dossier import create_dossier
from extranet.actions.dossier_file import FileInput
from kernel.crypto import encrypt
from kernel.tenancy import firm_context
from storage.actions.files import store_upload
from tenants.models import Firm
from tests.console.support import code_of
from tests.factories.cast import PASSWORD, Cast
from tests.support import at_host

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, settings: Any) -> None:
    """Objects are not rolled back: each test has a folder of its own."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "storage.backends.DiskFirmStorage", "OPTIONS": {"location": str(tmp_path / "store")}},
    }


@pytest.fixture
def secret(cast: Cast) -> str:
    """The secret of Oscar's authenticator."""
    secret: str = generate_totp_secret()
    Authenticator.objects.create(user_id=cast.oscar.pk, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret)})
    return secret


@pytest.fixture
def console(cast: Cast, secret: str) -> Client:
    """A browser in which Oscar has logged in, with his second factor."""
    client = at_host("console")
    client.post("/compte/connexion/", {"login": cast.oscar.username, "password": PASSWORD})
    response = client.post("/compte/double-facteur/authenticate/", {"code": code_of(secret)})
    assert response.status_code == 302, response.content.decode()[:2000]
    return client


@pytest.fixture
def by(cast: Cast) -> By:
    """Oscar, as actions know him."""
    return By(user=cast.oscar, address="127.0.0.1")


@pytest.fixture
def gamma(db: None) -> Firm:
    """A firm of the test's own, with a dossier of one file."""
    return make_firm("gamma")


@pytest.fixture
def new_firm(db: None) -> Callable[[str], Firm]:
    """Makes firms."""
    return make_firm


def make_firm(subdomain: str) -> Firm:
    """Returns a new firm with a dossier of one file."""
    firm = open_firm(
        name=f"Cabinet {subdomain.title()}",
        subdomain=subdomain,
        siret="73282932000074",
        language="fr",
        admin_name="Gaëlle Gaz",
        admin_email=f"gaelle@{subdomain}.example",
        admin_password_hash="!",
    )
    with firm_context(firm.schema_name):
        gaelle = User.objects.get()
        stored = store_upload(SimpleUploadedFile("rapport.pdf", PDF, "application/pdf"), user=gaelle)
        create_dossier(
            title=f"Dossier de {subdomain}",
            comments="",
            files=[FileInput(stored=stored, title="Rapport")],
            contacts=[],
            user=gaelle,
        )
    with connection.cursor() as cursor:
        # in a test's one transaction, checks put off to its end would keep the tables from being dropped
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
    return firm
