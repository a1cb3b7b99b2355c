"""What is banned in the code, and why: each of these was seen to go wrong (deploy/decisions)."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model

from kernel.models import FirmModel

ROOT = Path(__file__).parents[1]
PRODUCT = ["platform", "tenants", "extranet", "billing", "storage", "themes"]
CONTEXTS = {"firm_context", "public_context", "schema_context", "tenant_context"}
#: Their tables are in the public schema and in each firm's.
IN_BOTH = {
    "accounts",
    "mail",
    "django.contrib.sessions",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
}
#: Where text becomes HTML as it is: nothing that a person typed may come there.
TRUSTED_HTML = {
    # a firm's own words, cut down by themes.rich_text when they were saved
    ("platform/mail/templates/mail/mail.html", "own|safe"),
    ("platform/mail/templates/mail/mail.html", "styles|safe"),
    ("themes/templates/components/upload.html", "drop_|safe"),
    ("themes/templates/themes/forms/below.html", "field.help_text|safe"),
}


@cache
def modules(*folders: str) -> dict[str, ast.Module]:
    """Our modules by their path, migrations apart."""
    found = {}
    for folder in folders or PRODUCT:
        for path in (ROOT / folder).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" not in name and "node_modules" not in name:
                found[name] = ast.parse(path.read_text(encoding="utf-8"), filename=name)
    assert found
    return found


def nodes[N: ast.AST](kind: type[N], *folders: str) -> Iterator[tuple[str, N]]:
    for name, tree in modules(*folders).items():
        for node in ast.walk(tree):
            if isinstance(node, kind):
                yield name, node


def last_name(node: ast.AST) -> str:
    """Returns the last word of `a.b.c`, of a call of it, or "" for anything else."""
    if isinstance(node, ast.Call):
        return last_name(node.func)
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def test_schemas_are_changed_in_one_module() -> None:
    users = {name for name, node in nodes(ast.alias) if node.name in {"schema_context", "tenant_context"}}
    users |= {name for name, node in nodes(ast.Attribute) if node.attr in {"schema_context", "tenant_context"}}
    assert users == {"platform/kernel/tenancy.py"}
    tests = {name for name, node in nodes(ast.alias, "tests") if node.name in {"schema_context", "tenant_context"}}
    assert tests == set()


def test_no_schema_context_is_a_decorator() -> None:
    """The object is shared by all threads then: 584 of 600 calls ended in another firm."""
    decorated = [
        f"{name}:{node.lineno}"
        for name, node in nodes(ast.FunctionDef)
        if CONTEXTS & {last_name(decorator) for decorator in node.decorator_list}
    ]
    assert decorated == []
    # what is asynchronous runs in whatever thread: there is none of it but procrastinate's own calls, and the door of
    # mails, which asks the database in threads of its own
    assert {name for name, _node in nodes(ast.AsyncFunctionDef)} == {
        "platform/config/management/commands/inbound_mail.py",
        "platform/config/management/commands/worker.py",
        "platform/kernel/jobs.py",
        "platform/mail/receiving.py",
    }


def test_no_schema_context_is_kept() -> None:
    """It is made and entered in one place: `with firm_context(…):`."""
    entered = {id(item.context_expr) for _name, node in nodes(ast.With) for item in node.items}
    # conditional expressions choose between two fresh ones
    entered |= {
        id(branch) for _name, node in nodes(ast.IfExp) if id(node) in entered for branch in (node.body, node.orelse)
    }
    kept = [
        f"{name}:{node.lineno}"
        for name, node in nodes(ast.Call)
        if last_name(node) in CONTEXTS and isinstance(node.func, ast.Name) and id(node) not in entered
    ]
    assert kept == []


def test_no_firm_is_entered_as_a_context() -> None:
    entered = [
        f"{name}:{node.lineno}"
        for name, node in nodes(ast.With)
        for item in node.items
        if not isinstance(item.context_expr, ast.Call) and last_name(item.context_expr) in {"tenant", "firm"}
    ]
    assert entered == []


def test_the_drivers_connection_is_not_touched() -> None:
    """Its search path is django-tenants' to set."""
    inner = {
        (name, ast.unparse(node))
        for name, node in nodes(ast.Attribute)
        if isinstance(node.value, ast.Attribute) and node.value.attr == "connection"
        if last_name(node.value.value) in {"connection", "cursor"}
    }
    assert inner == {("tenants/actions/schema_template.py", "connection.cursor().connection.info")}


