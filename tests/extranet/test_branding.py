"""The look of the portal, as an administrator changes it."""

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from kernel.tenancy import firm_context, public_context
from tests.factories.cast import Cast
from tests.storage.builders import image, pdf, upload
from tests.support import at_host, logged_in, run_jobs, said
from themes.models import Branding

pytestmark = pytest.mark.django_db
URL = "/apparence/"
GOOD = {
    "site_name": "Armor Diagnostics",
    "background_color": "#eef4f3",
    "button_color": "#0f766e",
    "language": "en",
    "rows_per_page": "50",
    "top_offset": "40",
}


def look(cast: Cast) -> Branding:
    with public_context():
        return Branding.objects.get(firm=cast.alpha)


def save(cast: Cast, capture: Any, **data: Any) -> Any:
    with capture(execute=True):
        return logged_in("alpha", cast.anna).post(URL, GOOD | data)


def test_the_look_is_saved_and_seen_at_once(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    before = look(cast).version
    assert "Cabinet Alpha" in at_host("alpha").get("/compte/connexion/").content.decode()
    answer = save(cast, django_capture_on_commit_callbacks)
    assert (answer.status_code, answer["Location"]) == (302, URL)
    saved = look(cast)
    assert (saved.site_name, saved.button_color, saved.rows_per_page, saved.top_offset) == (
        "Armor Diagnostics",
        "#0f766e",
        50,
        40,
    )
    assert saved.version == before + 1
    page = at_host("alpha").get("/compte/connexion/")
    assert "Armor Diagnostics" in page.content.decode()
    assert page["Content-Language"] == "en"
    assert "--dd-brand: #0f766e;" in at_host("alpha").get("/theme.css").content.decode()
    assert "Armor" not in at_host("beta").get("/compte/connexion/").content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"button_color": "red"}, "button_color"),
        ({"button_color": "#12345"}, "button_color"),
        ({"button_color": "#0f766e;}"}, "button_color"),
        ({"background_color": "#GGGGGG"}, "background_color"),
        ({"background_color": "url(//evil.example)"}, "background_color"),
        ({"site_name": ""}, "site_name"),
        ({"site_name": "x" * 81}, "site_name"),
        ({"language": "xx"}, "language"),
        ({"rows_per_page": "9"}, "rows_per_page"),
        ({"rows_per_page": "351"}, "rows_per_page"),
        ({"rows_per_page": "99999999999999999999"}, "rows_per_page"),
        ({"top_offset": "-1"}, "top_offset"),
        ({"top_offset": "301"}, "top_offset"),
    ],
)
def test_a_wrong_look_is_refused_and_changes_nothing(
    cast: Cast, django_capture_on_commit_callbacks: Any, changes: dict[str, str], field: str
) -> None:
    before = Branding.objects.filter(firm=cast.alpha).values().get()
    answer = save(cast, django_capture_on_commit_callbacks, **changes)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    assert Branding.objects.filter(firm=cast.alpha).values().get() == before


