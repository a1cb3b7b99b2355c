"""The settings of unpaid dossiers, and what follows from them: copies are made ahead, under the look of the day."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob
from pypdf import PdfReader

from extranet.actions.dossier_file import FileInput, attach_files, edit_file
from extranet.actions.dossier_file_removal import remove_file, restore_file
from extranet.actions.dossier_file_version import replace_file
from extranet.actions.payment_state import set_amount, set_paid
from extranet.actions.unpaid import prepare_copies, prepare_copy
from extranet.enums import FileKind, PaymentState, Visibility
from extranet.models import Contact, Dossier, DossierFile, PortalSettings
from extranet.queries.settings import portal_settings
from extranet.queries.unpaid import preparation
from kernel.tenancy import firm_context
from storage.actions.files import store_bytes
from storage.models import StampedCopy
from storage.watermark import Stamp
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier, files_of
from tests.storage.builders import image
from tests.storage.pdf_cases import encrypted, plain, without_catalogue
from tests.support import body, logged_in, run_jobs, said, without_set

pytestmark = pytest.mark.django_db

PAGE = "/reglages/impayes/"
GOOD = {
    "stamp_unpaid": "on",
    "stamp_text": "Non réglé",
    "stamp_colour": "#aa2222",
    "stamp_position": "top",
}


@pytest.fixture
def anna(cast: Cast) -> Client:
    return logged_in("alpha", cast.anna)


def settings() -> PortalSettings:
    with firm_context("firm_alpha"):
        return portal_settings()


def switch(**values: Any) -> None:
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(**values)


def unpaid(cast: Cast, title: str = "Vente Le Goff", **files: bytes) -> Dossier:
    """Returns an unpaid dossier of alpha that Alice may read; nothing is prepared for it yet."""
    with firm_context("firm_alpha"):
        held = {name.replace("_", "."): data for name, data in files.items()} or {"rapport.pdf": plain(1)}
        made = add_dossier(title, user=cast.bob, contacts=[cast.alice], files=held)
        Dossier.objects.filter(pk=made.pk).update(payment_state=PaymentState.UNPAID, amount=240)
        made.refresh_from_db()
        return made


def copies() -> set[tuple[str, str]]:
    """Returns the copies and failures of alpha: the file's name, and the style or what was wrong."""
    with firm_context("firm_alpha"):
        return set(StampedCopy.objects.values_list("original__name", "error"))


# --- the page ---------------------------------------------------------------------------------------------------------
def test_the_rules_are_saved_and_shown(anna: Client) -> None:
    page = anna.get(PAGE)
    assert page.status_code == 200
    answer = anna.post(PAGE, GOOD | {"stamp_text": "  Non \t réglé ", "stamp_colour": "#AA2222"})
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    now = settings()
    assert (now.stamp_unpaid, now.block_unpaid) == (True, False)
    assert (now.stamp_text, now.stamp_colour, now.stamp_position) == ("Non réglé", "#aa2222", "top")
    shown = anna.get(PAGE).content.decode()
    assert 'value="Non réglé"' in shown
    anna.post(PAGE, {name: value for name, value in GOOD.items() if name != "stamp_unpaid"} | {"block_unpaid": "on"})
    assert (settings().stamp_unpaid, settings().block_unpaid) == (False, True)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("stamp_text", "   ", "Write what is to stand on the pages."),
        ("stamp_text", "付 Ω 💶", "A PDF cannot show these letters: write the mention in Latin letters."),
        ("stamp_colour", "#ffffff", "This colour is too pale: nobody would see the mention on white paper."),
        ("stamp_position", "nowhere", "Choose one of the places."),
    ],
)
def test_what_is_no_good_is_said_at_its_place_and_kept(anna: Client, field: str, value: str, message: str) -> None:
    before = settings()
    answer = anna.post(PAGE, GOOD | {field: value})
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert said(message) in shown
    assert answer.context["form"].errors.keys() == {field}
    if field == "stamp_text" and value.strip():
        assert value in shown
    else:
        assert 'value="Non réglé"' in shown or field == "stamp_text"
    now = settings()
    assert (now.stamp_unpaid, now.stamp_text) == (before.stamp_unpaid, before.stamp_text)


