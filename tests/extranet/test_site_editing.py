"""Working on the firm's site: blocks, pages, pictures, undo, and what is refused."""

import copy
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from accounts.models import Permission
from extranet.actions.site_image import add_site_image, delete_site_image
from extranet.models import Site, SiteImage, SiteRevision
from extranet.site_blocks import KINDS, ShapeError, clean_values, is_link
from extranet.site_document import Document, read, write
from extranet.site_start import sample_values
from kernel.errors import DomainError
from kernel.tenancy import firm_context
from storage.backends import firm_storage
from tests.factories.cast import Cast
from tests.factories.site_things import add_site, every_block, page_data, photo, settings_data
from tests.support import logged_in, run_jobs, said, without_set

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def office(cast: Cast) -> Client:
    with firm_context("firm_alpha"):
        add_site(cast.anna)
    return logged_in("alpha", cast.anna)


def draft() -> Document:
    with firm_context("firm_alpha"):
        return read(Site.objects.get().draft)


def last_page() -> Any:
    return draft().pages[-1]


def do(office: Client, verb: str) -> None:
    assert office.post("/site-internet/faire/", {"do": verb}, headers=HTMX).status_code in {204, 302}


def test_a_site_is_ready_in_one_click(cast: Cast) -> None:
    office = logged_in("alpha", cast.anna)
    assert said("Your web site") in office.get("/site-internet/").content.decode()
    assert office.post("/site-internet/nouveau/", {"theme": "nothing"}).status_code == 422
    assert office.post("/site-internet/nouveau/", {"theme": "studio"}).status_code == 302
    assert [page.slug for page in draft().pages] == ["", "nos-diagnostics", "contact", "mentions-legales"]
    assert office.get("/site-internet/").status_code == 200
    do(office, "publish")
    with firm_context("firm_alpha"):
        assert Site.objects.get().is_published


def test_staff_needs_the_right(office: Client, cast: Cast) -> None:
    bob = logged_in("alpha", cast.bob)
    assert bob.get("/site-internet/").status_code == 404
    with firm_context("firm_alpha"):
        cast.bob.permissions = [Permission.WEBSITE]
        cast.bob.save()
    assert bob.get("/site-internet/").status_code == 200


def test_each_block_is_saved_by_its_form(office: Client) -> None:
    for block in last_page().blocks:
        form = office.get(f"/site-internet/blocs/{block.code}/", headers=HTMX).context["form"]
        sent = {field.html_name: field.value() or "" for field in form}
        for rows in form.lists:
            sent[f"{rows.name}-count"] = str(len(rows.forms))
            sent |= {field.html_name: field.value() or "" for row in rows.forms for field in row}
        sent = {name: "on" if value is True else value for name, value in sent.items()}
        answer = office.post(
            f"/site-internet/blocs/{block.code}/", sent | {"heading": f"Titre {block.kind}"}, headers=HTMX
        )
        assert (answer.status_code, block.code in answer.headers["HX-Trigger"]) == (204, True), block.kind
        found = draft().place_of(block.code)
        assert found is not None
        assert found[1].values == block.values | {"heading": f"Titre {block.kind}"}, block.kind


def test_rows_of_a_list_come_move_and_go(office: Client) -> None:
    block = next(one for one in last_page().blocks if one.kind == "words")
    path = f"/site-internet/blocs/{block.code}/"
    sent = {"heading": "Avis", "ground": "plain", "entries-count": "2"}
    sent |= {"entries-0-text": "Un", "entries-0-who": "A", "entries-1-text": "Deux", "entries-1-who": "B"}
    answer = office.post(path, sent | {"row": "entries:up:1"}, headers=HTMX)
    assert 'name="entries-0-text"' in answer.content.decode()

    def rows() -> list[str]:
        found = draft().place_of(block.code)
        assert found is not None
        entries: Any = found[1].values["entries"]
        return [row["text"] for row in entries]

    assert rows() == ["Deux", "Un"]
    more = office.post(path, sent | {"row": "entries:add"}, headers=HTMX).content.decode()
    assert 'name="entries-2-text"' in more
    office.post(path, sent | {"row": "entries:remove:0"}, headers=HTMX)
    assert rows() == ["Deux"]
    for row in ("entries:remove:99", "nothing:add", "entries:up:x", ":::"):
        assert office.post(path, sent | {"row": row}, headers=HTMX).status_code == 200, row


