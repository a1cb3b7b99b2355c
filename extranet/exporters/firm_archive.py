"""All that a firm owns, written as one zip: a CSV file a table, every object, and what there should be."""

import hashlib
import json
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import structlog
from django.conf import settings
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from kernel.tenancy import firm_context, public_context
from storage.backends import MIB, firm_storage
from storage.keys import archives_prefix, pieces_prefix, prefix_of
from tenants.models import Domain, Firm, SignUp
from themes.models import Branding

logger = structlog.get_logger(__name__)

#: Who is logged in and how is no part of a firm's data.
_LEFT_OUT = frozenset(
    {
        "accounts_apiwrite",
        "account_emailconfirmation",
        "django_session",
        "mfa_authenticator",
        "usersessions_usersession",
    }
)
#: A mail that gives somebody access keeps its words until it has left.
_INSTEAD = {
    ("mail_outgoingmail", column): sql.SQL("CASE WHEN confidential THEN '' ELSE {column} END AS {column}").format(
        column=sql.Identifier(column)
    )
    for column in ("text", "html")
}
#: What opens something, or tells whether a guess of it is right; a row's number of another table (…_id) does neither.
_SECRET = re.compile(r"(passw|secret|token|private_key|api_key|sealed)(?!.*_id$)|^(digest|code_hash)$")
FORMAT = 1


@dataclass(frozen=True)
class Contents:
    """How much an archive holds."""

    row_count: int
    object_count: int


@dataclass
class _Entry:
    """What was written to one member of the zip."""

    size: int
    sha256: str


class _Summing:
    """A member of the zip that is being written."""

    def __init__(self, raw: IO[bytes]) -> None:
        self._raw, self._digest, self._size = raw, hashlib.sha256(), 0

    def write(self, data: bytes) -> None:
        self._raw.write(data)
        self._digest.update(data)
        self._size += len(data)

    def sums(self) -> _Entry:
        return _Entry(size=self._size, sha256=self._digest.hexdigest())


def write_archive(target: IO[bytes], firm: Firm) -> Contents:
    """Writes the firm's archive to `target`, never more than a mebibyte of its data in memory.

    `tables/*.csv` come from one snapshot of the database, without passwords and other secrets; `files/*` are the
    objects; `files.jsonl` and `manifest.json` say the size and sha-256 of each.
    """
    with public_context(), ZipFile(target, "w") as archive:
        tables = _write_tables(archive, firm.schema_name)
        objects = _write_objects(archive, firm.schema_name)
        with _member(archive, "firm.json", ZIP_DEFLATED) as member:
            member.write(_json(_public_rows(firm)))
        with _member(archive, "README.txt", ZIP_DEFLATED) as member:
            member.write(_readme(firm).encode())
        manifest = {
            "format": FORMAT,
            "made_by": settings.PLATFORM_NAME,
            "made_at": timezone.now(),
            "firm": firm.name,
            "schema": firm.schema_name,
            "tables": tables,
            "objects": objects,
        }
        with _member(archive, "manifest.json", ZIP_DEFLATED) as member:
            member.write(_json(manifest))
    return Contents(
        row_count=sum(table["rows"] for table in tables.values()), object_count=cast("int", objects["count"])
    )


@contextmanager
def _member(archive: ZipFile, name: str, compression: int) -> Iterator[_Summing]:
    info = ZipInfo(name, date_time=time.localtime()[:6])
    info.compress_type = compression
    info.external_attr = 0o644 << 16
    with archive.open(info, "w", force_zip64=True) as raw:
        yield _Summing(raw)