@pytest.mark.parametrize("value", ["x" * 81, "#12345", "red", "\x00"])
def test_nonsense_is_refused(anna: Client, value: str) -> None:
    field = "stamp_text" if value in {"x" * 81, "\x00"} else "stamp_colour"
    assert anna.post(PAGE, GOOD | {field: value}).status_code == 422


def test_the_page_asks_as_much_with_one_as_with_many(anna: Client, cast: Cast) -> None:
    def ask() -> list[str]:
        with CaptureQueriesContext(connection) as queries:
            assert anna.get(PAGE).status_code == 200
        # the firm of the host is remembered for a while
        return [sql for sql in without_set(queries) if '"tenants_' not in sql]

    switch(stamp_unpaid=True)
    unpaid(cast, secret_pdf=encrypted("AES-256", user="secret"))
    with firm_context("firm_alpha"):
        Contact.objects.filter(pk=cast.alice.pk).update(reads_unpaid=True)
    one = ask()
    for number in range(3):
        unpaid(cast, f"Vente {number}", secret_pdf=encrypted("AES-256", user=f"secret{number}"))
    with firm_context("firm_alpha"):
        Contact.objects.update(reads_unpaid=True)
    many = ask()
    assert len(one) == len(many), "\n".join(many)
    assert len(many) <= 10, "\n".join(many)


def test_the_page_names_what_cannot_bear_the_mention_and_who_is_exempt(anna: Client, cast: Cast) -> None:
    dossier = unpaid(
        cast,
        bon_pdf=plain(1),
        secret_pdf=encrypted("AES-256", user="secret"),
        casse_pdf=without_catalogue(),
        photo_png=image(),
    )
    with firm_context("firm_alpha"):
        Contact.objects.filter(pk=cast.charlie.pk).update(reads_unpaid=True)
        hidden = DossierFile.objects.get(dossier=dossier, name="bon.pdf")
    off = anna.get(PAGE).content.decode()
    assert "secret.pdf" not in off, "without a rule nothing is withheld"
    switch(stamp_unpaid=True)
    with firm_context("firm_alpha"):
        prepare_copies()
    run_jobs()
    page = anna.get(PAGE)
    shown = page.content.decode()
    assert {one.file.name for one in page.context["kept"]} == {"secret.pdf", "casse.pdf"}
    assert page.context["kept_count"] == 2
    assert f"/dossiers/{dossier.code}/fichiers/{page.context['kept'][0].file.code}/remplacer/" in shown
    assert f"/contacts/{cast.charlie.code}/" in shown
    assert f"/contacts/{cast.alice.code}/" not in shown
    assert hidden.label not in shown
    switch(block_unpaid=True)
    assert anna.get(PAGE).context["kept_count"] == 0, "all is withheld then, but no invoice lacks its mention"


def test_the_progress_is_told_until_all_is_done(anna: Client, cast: Cast) -> None:
    unpaid(cast, a_pdf=plain(1), b_pdf=plain(2), secret_pdf=encrypted("AES-256", user="s"))
    anna.post(PAGE, GOOD)
    page = anna.get(PAGE).content.decode()
    assert f'hx-get="{PAGE}preparation/"' in page
    with firm_context("firm_alpha"):
        assert (preparation(portal_settings()).done, preparation(portal_settings()).total) == (0, 3)
    run_jobs()
    part = anna.get(f"{PAGE}preparation/").content.decode()
    assert "hx-get" not in part
    with firm_context("firm_alpha"):
        assert preparation(portal_settings()).is_done


# --- the preview ------------------------------------------------------------------------------------------------------
def test_the_preview_follows_what_is_typed(anna: Client) -> None:
    query = {"stamp_text": "Été & <b>", "stamp_colour": "#123456", "stamp_position": "bottom"}
    part = anna.get(f"{PAGE}apercu/", query)
    source = part.content.decode().split('src="')[1].split('"')[0].replace("&amp;", "&")
    picture = anna.get(source)
    assert picture.headers["Content-Type"] == "image/svg+xml"
    drawn = picture.content.decode()
    assert "Été &amp; &lt;b&gt;" in drawn
    assert 'fill="#123456"' in drawn
    assert "<script" not in anna.get(f"{PAGE}apercu.svg", {"stamp_text": "<script>"}).content.decode()


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"stamp_text": "x" * 500, "stamp_colour": "javascript:", "stamp_position": "<"},
        {"stamp_colour": '#12"><x', "stamp_text": "\x00\n"},
    ],
)
def test_the_preview_of_nonsense_is_that_of_the_start(anna: Client, query: dict[str, str]) -> None:
    for part in ("apercu/", "apercu.svg"):
        assert anna.get(f"{PAGE}{part}", query).status_code == 200
    drawn = anna.get(f"{PAGE}apercu.svg", query).content.decode()
    assert 'fill="#c0392b"' in drawn
    assert "<x" not in drawn


