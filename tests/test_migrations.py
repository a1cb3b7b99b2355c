"""The deploy step, the template of new firms, and provisioning that leaves nothing half made."""

import io
import re
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from accounts.actions.signup import confirm_sign_up, open_firm, provision_sign_up, sign_up_firm
from accounts.models import User
from kernel.errors import DomainError
from kernel.tenancy import current_schema, firm_context
from tenants.actions.provisioning import create_firm, drop_firm
from tenants.actions.schema_template import TEMPLATE_SCHEMA, migrate_schema
from tenants.actions.signup import SignUpData
from tenants.models import Domain, Firm, SchemaTemplate, SignUp, SignUpState
from tenants.queries import firm_tables
from tests.support import at_host, said

DATA = SignUpData(
    firm_name="Armor",
    subdomain="armor",
    siret="73282932000074",
    admin_name="Gwen",
    email="gwen@armor.example",
    password="une-phrase-de-passe",
    language="fr",
)


def rows(sql: str, *parameters: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall()) if cursor.description else []


def schemas() -> set[str]:
    return {name for (name,) in rows("SELECT nspname FROM pg_namespace WHERE nspname !~ '^(pg_|information_)'")}


SNAPSHOT = {
    "tables": "SELECT relname, relkind, relpersistence, reloptions::text FROM pg_class WHERE relnamespace = {oid}",
    "columns": """
        SELECT c.relname, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity,
               a.attgenerated, a.attcollation, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid LEFT JOIN pg_attrdef d
            ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = {oid} AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p')""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = '{name}'",
    "constraints": """
        SELECT conname, contype, condeferrable, condeferred, convalidated, conrelid::regclass::text,
               confrelid::regclass::text, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = {oid}""",
    "sequences": """
        SELECT s.sequencename, s.data_type::text, s.start_value, s.increment_by, s.max_value, s.cycle,
               d.refobjid::regclass::text, d.refobjsubid, d.deptype
        FROM pg_sequences s JOIN pg_class c ON c.relname = s.sequencename AND c.relnamespace = {oid}
            LEFT JOIN pg_depend d ON d.objid = c.oid AND d.refclassid = 'pg_class'::regclass
        WHERE s.schemaname = '{name}'""",
    "triggers": """
        SELECT tgname, tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger
        WHERE tgrelid IN (SELECT oid FROM pg_class WHERE relnamespace = {oid}) AND NOT tgisinternal""",
    "functions": "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = {oid}",
    "types": "SELECT typname FROM pg_type WHERE typnamespace = {oid}",
    "migrations": 'SELECT id, app, name FROM "{name}".django_migrations',
    "next migration": 'SELECT last_value, is_called FROM "{name}".django_migrations_id_seq',
}


def plain(row: object, schema: str) -> str:
    """Returns a row without its schema's name and without the casts that a dump writes and the server leaves out."""
    return re.sub(r"::(character varying|text)(\[\])?|[()]", "", str(row)).replace(schema, "<schema>")


def snapshot(schema: str) -> dict[str, list[str]]:
    """Returns all that the catalogue says of a schema, with its own name taken out."""
    ((oid,),) = rows("SELECT oid FROM pg_namespace WHERE nspname = %s", schema)
    # another schema must be named in what the catalogue prints
    rows("SET search_path = pg_catalog")
    try:
        return {
            part: sorted(plain(row, schema) for row in rows(sql.format(oid=oid, name=schema)))
            for part, sql in SNAPSHOT.items()
        }
    finally:
        connection.set_schema_to_public()  # type: ignore[attr-defined]
        rows("SET search_path = public")


def test_no_migration_is_missing(own_database: str) -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_a_new_firms_schema_equals_a_migrated_one(own_database: str) -> None:
    migrate_schema("firm_migrated")
    firm = create_firm(name="Cloned", subdomain="cloned", siret="73282932000074")
    cloned, migrated = snapshot(firm.schema_name), snapshot("firm_migrated")
    for part in SNAPSHOT:
        assert cloned[part] == migrated[part], part
    assert {table for table in firm_tables() if f"'{table}', 'r'" in "".join(cloned["tables"])} == firm_tables()
    assert len(cloned["constraints"]) > 40
    assert rows("SELECT count(*) FROM firm_cloned.accounts_user") == [(0,)]


def test_without_a_template_a_new_firm_is_migrated(own_database: str) -> None:
    SchemaTemplate.objects.all().delete()
    firm = create_firm(name="Slow", subdomain="slow", siret="73282932000074")
    migrate_schema("firm_migrated")
    assert snapshot(firm.schema_name) == snapshot("firm_migrated")


def deploy() -> str:
    output = io.StringIO()
    call_command("migrate_firms", stdout=output, stderr=output)
    return output.getvalue()


def failed_deploy() -> tuple[str, str]:
    output = io.StringIO()
    with pytest.raises(CommandError) as error:
        call_command("migrate_firms", stdout=output, stderr=output)
    return str(error.value), output.getvalue()


def set_back(schema: str, *, keep_table: bool = False) -> None:
    """Puts a firm back to before the portal's tables and the payments'; with `keep_table` one stands in the way."""
    tables = [table for table in firm_tables() if table.startswith(("extranet_", "billing_"))]
    for table in tables:
        rows(f'DROP TABLE "{schema}"."{table}" CASCADE')
    if keep_table:
        rows(f'CREATE TABLE "{schema}".extranet_contact (id int)')
    rows(f"DELETE FROM \"{schema}\".django_migrations WHERE app IN ('extranet', 'billing')")


def test_the_deploy_step_with_nothing_to_do_does_nothing(own_database: str) -> None:
    before = {schema: snapshot(schema) for schema in ("firm_alpha", "firm_beta", "public")}
    template = SchemaTemplate.objects.values().get()
    told = deploy()
    assert "firms: 2, migrated 0" in told
    assert "firm_alpha" not in told
    assert {schema: snapshot(schema) for schema in before} == before
    assert SchemaTemplate.objects.values().get() == template
    assert TEMPLATE_SCHEMA not in schemas()
    assert current_schema() == "public"


def test_the_deploy_step_migrates_the_firms_that_are_behind_and_no_other(own_database: str) -> None:
    alpha = snapshot("firm_alpha")
    set_back("firm_beta")
    told = deploy()
    assert "[1/1] firm_beta: migrated" in told
    assert "firms: 2, migrated 1" in told
    assert "firm_alpha" not in told
    assert snapshot("firm_alpha") == alpha
    assert "firms: 2, migrated 0" in deploy()
    beta = snapshot("firm_beta")
    for part in ("tables", "indexes", "constraints", "sequences"):
        assert beta[part] == alpha[part]


def test_one_firm_that_fails_does_not_stop_the_others(own_database: str) -> None:
    set_back("firm_alpha", keep_table=True)
    set_back("firm_beta")
    error, told = failed_deploy()
    assert error == "1 firm(s) failed: firm_alpha"
    assert "[1/2] firm_alpha: FAILED" in told
    assert "extranet_contact" in told
    assert "[2/2] firm_beta: migrated" in told
    assert "firms: 2, migrated 1" in told
    with firm_context("firm_beta"):
        assert rows("SELECT count(*) FROM extranet_dossier") == [(0,)]
    rows("DROP TABLE firm_alpha.extranet_contact")
    assert "[1/1] firm_alpha: migrated" in deploy()


def test_a_missing_table_is_reported_before_it_is_read_from_public(own_database: str) -> None:
    rows("DROP TABLE firm_beta.mail_outgoingmail CASCADE")
    error, told = failed_deploy()
    assert error == "1 firm(s) failed: firm_beta"
    assert "firm_beta: tables missing: mail_outgoingmail" in told
    assert "firms: 2, migrated 0" in told


def test_a_template_of_former_migrations_is_replaced(own_database: str) -> None:
    SchemaTemplate.objects.update(state="0" * 64)
    deploy()
    assert SchemaTemplate.objects.exclude(state="0" * 64).count() == SchemaTemplate.objects.count() == 1


# --- provisioning -----------------------------------------------------------------------------------------------------

BREAK = """
CREATE FUNCTION public.break_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} RETURN NEW; END $$;
CREATE TRIGGER break_it BEFORE INSERT ON public.themes_branding FOR EACH ROW EXECUTE FUNCTION public.break_it();
"""
MEND = "DROP TRIGGER break_it ON public.themes_branding; DROP FUNCTION public.break_it();"


@pytest.mark.parametrize(
    "crash",
    ["RAISE EXCEPTION 'disk full';", "PERFORM pg_terminate_backend(pg_backend_pid());"],
    ids=["an error", "the connection is cut"],
)
def test_a_crash_half_way_leaves_nothing_and_can_be_tried_again(own_database: str, crash: str) -> None:
    """The branding is made after the schema, in the middle of it all."""
    sign_up = sign_up_firm(DATA)
    confirm_sign_up(sign_up.code)
    before = (schemas(), Firm.objects.count(), Domain.objects.count())
    rows(BREAK.format(crash))
    with pytest.raises(DatabaseError):
        provision_sign_up(sign_up_id=sign_up.pk)
    connection.close()
    assert (schemas(), Firm.objects.count(), Domain.objects.count()) == before
    sign_up.refresh_from_db()
    assert (sign_up.state, sign_up.firm_id) == (SignUpState.QUEUED, None)
    assert sign_up.password
    rows(MEND)
    provision_sign_up(sign_up_id=sign_up.pk)
    sign_up.refresh_from_db()
    assert sign_up.state == SignUpState.READY
    with firm_context("firm_armor"):
        assert User.objects.get().email == "gwen@armor.example"


def test_a_schema_of_that_name_is_left_alone(own_database: str) -> None:
    rows("CREATE SCHEMA firm_armor; CREATE TABLE firm_armor.accounts_user (id int)")
    firm = create_firm(name="Armor", subdomain="armor", siret="73282932000074")
    assert firm.schema_name.startswith("firm_armor_")
    assert rows("SELECT count(*) FROM information_schema.tables WHERE table_schema = 'firm_armor'") == [(1,)]
    with firm_context(firm.schema_name):
        assert User.objects.count() == 0


def test_a_dropped_firm_is_gone_and_its_name_free_again(own_database: str) -> None:
    before = (schemas(), Firm.objects.count(), Domain.objects.count())
    firm = create_firm(name="Armor", subdomain="armor", siret="73282932000074")
    drop_firm(firm)
    assert (schemas(), Firm.objects.count(), Domain.objects.count()) == before
    assert create_firm(name="Armor", subdomain="armor", siret="73282932000074").schema_name == "firm_armor"


def at_once(work: Callable[[int], object], count: int) -> list[object]:
    """Runs `work` in threads that start together; returns what each gave, an error as its type's name or its code."""
    results: list[object] = []
    gate = threading.Barrier(count)

    def run(rank: int) -> None:
        try:
            gate.wait(10)
            results.append(work(rank))
        except DomainError as error:
            results.append(error.code)
        except DatabaseError as error:
            results.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[rank]) for rank in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(results) == count
    return results