@contextmanager
def _snapshot() -> Iterator[None]:
    """Shows all tables as they are at one instant."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:  # later in a transaction PostgreSQL refuses it
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _write_tables(archive: ZipFile, schema: str) -> dict[str, dict[str, Any]]:
    written: dict[str, dict[str, Any]] = {}
    with _snapshot(), connection.cursor() as cursor:
        for table, columns in _columns(schema).items():
            kept = [name for name, kind in columns if kind == "boolean" or not _SECRET.search(name)]
            statement = sql.SQL("COPY (SELECT {columns} FROM {table}) TO STDOUT (FORMAT csv, HEADER)").format(
                columns=sql.SQL(", ").join(_INSTEAD.get((table, name), sql.Identifier(name)) for name in kept),
                table=sql.Identifier(schema, table),
            )
            name = f"tables/{table}.csv"
            with _member(archive, name, ZIP_DEFLATED) as member, cursor.copy(statement) as copy:
                for data in copy:
                    member.write(bytes(data))
            entry = member.sums()
            written[table] = {
                "rows": cursor.rowcount,
                "size": entry.size,
                "sha256": entry.sha256,
                "columns": {name: kind for name, kind in columns if name in kept},
                "left_out": [name for name, _kind in columns if name not in kept],
            }
    return written


def _columns(schema: str) -> dict[str, list[tuple[str, str]]]:
    """Returns (name, type) of every column of each table of the firm."""
    tables: dict[str, list[tuple[str, str]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod)"
            " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
            " WHERE n.nspname = %s AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname, a.attnum",
            [schema],
        )
        for table, column, kind in cursor.fetchall():
            if table not in _LEFT_OUT:
                tables.setdefault(table, []).append((column, kind))
    return tables


def _write_objects(archive: ZipFile, schema: str) -> dict[str, Any]:
    store, prefix = firm_storage(), prefix_of(schema)
    count = total = 0
    with tempfile.TemporaryFile("w+b", dir=settings.FILE_UPLOAD_TEMP_DIR) as index:
        for key in store.list_keys(prefix):
            if key.startswith((archives_prefix(schema), pieces_prefix(schema))):
                continue
            with firm_context(schema):
                chunks = store.stream(key)
            try:
                first = next(chunks, b"")
            except FileNotFoundError:  # deleted since it was listed
                logger.info("object_gone_before_export", key=key)
                continue
            path = f"files/{key.removeprefix(prefix)}"
            with _member(archive, path, ZIP_STORED) as member:
                member.write(first)
                for data in chunks:
                    member.write(data)
            entry = member.sums()
            line = {"path": path, "key": key, "size": entry.size, "sha256": entry.sha256}
            index.write(json.dumps(line).encode() + b"\n")
            count += 1
            total += entry.size
        index.seek(0)
        with _member(archive, "files.jsonl", ZIP_DEFLATED) as member:
            while data := index.read(MIB):
                member.write(data)
    return {"count": count, "size": total, "files.jsonl": member.sums().sha256}


def _readme(firm: Firm) -> str:
    """Returns what is where, in the firm's language."""
    lines = [
        _("Archive of all data of %(firm)s") % {"firm": firm.name},
        "",
        _("tables/*.csv: one table each, UTF-8, separated by commas, the first line names the columns."),
        _("files/: the files as they were uploaded; files.jsonl says the size and the SHA-256 sum of each."),
        _("firm.json: the firm's name, its addresses on the web, its look."),
        _("manifest.json: how many rows and files there should be, and the columns of each table."),
        _("Columns with passwords, keys and other secrets are left out; manifest.json names them (left_out)."),
        _("Columns that end with _id hold the number (id) of a row of another table; times are in UTC."),
    ]
    return "\r\n".join(lines) + "\r\n"


def _public_rows(firm: Firm) -> list[dict[str, Any]]:
    """Returns what the public schema knows of the firm, in Django's serialisation."""
    rows = [
        firm,
        *Domain.objects.filter(tenant=firm).order_by("pk"),
        *Branding.objects.filter(firm=firm),
        *SignUp.objects.filter(firm=firm),
    ]
    result: list[dict[str, Any]] = serializers.serialize("python", rows)
    for row in result:
        row["fields"].pop("password", None)
    return result


def _json(value: Any) -> bytes:
    return json.dumps(value, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1).encode()
