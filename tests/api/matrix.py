"""What each endpoint answers to each key: address × method × key. An endpoint that is not listed fails.

A number is the status. Who is refused changes nothing; a row of a GET is asked of the things in tests/api/world.py.
"""

from collections.abc import Callable
from typing import Any

from tests.api.world import ApiWorld

#: anna administers, bob is of the staff and has no right, alice may read the dossier, charlie not, dan's key is beta's;
#: none has no key, bare a key of anna's for something else.
KEYS = ["anna", "bob", "alice", "charlie", "dan", "none", "bare"]
MATRIX = """
api-me                    GET    200 200 200 200 401 401 200
api-uploads               GET    200 403 200 200 401 401 403
api-uploads               POST   201 403 201 201 401 401 403
api-dossiers              GET    200 200 200 200 401 401 403
api-dossiers              POST   201 403 403 403 401 401 403
api-dossier-external      GET    200 200 404 404 401 401 403
api-dossier-external      PUT    200 403 403 403 401 401 403
api-dossier               GET    200 200 200 404 401 401 403
api-dossier               PATCH  200 403 403 403 401 401 403
api-dossier               DELETE 204 403 403 403 401 401 403
api-dossier-archive       POST   200 403 403 403 401 401 403
api-dossier-restore       POST   200 403 403 403 401 401 403
api-dossier-notify        POST   200 403 403 403 401 401 403
api-dossier-paid          POST   200 403 403 403 401 401 403
api-dossier-unpaid        POST   200 403 403 403 401 401 403
api-dossier-files         GET    200 200 200 404 401 401 403
api-dossier-files         POST   200 403 403 403 401 401 403
api-dossier-file          GET    200 200 200 404 401 401 403
api-dossier-file          PATCH  200 403 403 403 401 401 403
api-dossier-file          DELETE 204 403 403 403 401 401 403
api-dossier-file-content  GET    200 200 200 404 401 401 403
api-dossier-accesses      GET    200 200 404 404 401 401 403
api-dossier-accesses      POST   200 403 403 403 401 401 403
api-dossier-access        DELETE 204 403 403 403 401 401 403
api-contacts              GET    200 403 403 403 401 401 403
api-contacts              POST   201 403 403 403 401 401 403
api-contact-external      GET    200 403 403 403 401 401 403
api-contact-external      PUT    200 403 403 403 401 401 403
api-contact               GET    200 403 403 403 401 401 403
api-contact               PATCH  200 403 403 403 401 401 403
api-contact               DELETE 204 403 403 403 401 401 403
"""
#: What is sent, by route and method; nothing where none stands.
DATA: dict[tuple[str, str], Callable[[ApiWorld], dict[str, Any]]] = {
    ("api-dossiers", "POST"): lambda world: {"title": "Appartement Morvan"},
    ("api-dossier-external", "PUT"): lambda world: {"city": "Brest"},
    ("api-dossier", "PATCH"): lambda world: {"city": "Brest"},
    ("api-dossier-files", "POST"): lambda world: {"files": [{"upload": world.upload.code}]},
    ("api-dossier-file", "PATCH"): lambda world: {"title": "DPE"},
    ("api-dossier-accesses", "POST"): lambda world: {"accesses": [{"contact": world.other.code}]},
    ("api-contacts", "POST"): lambda world: {"name": "Eve", "email": "eve@client.example"},
    ("api-contact-external", "PUT"): lambda world: {"phone": "02 98 00 00 00"},
    ("api-contact", "PATCH"): lambda world: {"phone": "02 98 00 00 00"},
}