def test_of_sign_ups_with_one_subdomain_at_the_same_instant_one_wins(own_database: str) -> None:
    form = {
        "firm_name": "Armor",
        "subdomain": "armor",
        "siret": "73282932000074",
        "admin_name": "Gwen",
        "password": "une-phrase-de-passe",
        "terms": "on",
    }

    def sign_up(rank: int) -> tuple[int, bool]:
        answer = at_host("").post("/inscription/", form | {"email": f"gwen{rank}@armor.example"})
        return answer.status_code, said("This subdomain is already taken.") in answer.content.decode()

    results = at_once(sign_up, 4)
    assert sorted(results, key=str) == [(302, False), (422, True), (422, True), (422, True)]
    assert SignUp.objects.filter(subdomain="armor").count() == 1
    assert rows("SELECT count(*) FROM mail_outgoingmail") == [(1,)], "one confirmation leaves, the winner's"


def test_of_actions_with_one_subdomain_at_the_same_instant_one_wins(own_database: str) -> None:
    results = at_once(lambda _rank: sign_up_firm(DATA).subdomain, 6)
    assert sorted(map(str, results)) == ["armor"] + ["subdomain_taken"] * 5


def test_of_firms_with_one_subdomain_at_the_same_instant_one_is_made(own_database: str) -> None:
    before = (len(schemas()), Firm.objects.count())

    def make(rank: int) -> str:
        firm = open_firm(
            name=f"Armor {rank}",
            subdomain="armor",
            siret="73282932000074",
            language="fr",
            admin_name="Gwen",
            admin_email="gwen@armor.example",
            admin_password_hash="!",
        )
        return str(firm.schema_name)

    results = at_once(make, 3)
    assert results.count("firm_armor") == 1
    assert all(result in {"firm_armor", "IntegrityError", "ProgrammingError"} for result in results)
    assert (len(schemas()), Firm.objects.count()) == (before[0] + 1, before[1] + 1)


def test_two_workers_at_one_sign_up_make_one_firm(own_database: str) -> None:
    sign_up = sign_up_firm(DATA)
    confirm_sign_up(sign_up.code)
    before = Firm.objects.count()
    assert at_once(lambda _rank: provision_sign_up(sign_up_id=sign_up.pk), 3) == [None, None, None]
    assert Firm.objects.count() == before + 1
    assert SignUp.objects.get(pk=sign_up.pk).state == SignUpState.READY
