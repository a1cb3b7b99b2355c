"""Calls of the API as a program makes them, with a key."""

import json
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.actions.api_token import create_token
from accounts.models import CLIENT_SCOPES, Scope, User
from kernel.tenancy import firm_context

#: What requests of the protocol tus say, and the type of a piece of a file.
TUS = {"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Offset": "0"}
PIECE = "application/offset+octet-stream"


def key_of(user: User, *scopes: str, firm: str = "alpha", **options: Any) -> str:
    """Returns a new key of a person, for everything that its keys can be for unless scopes are named."""
    with firm_context(f"firm_{firm}"):
        wanted = scopes or (Scope.values if user.is_firm_staff else CLIENT_SCOPES)
        return create_token(user=user, name="test", scopes=list(wanted), by=user, **options).secret


class Caller:
    """A program with a key at a firm's host."""

    def __init__(self, key: str, *, firm: str = "alpha", **headers: str) -> None:
        self.http = Client(headers={"Host": f"{firm}.localhost", "Authorization": f"Bearer {key}", **headers})

    def __call__(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        """Returns the answer to a call; `data` goes as JSON."""
        body = "" if data is None else json.dumps(data)
        return self.http.generic(method, f"/api/v1/{path}", data=body, content_type="application/json", headers=headers)

    def upload(self, *files: tuple[str, bytes], **headers: str) -> Any:
        """Returns the answer to an upload of files by name."""
        parts = [SimpleUploadedFile(name, data) for name, data in files]
        return self.http.post("/api/v1/uploads/", {"file": parts}, headers=headers)

    def uploaded(self, name: str, data: bytes) -> str:
        """Returns the code of a file that was uploaded."""
        answer = self.upload((name, data))
        assert answer.status_code == 201, answer.content
        return str(answer.json()["results"][0]["code"])


def caller(user: User, *scopes: str, firm: str = "alpha", **headers: str) -> Caller:
    """Returns a program with a new key of that person."""
    return Caller(key_of(user, *scopes, firm=firm), firm=firm, **headers)