def test_blocks_are_added_moved_copied_removed_and_all_of_it_is_undone(office: Client) -> None:
    page = last_page()
    first, second = page.blocks[0].code, page.blocks[1].code
    added = office.post(
        "/site-internet/blocs/nouveau/", {"page": page.code, "after": first, "kind": "faq"}, headers=HTMX
    )
    assert added.status_code == 200
    assert [block.kind for block in last_page().blocks][:3] == ["hero", "faq", "text"]
    for verb in ("down", "copy", "remove"):
        assert office.post(f"/site-internet/blocs/{second}/faire/", {"do": verb}, headers=HTMX).status_code == 204
    order = [block.code for block in reversed(last_page().blocks)]
    office.post("/site-internet/ordre/", {"page": page.code, "block": order}, headers=HTMX)
    assert [block.code for block in last_page().blocks] == order
    after = draft()
    for _ in range(5):
        do(office, "undo")
    assert last_page() == page
    do(office, "undo")
    assert last_page() == page, "nothing is before the beginning"
    for _ in range(5):
        do(office, "redo")
    assert draft() == after
    do(office, "undo")
    office.post(f"/site-internet/blocs/{first}/faire/", {"do": "copy"}, headers=HTMX)
    do(office, "redo")
    assert draft() != after, "what was undone ends with the next change"
    do(office, "discard")
    assert last_page() == page
    do(office, "undo")
    assert last_page() != page, "discarding too"


def test_typing_is_one_step_back(office: Client) -> None:
    block = last_page().blocks[1]
    for text in ("A", "Ab", "Abc"):
        sent = {"heading": text, "body": "<p>x</p>", "side": "right", "ground": "plain"}
        office.post(f"/site-internet/blocs/{block.code}/", sent, headers=HTMX)
    with firm_context("firm_alpha"):
        assert SiteRevision.objects.count() == 2
    do(office, "undo")
    assert last_page().blocks[1] == block


def test_two_who_work_on_different_blocks_keep_both(office: Client, cast: Cast) -> None:
    first, second = last_page().blocks[1:3]
    other = logged_in("alpha", cast.anna)
    form = {"heading": "De l’un", "body": "<p>x</p>", "side": "right", "ground": "plain"}
    office.get(f"/site-internet/blocs/{second.code}/")
    other.post(f"/site-internet/blocs/{first.code}/", form)
    office.post(
        f"/site-internet/blocs/{second.code}/", {"heading": "De l’autre", "ground": "tint", "entries-count": "0"}
    )
    assert [block.values["heading"] for block in last_page().blocks[1:3]] == ["De l’un", "De l’autre"]
    office.post(f"/site-internet/blocs/{first.code}/faire/", {"do": "remove"})
    assert other.post(f"/site-internet/blocs/{first.code}/", form).status_code == 404


def test_pages_are_added_named_moved_and_deleted(office: Client) -> None:
    assert office.post("/site-internet/pages/", {"title": "Compte"}).status_code == 302
    page = last_page()
    assert page.slug == "compte-2", "an address of the portal is not given"
    path = f"/site-internet/pages/{page.code}/"
    for slug, why in (
        ("compte", "This address belongs to the portal: choose another one."),
        ("contact", "Another page has this address."),
        ("À côté", "Small letters without accents, figures and single hyphens only."),
        ("", "Small letters without accents, figures and single hyphens only."),
    ):
        answer = office.post(path, page_data(slug=slug), headers=HTMX)
        assert answer.status_code == 422, slug
        assert said(why) in answer.content.decode(), slug
    long = office.post(path, page_data(title="x" * 500), headers=HTMX)
    assert long.status_code == 422
    assert "200" in long.content.decode()
    assert "500" in long.content.decode(), "it says how long it is"
    assert office.post(path, page_data(slug="avis"), headers=HTMX).status_code == 204
    assert (last_page().slug, last_page().title) == ("avis", "Autre titre")
    office.post(f"{path}faire/", {"do": "up"})
    assert [one.slug for one in draft().pages][-2:] == ["avis", "tout"]
    office.post(f"{path}faire/", {"do": "remove"})
    office.post(f"/site-internet/pages/{draft().home.code}/faire/", {"do": "remove"})
    assert [one.slug for one in draft().pages] == ["", "nos-diagnostics", "contact", "mentions-legales", "tout"]


def test_look_and_hours_are_saved_and_checked(office: Client) -> None:
    assert office.post("/site-internet/reglages/", settings_data(hours_1="9h-12h"), headers=HTMX).status_code == 422
    assert office.post("/site-internet/reglages/", settings_data(), headers=HTMX).status_code == 204
    assert (draft().theme, draft().hours[0], draft().hours[1]) == ("studio", "09:00-12:00", "")


def test_links_that_could_run_something_are_refused(office: Client) -> None:
    hero = last_page().blocks[0]
    for link in (
        "javascript:alert(1)",
        "JavaScript:x",
        "data:text/html,x",
        "//evil.example",
        "https://a@b.example",
        "/a b",
        "vbscript:x",
    ):
        sent = {"heading": "Titre", "button": "Ici", "link": link}
        answer = office.post(f"/site-internet/blocs/{hero.code}/", sent, headers=HTMX)
        assert answer.status_code == 422, link
        assert not is_link(link)
    for link in ("/tarif/", "#contact", "https://a.example/b?c=d", "mailto:a@b.example", "tel:+33298000000"):
        assert is_link(link), link
    assert last_page().blocks[0] == hero