def test_no_other_thread_works_for_a_request() -> None:
    assert [name for name, node in nodes(ast.keyword) if node.arg == "thread_sensitive"] == []
    asynchronous = {"sync_to_async", "async_to_sync"}
    assert [name for name, node in nodes(ast.alias) if node.name in asynchronous] == []


def test_modules_have_telling_names() -> None:
    banned = {"tasks", "signals", "utils", "util", "services", "helpers", "misc", "common_utils"}
    assert [name for name in modules() if banned & {Path(name).stem, *Path(name).parts}] == []


def test_modules_stay_short() -> None:
    lengths = {name: len((ROOT / name).read_text(encoding="utf-8").splitlines()) for name in modules(*PRODUCT, "tests")}
    assert {name: length for name, length in lengths.items() if length >= 500} == {}


def test_no_error_is_swallowed_wholesale() -> None:
    """Only the job runner, the commands that go on with the next firm and the look at a foreign PDF catch all."""
    caught = {
        name
        for name, node in nodes(ast.ExceptHandler)
        if node.type is None or "Exception" in {last_name(part) for part in ast.walk(node.type)}
    }
    allowed = {
        "platform/kernel/jobs.py",
        *(f"storage/pdf_{name}.py" for name in ("probe", "binder", "stamper", "filler")),
    }
    assert {name for name in caught if "/management/commands/" not in name} <= allowed


def test_the_environment_is_read_in_one_place() -> None:
    readers = {name for name, node in nodes(ast.Attribute) if node.attr in {"environ", "getenv"}}
    allowed = {"platform/config/env.py", "platform/config/settings_test.py", "platform/config/wsgi.py"}
    # the client runs on somebody's machine, without our settings
    client = {"platform/api/client/config.py", "platform/api/client/words.py"}
    # pg_dump gets the password by its environment
    assert readers <= allowed | client | {"tenants/actions/schema_template.py"}


def test_the_callers_address_is_read_in_one_place() -> None:
    readers = {name for name in modules() if re.search("FORWARDED_FOR|REMOTE_ADDR", (ROOT / name).read_text())}
    assert readers == {"platform/kernel/http.py"}


# --- templates --------------------------------------------------------------------------------------------------------


def templates() -> dict[str, str]:
    found = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for folder in PRODUCT
        for path in (ROOT / folder).rglob("templates/**/*.html")
        if "node_modules" not in path.parts
    }
    assert len(found) > 50
    return found


@pytest.mark.parametrize(
    "banned",
    [
        r"<script(?![^>]*\bsrc=)(?![^>]*application/json)[^>]*>",
        r"<style\b",
        r"\sstyle\s*=",
        r"<[^>]*\son[a-z]+\s*=",
        r"(href|src|action)\s*=\s*[\"']?\s*javascript:",
        r"<[^>]*\shx-on",
        # a mail is shown in a frame that may do nothing
        r"<(object|embed)\b|<iframe\b(?![^>]*\ssandbox\b)",
    ],
)
def test_templates_hold_no_inline_code(banned: str) -> None:
    """The content security policy would block it; mails have a style each, for they have no policy."""
    found = {
        name: re.findall(banned, text)
        for name, text in templates().items()
        if re.search(banned, text) and "/templates/mail/" not in name
    }
    assert found == {}


def test_addresses_from_elsewhere_are_in_no_template() -> None:
    found = {name: re.findall(r"(?:src|href)=[\"']https?://[^\"']+", text) for name, text in templates().items()}
    assert {name: links for name, links in found.items() if links} == {}