def test_pictures_are_made_anew_shown_replaced_and_removed(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    capture = django_capture_on_commit_callbacks
    large = io.BytesIO()
    Image.new("RGB", (3_000, 1_000), "navy").save(large, "PNG")
    assert save(cast, capture, logo=upload(large.getvalue(), "logo.png")).status_code == 302
    first = look(cast).logo_key
    assert first.startswith("firms/firm_alpha/branding/logo-")
    answer = at_host("alpha").get("/branding/logo", {"v": look(cast).version})
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/png")
    assert "immutable" in answer["Cache-Control"]
    with Image.open(io.BytesIO(answer.content)) as shown:
        assert shown.size == (576, 192)
    assert at_host("beta").get("/branding/logo").status_code == 404
    assert "/branding/logo" in at_host("alpha").get("/compte/connexion/").content.decode()

    assert save(cast, capture, logo=upload(image("JPEG"), "logo.jpg"), background=upload(image(), "b.png"))
    run_jobs()
    with firm_context("firm_alpha"):
        assert default_storage.exists(first), "an undo would show the former picture"
        assert default_storage.exists(look(cast).logo_key)
    assert at_host("alpha").get("/branding/background")["Content-Type"] == "image/jpeg"
    assert at_host("alpha").get("/branding/background")["Cache-Control"] == "no-cache"

    second = look(cast).logo_key
    save(cast, capture)
    assert look(cast).logo_key == second, "saved without a picture, the present one stays"
    run_jobs()
    with firm_context("firm_alpha"):
        assert not default_storage.exists(first), "no undo leads to it any more"
    save(cast, capture, remove_logo="on", remove_background="on")
    assert (look(cast).logo_key, look(cast).background_key) == ("", "")
    assert at_host("alpha").get("/branding/logo").status_code == 404


def test_the_last_change_is_taken_back_with_its_pictures_and_the_undo_too(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    capture = django_capture_on_commit_callbacks
    anna = logged_in("alpha", cast.anna)
    save(cast, capture, logo=upload(image(), "logo.png"), site_name="First")
    first = look(cast)
    save(cast, capture, remove_logo="on", site_name="Second", button_color="#123456")
    page = anna.get(URL).content.decode()
    assert "/apparence/annuler/" in page
    for name, logo_key in (("First", first.logo_key), ("Second", ""), ("First", first.logo_key)):
        version = look(cast).version
        with capture(execute=True):
            assert anna.post("/apparence/annuler/").status_code == 302
        assert (look(cast).site_name, look(cast).logo_key, look(cast).version) == (name, logo_key, version + 1)
    run_jobs()
    assert at_host("alpha").get("/branding/logo").status_code == 200


def test_a_picture_loses_its_metadata(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    source = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at 48.1173,-1.6778"
    Image.new("RGB", (60, 60), "navy").save(source, "JPEG", exif=exif)
    assert b"48.1173" in source.getvalue()
    save(cast, django_capture_on_commit_callbacks, background=upload(source.getvalue(), "b.jpg"))
    assert b"48.1173" not in at_host("alpha").get("/branding/background").content


@pytest.mark.parametrize("field", ["logo", "background"])
@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"not a picture", "logo.png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "logo.svg"),
        (pdf(), "logo.png"),
        (image("GIF"), "logo.gif"),
        (image("PNG")[:40], "logo.png"),
        (b"", "logo.png"),
    ],
    ids=["text", "svg", "pdf", "gif", "cut", "empty"],
)
def test_what_is_no_picture_is_refused(
    cast: Cast, django_capture_on_commit_callbacks: Any, field: str, data: bytes, name: str
) -> None:
    before = look(cast)
    answer = save(cast, django_capture_on_commit_callbacks, **{field: upload(data, name)})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    after = look(cast)
    assert (after.logo_key, after.background_key, after.version) == ("", "", before.version)
    assert 'value="Armor Diagnostics"' in answer.content.decode()


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_read(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    bomb = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(bomb, "PNG")
    assert len(bomb.getvalue()) < 200_000
    answer = save(cast, django_capture_on_commit_callbacks, logo=upload(bomb.getvalue(), "logo.png"))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"logo"}


def test_a_picture_that_is_too_heavy_is_refused(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    heavy = image() + b"\x00" * (5 * 1024 * 1024)
    answer = save(cast, django_capture_on_commit_callbacks, logo=upload(heavy, "logo.png"))
    assert answer.status_code == 422
    assert said("This picture is too large: %(limit)d MB at most.", limit=5) in answer.content.decode()
    assert look(cast).logo_key == ""


def test_a_refused_picture_leaves_no_other_behind(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    """The logo is good, the background is not: neither is kept, nor its object."""
    with firm_context("firm_alpha"):
        before = sorted(default_storage.list_keys("firms/firm_alpha/branding/"))  # type: ignore[attr-defined]
    answer = save(
        cast,
        django_capture_on_commit_callbacks,
        logo=upload(image(), "logo.png"),
        background=upload(b"not a picture", "b.png"),
    )
    assert answer.status_code == 422
    with firm_context("firm_alpha"):
        after = sorted(default_storage.list_keys("firms/firm_alpha/branding/"))  # type: ignore[attr-defined]
    assert after == before