def test_the_preview_tells_what_a_pdf_cannot_show_and_pale_colours(anna: Client) -> None:
    def notes(**query: str) -> Any:
        return anna.get(f"{PAGE}apercu/", query).context

    assert notes(stamp_text="Łódź", stamp_colour="#000000")["is_written_otherwise"]
    assert not notes(stamp_text="Réservé — œuvre", stamp_colour="#000000")["is_written_otherwise"]
    assert notes(stamp_text="A", stamp_colour="#f0c040")["is_pale"]
    assert not notes(stamp_text="A", stamp_colour="#c0392b")["is_pale"]


def test_the_sample_is_stamped_as_clients_get_it(anna: Client) -> None:
    answer = anna.get(
        f"{PAGE}exemple.pdf", {"stamp_text": "Brouillon", "stamp_colour": "#123456", "stamp_position": "top"}
    )
    assert answer.headers["Content-Type"] == "application/pdf"
    pages = PdfReader(io.BytesIO(body(answer))).pages
    assert len(pages) == 2
    assert all("Brouillon" in page.extract_text() for page in pages)


# --- copies made ahead ------------------------------------------------------------------------------------------------
def test_switching_the_rule_on_prepares_each_pdf_of_unpaid_dossiers(anna: Client, cast: Cast) -> None:
    dossier = unpaid(cast, a_pdf=plain(1), facture_pdf=plain(2), photo_png=image(), c_pdf=plain(3))
    with firm_context("firm_alpha"):
        DossierFile.objects.filter(dossier=dossier, name="c.pdf").update(visibility=Visibility.STAFF)
        paid = add_dossier("Payé", user=cast.bob, files={"p.pdf": plain(4)})
        Dossier.objects.filter(pk=paid.pk).update(payment_state=PaymentState.PAID)
    anna.post(PAGE, GOOD)
    run_jobs()
    assert copies() == {("a.pdf", ""), ("facture.pdf", "")}
    with firm_context("firm_alpha"):
        style = Stamp(GOOD["stamp_text"], GOOD["stamp_colour"], GOOD["stamp_position"]).style
        assert set(StampedCopy.objects.values_list("style", flat=True)) == {style}


def test_under_the_other_rule_invoices_alone_are_prepared(anna: Client, cast: Cast) -> None:
    unpaid(cast, a_pdf=plain(1), facture_pdf=plain(2))
    anna.post(PAGE, GOOD | {"block_unpaid": "on"})
    run_jobs()
    assert copies() == {("facture.pdf", "")}


def test_saving_without_a_change_or_without_a_rule_prepares_nothing(anna: Client, cast: Cast) -> None:
    unpaid(cast)
    anna.post(PAGE, GOOD | {"stamp_unpaid": ""})
    run_jobs()
    assert copies() == set()
    anna.post(PAGE, GOOD)
    run_jobs()
    assert len(copies()) == 1
    anna.post(PAGE, GOOD)
    assert run_jobs() == 0


def test_two_looks_in_a_row_make_one_copy_of_the_last(anna: Client, cast: Cast) -> None:
    """The job reads the look of the day: what was asked for before is not made for nothing."""
    unpaid(cast)
    anna.post(PAGE, GOOD)
    anna.post(PAGE, GOOD | {"stamp_text": "Autre"})
    run_jobs()
    with firm_context("firm_alpha"):
        (only,) = StampedCopy.objects.all()
        assert only.style == Stamp("Autre", GOOD["stamp_colour"], GOOD["stamp_position"]).style


