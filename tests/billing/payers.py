"""A payer at the page on which dossiers are paid."""

import re
from typing import Any

from django.test import Client

from billing.models import ProviderAccount

EVE = {"payer_name": "Ève Martin", "payer_email": "eve@payer.example"}


def text(answer: Any) -> str:
    """Returns what a page says, white space folded."""
    return re.sub(r"[ \n]+", " ", answer.content.decode())


def hidden(answer: Any) -> dict[str, str]:
    """Returns the fields of the page's form that the payer does not see."""
    page = answer.content.decode()
    attempt = re.search(r'name="attempt" value="([^"]+)"', page)
    total = re.search(r'name="total" value="([^"]+)"', page)
    assert attempt
    assert total
    return {"attempt": attempt[1], "total": total[1]}


def start(client: Client, path: str, account: ProviderAccount, **more: str) -> Any:
    """Chooses a means on the page and sends it, as a browser does."""
    return client.post(path, hidden(client.get(path)) | {"means": account.code} | EVE | more)