def test_where_text_becomes_html_as_it_is_is_listed() -> None:
    used = {
        (name, match)
        for name, text in templates().items()
        for match in re.findall(r"[\w.]+\|safe\b|autoescape off", text)
    }
    assert used == TRUSTED_HTML
    marked = {name for name, node in nodes(ast.alias) if node.name in {"mark_safe", "SafeString", "SafeText"}}
    assert {name for name in marked if "/templatetags/" not in name} == set()


# --- tables -----------------------------------------------------------------------------------------------------------


def firm_labels() -> set[str]:
    return {name.rsplit(".", 1)[-1] for name in settings.TENANT_APPS}


def public_labels() -> set[str]:
    return {name.rsplit(".", 1)[-1] for name in settings.SHARED_APPS}


def models(labels: set[str]) -> list[type[Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label in labels]


def is_ours(model: type[Model]) -> bool:
    return any(str(apps.get_app_config(model._meta.app_label).path).startswith(str(ROOT / name)) for name in PRODUCT)


def test_the_apps_of_both_schemas_are_these() -> None:
    assert set(settings.SHARED_APPS) & set(settings.TENANT_APPS) == IN_BOTH
    assert len(settings.TENANT_APPS) == len(set(settings.TENANT_APPS))


def test_every_firms_table_of_ours_guards_its_schema() -> None:
    ours = [model for model in models(firm_labels()) if is_ours(model)]
    assert len(ours) >= 8
    assert [model.__name__ for model in ours if not issubclass(model, FirmModel)] == []
    also_public = {model.__name__ for model in ours if issubclass(model, FirmModel) and model.also_public}
    assert also_public == {model.__name__ for model in ours if model._meta.app_label in public_labels()}


def test_no_public_table_of_ours_is_a_firms() -> None:
    ours = [model for model in models(public_labels() - firm_labels()) if is_ours(model)]
    assert ours
    assert [model.__name__ for model in ours if issubclass(model, FirmModel)] == []


@pytest.mark.parametrize("inside", ["firm", "public"])
def test_no_foreign_key_leaves_its_schema(inside: str) -> None:
    """From a firm's table to a public-only one, or the other way: the constraint would name another schema."""
    labels = firm_labels() if inside == "firm" else public_labels()
    leaving = [
        f"{model.__name__}.{field.name} → {field.related_model.__name__}"
        for model in models(labels)
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and isinstance(field.related_model, type)
        if field.related_model._meta.app_label not in labels
    ]
    assert leaving == []


def test_generic_relations_are_in_no_firms_table() -> None:
    """A content type's key is not the same in two schemas."""
    assert "contenttypes" not in firm_labels()
    generic = [
        f"{model.__name__}.{field.name}"
        for model in models(firm_labels())
        for field in model._meta.get_fields(include_hidden=True)
        if type(field).__name__ == "GenericForeignKey"
    ]
    assert generic == []


def test_the_bases_of_firm_models_are_not_bypassed_by_a_manager() -> None:
    """Bulk writes skip save(): they are used where the rows were read in the same function."""
    writers = {
        name
        for name, node in nodes(ast.Attribute)
        if node.attr in {"bulk_update", "bulk_create"} and not name.startswith("platform/console/")
    }
    assert writers == {
        "billing/actions/receiving.py",
        "billing/actions/refund_merging.py",
        "billing/actions/reminding.py",
        "billing/actions/starting.py",
        "extranet/actions/contact.py",
        "extranet/actions/contact_access.py",
        "extranet/actions/contact_merge.py",
        "extranet/actions/diagnostic.py",
        "extranet/actions/diagnostician.py",
        "extranet/actions/dossier_file.py",
        "extranet/actions/dossier_import.py",
        "extranet/actions/dossier_import_line.py",
        "extranet/actions/downloads.py",
        "extranet/actions/library.py",
        "extranet/actions/library_category.py",
        "extranet/actions/message_file.py",
        "extranet/actions/need.py",
        "extranet/actions/price_list.py",
        "extranet/actions/quote.py",
        "extranet/actions/setting_change.py",
        "extranet/actions/search.py",
        "extranet/actions/step.py",
        "extranet/actions/validity.py",
        "extranet/actions/webhook_emit.py",
        "platform/mail/actions/outgoing.py",
    }