def test_many_files_are_prepared_batch_by_batch(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extranet.actions.unpaid._BATCH", 2)
    unpaid(cast, a_pdf=plain(1), b_pdf=plain(2), c_pdf=plain(3), d_pdf=plain(4), e_pdf=plain(5))
    switch(stamp_unpaid=True)
    with firm_context("firm_alpha"):
        prepare_copies()
        prepare_copies()  # twice: what waits already is not asked for again
        waiting = ProcrastinateJob.objects.filter(status="todo", task_name__endswith="prepare_copy").count()
    assert waiting == 2
    run_jobs()
    assert len(copies()) == 5
    assert run_jobs() == 0


Change = Callable[[Cast, Dossier], object]


def _in_amount(cast: Cast, dossier: Dossier) -> object:
    Dossier.objects.filter(pk=dossier.pk).update(payment_state=PaymentState.NOTHING_DUE, amount=None)
    return set_amount(dossier, amount=Decimal(120), payer="", payer_name="", user=cast.bob)


def _back_to_unpaid(cast: Cast, dossier: Dossier) -> object:
    set_paid([dossier], paid=True, user=cast.bob)
    return set_paid([dossier], paid=False, user=None, by="PayPal")


def _added(cast: Cast, dossier: Dossier) -> object:
    stored = store_bytes(plain(5), name="suite.pdf", user=cast.bob)
    return attach_files(dossier, files=[FileInput(stored=stored)], user=cast.bob)


def _replaced(cast: Cast, dossier: Dossier) -> object:
    (file,) = files_of(dossier)
    return replace_file(file, stored=store_bytes(plain(7), name="nouveau.pdf", user=cast.bob), user=cast.bob)


def _put_back(cast: Cast, dossier: Dossier) -> object:
    (file,) = files_of(dossier)
    return restore_file(remove_file(file, user=cast.bob), user=cast.bob)


def _shown(cast: Cast, dossier: Dossier) -> object:
    (file,) = files_of(dossier)
    DossierFile.objects.filter(pk=file.pk).update(visibility=Visibility.STAFF)
    return edit_file(file, name=file.name, title="", comment="", visibility=Visibility.CLIENT, user=cast.bob)


@pytest.mark.parametrize("change", [_in_amount, _back_to_unpaid, _added, _replaced, _put_back, _shown])
@pytest.mark.parametrize("rule", [True, False])
def test_what_makes_a_copy_due_has_it_made(cast: Cast, change: Change, rule: bool) -> None:
    dossier = unpaid(cast)
    switch(stamp_unpaid=rule)
    with firm_context("firm_alpha"):
        change(cast, dossier)
        run_jobs()
        present = DossierFile.objects.filter(dossier=dossier, deleted_at__isnull=True)
        with_copy = set(StampedCopy.objects.filter(copy__isnull=False).values_list("original_id", flat=True))
        assert with_copy == (set(present.values_list("stored_id", flat=True)) if rule else set())


def test_a_paid_dossier_s_new_file_gets_no_copy(cast: Cast) -> None:
    dossier = unpaid(cast)
    switch(stamp_unpaid=True)
    with firm_context("firm_alpha"):
        set_paid([dossier], paid=True, user=cast.bob)
        _added(cast, dossier)
        assert run_jobs() >= 0
    assert copies() == set()


def test_a_job_that_comes_when_it_is_paid_or_the_rule_is_off_makes_nothing(cast: Cast) -> None:
    dossier = unpaid(cast)
    switch(stamp_unpaid=True)
    with firm_context("firm_alpha"):
        (file,) = files_of(dossier)
        Dossier.objects.filter(pk=dossier.pk).update(payment_state=PaymentState.PAID)
        prepare_copy(file_id=file.pk)
        Dossier.objects.filter(pk=dossier.pk).update(payment_state=PaymentState.UNPAID)
        PortalSettings.objects.update(stamp_unpaid=False)
        prepare_copy(file_id=file.pk)
        prepare_copy(file_id=0)
    assert copies() == set()


def test_a_file_that_becomes_an_invoice_is_prepared_where_all_else_is_withheld(cast: Cast) -> None:
    dossier = unpaid(cast)
    switch(block_unpaid=True)
    with firm_context("firm_alpha"):
        (file,) = files_of(dossier)
        edit_file(file, name=file.name, title="", comment="", kind=FileKind.INVOICE, user=cast.bob)
        run_jobs()
    assert copies() == {("rapport.pdf", "")}
