"""A firm's years of work, written straight into its tables."""

import itertools
import random
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import connection, models, transaction
from django.utils import timezone
from psycopg import sql

from accounts.models import Role, User
from extranet.actions.search import contact_search_text
from extranet.enums import DownloadState
from extranet.models import Contact, Dossier, DossierAccess, DossierFile
from kernel.tenancy import firm_context
from kernel.text import search_text
from storage.models import Scan, StoredFile

CLIENTS = 400
_PEOPLE = (
    "Lefèvre", "Bœuf", "Façon", "Kerdraon", "Benaïm", "Çelik", "Martin", "Bernard", "Thomas", "Petit", "Robert",
    "Richard", "Durand", "Dubois", "Moreau", "Laurent", "Simon", "Michel", "Garcia", "David", "Bertrand", "Roux",
    "Vincent", "Fournier", "Morel", "Girard", "André", "Mercier", "Dupont", "Lambert", "Bonnet", "François",
    "Martinez", "Legrand", "Garnier", "Faure", "Rousseau", "Blanc", "Guérin", "Müller",
)  # fmt: skip
_FIRST_NAMES = (
    "Hélène", "Étienne", "Jean-Baptiste", "Nadia", "Zoé", "Marie", "Luc", "Amélie", "Paul", "Gwenaëlle", "Yann",
    "Sofia", "Omar", "Agnès", "Noël",
)  # fmt: skip
_STREETS = (
    "rue des Capucins", "quai de la Douane", "rue de la République", "avenue Jean Jaurès", "place du Marché",
    "rue Victor Hugo", "chemin des Vignes", "boulevard Voltaire", "impasse du Moulin", "rue de l’Église",
)  # fmt: skip
_TOWNS = (
    "29200 Brest", "45000 Orléans", "34500 Béziers", "30700 Uzès", "13001 Marseille", "69003 Lyon", "75011 Paris",
    "35000 Rennes", "44000 Nantes", "31000 Toulouse", "33000 Bordeaux", "59800 Lille", "67000 Strasbourg",
    "38000 Grenoble", "21000 Dijon", "76600 Le Havre", "42000 Saint-Étienne", "83000 Toulon", "49000 Angers",
    "30000 Nîmes",
)  # fmt: skip
_KINDS = ("Maison", "Appartement T2", "Appartement T3", "Appartement T5", "Studio", "Local commercial", "Longère")
_REPORTS = (
    ("DPE", "Diagnostic de performance énergétique"),
    ("Amiante", "Repérage amiante avant vente"),
    ("Electricite", "État de l’installation électrique"),
    ("Gaz", "État de l’installation de gaz"),
    ("CREP", "Constat de risque d’exposition au plomb"),
    ("Termites", "État relatif aux termites"),
    ("Carrez", "Mesurage loi Carrez"),
    ("ERP", "État des risques et pollutions"),
)
_COMMENTS = ("", "", "Clés à l’agence.", "Vente, visite du matin.", "Location. Le diagnostic gaz suit lundi.")


def fill(schema: str, dossiers: int, *, seed: int = 1) -> None:
    """Gives a firm clients, dossiers, files and accesses, always the same for a seed."""
    chance = random.Random(seed)
    with firm_context(schema):
        contacts = _add_clients(chance)
        _add_dossiers(chance, dossiers, contacts)
        tables: list[type[models.Model]] = [User, Contact, *_COLUMNS]
        with connection.cursor() as cursor:
            for model in tables:  # what autovacuum would have done by now
                cursor.execute(f"VACUUM ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def _add_clients(chance: random.Random) -> list[Contact]:
    users, contacts = [], []
    for rank in range(CLIENTS):
        name = f"{chance.choice(_FIRST_NAMES)} {chance.choice(_PEOPLE)}"
        company = f"Agence {chance.choice(_PEOPLE)} {rank}" if rank % 3 else ""
        user = User(
            username=f"client-{rank}", email=f"client-{rank}@courriel.example", full_name=name, role=Role.CLIENT
        )
        users.append(user)
        contacts.append(
            Contact(user=user, name=name, company=company, phone=f"02 98 00 {rank // 100:02} {rank % 100:02}")
        )
    User.objects.bulk_create(users)
    for contact in contacts:
        contact.search = contact_search_text(contact, collaborators=[])
    return Contact.objects.bulk_create(contacts)


def _add_dossiers(chance: random.Random, count: int, contacts: Sequence[Contact]) -> None:
    rows: dict[type[models.Model], list[tuple[Any, ...]]] = {model: [] for model in _COLUMNS}
    now, file_ids = timezone.now(), itertools.count(1)
    for pk in range(1, count + 1):
        at = now - timedelta(minutes=7 * (count - pk))
        person, street, town = chance.choice(_PEOPLE), chance.choice(_STREETS), chance.choice(_TOWNS)
        title = f"{at:%Y}-{pk:06} — {chance.choice(_KINDS)} {person}, {chance.randint(1, 180)} {street}, {town}"
        comments = chance.choice(_COMMENTS)
        found_by = [title, comments]
        for position, (kind, label) in enumerate(chance.sample(_REPORTS, chance.randint(1, 5)), 1):
            file_id, code, name = next(file_ids), _code(chance), f"{kind}.pdf"
            rows[StoredFile].append((file_id, code, f"firms/bench/files/{code}", name, *_STORED, at))
            rows[DossierFile].append((file_id, _code(chance), pk, file_id, name, label, "", position, at))
            found_by += [name, label]
        state = chance.choices(DownloadState.values, weights=(25, 15, 60))[0]
        readers = chance.sample(contacts, chance.choices((0, 1, 2, 5), weights=(5, 75, 17, 3))[0])
        for contact in readers:
            rows[DossierAccess].append((pk, contact.pk, state, at, at))
            found_by += [contact.name, contact.company, contact.user.email]
        notified = at if readers else None
        rows[Dossier].append((pk, _code(chance), title, comments, state, notified, at, at, 1, search_text(*found_by)))
    with transaction.atomic():
        for model, lines in rows.items():
            _copy(model, _COLUMNS[model].split(), lines)


_COLUMNS: dict[type[models.Model], str] = {
    Dossier: "id code title comments download_state notified_at created_at updated_at version search",
    StoredFile: "id code key name size sha256 crc32 content_type is_encrypted is_damaged scan claimed created_at",
    DossierFile: "id code dossier_id stored_id name title comment position created_at",
    DossierAccess: "dossier_id contact_id download_state notified_at created_at",
}
#: The columns of a stored file from its size on.
_STORED = (1_400_000, "0" * 64, 0, "application/pdf", False, False, Scan.CLEAN, True)


def _copy(model: type[models.Model], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Writes rows; columns that are not given have what the model gives a new row."""
    rest = [
        field
        for field in model._meta.concrete_fields
        if not (field.null or field.primary_key or field.column in columns)
    ]
    names = [*columns, *(str(field.column) for field in rest)]
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    defaults = tuple(field.get_default() for field in rest)
    with connection.cursor() as cursor, cursor.copy(command) as copy:
        for row in rows:
            copy.write_row((*row, *defaults))


def _code(chance: random.Random) -> str:
    return f"{chance.getrandbits(48):012x}"