def test_data_of_another_shape_are_refused() -> None:
    good = write(every_block())
    assert write(read(good)) == good
    page = {"code": "0" * 12, "slug": "", "title": "x"}
    shapes: tuple[Any, ...] = (
        None, [], {"nothing": 1}, {"pages": []}, {"pages": "x"}, {"pages": [page | {"slug": "a"}]},
        {"pages": [page, page]}, {"pages": [page | {"title": "x" * 500}]}, {"pages": [page | {"code": "../x"}]},
        {"pages": [page | {"blocks": [{"code": "1" * 12, "kind": "script", "values": {}}]}]},
        {"pages": [page | {"blocks": [{"code": "1" * 12, "kind": "text", "values": {"body": 3}}]}]},
        {"pages": [page], "theme": "x"}, {"pages": [page], "hours": ["9h"] * 7}, {"pages": [page], "name": 5},
        {"pages": [page | {"blocks": [{}] * 61}]},
    )  # fmt: skip
    for change in shapes:
        with pytest.raises(ShapeError):
            read(copy.deepcopy(change))
    wrong: tuple[dict[str, Any], ...] = (
        {"x": 1},
        {"entries": [{"x": "y"}]},
        {"entries": {}},
        {"entries": [1]},
        {"heading": ["x"]},
        {"entries": [{}] * 61},
    )
    for values in wrong:
        with pytest.raises(ShapeError):
            clean_values("faq", values)
    assert all(clean_values(kind.kind, sample_values(kind.kind)) for kind in KINDS)


def bomb(width: int, height: int) -> SimpleUploadedFile:
    target = io.BytesIO()
    Image.new("1", (width, height)).save(target, "PNG")
    return SimpleUploadedFile("bomb.png", target.getvalue(), "image/png")


def test_pictures_that_are_none_or_too_large_are_refused(office: Client, cast: Cast) -> None:
    svg = SimpleUploadedFile(
        "logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "image/svg+xml"
    )
    fake = SimpleUploadedFile("x.jpg", b"\xff\xd8\xff\xe0 not a picture", "image/jpeg")
    heavy = SimpleUploadedFile("x.png", b"\x89PNG\r\n\x1a\n" + b"x" * (20 * 1024 * 1024), "image/png")
    with firm_context("firm_alpha"):
        before = SiteImage.objects.count()
    for upload, why in (
        (svg, "This is not a PNG, JPEG, WebP or AVIF picture."),
        (fake, "This is not a PNG, JPEG, WebP or AVIF picture."),
        (bomb(10_000, 10_000), "This picture has too many pixels: 40 million at most."),
        (heavy, "This picture is too large: 20 MB at most."),
    ):
        answer = office.post("/site-internet/images/", {"file": upload, "alt": ""})
        assert answer.status_code == 422, why
        assert said(why) in answer.content.decode()
    with firm_context("firm_alpha"):
        assert SiteImage.objects.count() == before
        one, two = (add_site_image(photo(colour="#abcdef"), alt="", user=cast.anna) for _ in range(2))
        assert one == two, "the same picture is stored once"


def test_a_picture_sent_with_a_block_is_shown_and_stays_while_it_is(office: Client, cast: Cast) -> None:
    hero = last_page().blocks[0]
    sent = {"heading": "Titre", "picture": "", "picture-file": photo(colour="#445566")}
    answer = office.post(f"/site-internet/blocs/{hero.code}/", sent, headers=HTMX)
    assert answer.status_code == 200
    with firm_context("firm_alpha"):
        image = SiteImage.objects.get()
        assert last_page().blocks[0].values["picture"] == image.code
        with pytest.raises(DomainError) as refused:
            delete_site_image(image)
        assert refused.value.code == "in_use"
    office.post(f"/site-internet/blocs/{hero.code}/", {"heading": "Titre", "picture": ""}, headers=HTMX)
    office.post(f"/site-internet/images/{image.code}/", {"delete": "1"})
    run_jobs()
    with firm_context("firm_alpha"):
        assert not SiteImage.objects.exists()
        assert not [key for key in firm_storage().list_keys("firms/firm_alpha/site/") if image.code in key]


@pytest.mark.parametrize("count", [1, 3])
def test_pages_of_the_office_cost_the_same_whatever_there_is(office: Client, cast: Cast, count: int) -> None:
    with firm_context("firm_alpha"):
        for number in range(count):
            add_site_image(photo(colour=f"#0000{number}0"), alt="", user=cast.anna)
    for path, most in (("/site-internet/", 4), ("/site-internet/images/", 3), ("/site-internet/messages/", 3)):
        office.get(path)
        with CaptureQueriesContext(connection) as queries:
            assert office.get(path).status_code == 200
        assert len(without_set(queries)) == most, (path, without_set(queries))
