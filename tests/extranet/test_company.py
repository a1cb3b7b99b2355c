"""Who the firm is in law: checked numbers, lines on documents, certifications, a signature made anew."""

import io
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation
from PIL import Image

from extranet.company_lines import proposed_vat_number
from extranet.models import Certification, Company, Diagnostician, PortalSettings
from extranet.queries.company import certification_lines, legal_mentions
from extranet.queries.quote import lines_of_quote
from extranet.quote_letter import quote_pdf
from kernel.tenancy import firm_context, public_context
from storage.models import StoredFile
from tests.extranet.quotes import text_of
from tests.factories.cast import Cast
from tests.factories.firm_things import company_data
from tests.factories.quote_things import add_draft
from tests.storage.builders import image, upload
from tests.support import at_host, body, logged_in, run_jobs, said
from themes.models import Branding

pytestmark = pytest.mark.django_db
URL = "/reglages/societe/"
WHOLE = {
    "capital": "10 000 €",
    "vat_number": "fr 44 732 829 320",
    "rcs_town": "Brest",
    "naf": "71.20b",
    "street": "12 quai de la Douane",
    "postcode": "29200",
    "city": "Brest",
    "website": "www.armor.example",
    "insurer": "MMA",
    "policy": "P-1",
    "cover_claim": "300000",
    "cover_year": "500 000",
    "signer_name": "Anna Amiante",
    "signer_role": "gérante",
}


def test_the_data_are_checked_saved_and_said_on_documents(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    first = anna.get(URL).content.decode()
    assert 'value="73282932000074"' in first, "what the firm said when it signed up"
    assert anna.post(URL, company_data(**WHOLE)).status_code == 302
    with firm_context("firm_alpha"):
        row = Company.objects.get()
        assert (row.siren, row.siret, row.vat_number) == ("732829320", "73282932000074", "FR44732829320")
        assert (row.naf, row.website, row.capital) == ("7120B", "https://www.armor.example", 10_000)
        lines = legal_mentions()
        with translation.override("en"):
            assert legal_mentions().splitlines() == [
                "Armor Diagnostics, SARL with a capital of 10,000 € · 12 quai de la Douane · 29200 Brest",
                "https://www.armor.example",
                "SIRET 732 829 320 00074 · RCS Brest · NAF 7120B · VAT FR44732829320",
                "Professional liability: MMA · policy no. P-1 · 300,000 € per claim · 500,000 € per year",
            ]
        quote = add_draft(cast.alice, user=cast.bob)
        text = text_of(quote_pdf(quote, lines_of_quote(quote)))
        assert "RCS Brest" in text
        assert "Anna Amiante, gérante" in text
        PortalSettings.objects.update(legal_mentions="Nos propres mots")
        assert legal_mentions() == "Nos propres mots"
    assert "Nos propres mots" in anna.get(URL).content.decode()
    assert anna.post(f"{URL}mentions/").status_code == 302
    with firm_context("firm_alpha"):
        assert legal_mentions() == lines


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"siret": "73282932000075"}, "siret"),
        ({"siret": "1" * 400}, "siret"),
        ({"siren": "732829321"}, "siren"),
        ({"siren": "552100554"}, "siren"),
        ({"vat_number": "FR45732829320"}, "vat_number"),
        ({"vat_number": "FR83404833048"}, "vat_number"),
        ({"vat_number": "DE136695976"}, "vat_number"),
        ({"naf": "12"}, "naf"),
        ({"capital": "-5"}, "capital"),
        ({"capital": "9" * 30}, "capital"),
        ({"cover_year": "beaucoup"}, "cover_year"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"email": "nope"}, "email"),
        ({"legal_name": "x" * 500}, "legal_name"),
        ({"expires_on": "32/13/2026"}, "expires_on"),
    ],
)
def test_wrong_data_are_refused(cast: Cast, changes: dict[str, str], field: str) -> None:
    answer = logged_in("alpha", cast.anna).post(URL, company_data(**changes))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    with firm_context("firm_alpha"):
        assert Company.objects.get().legal_name == ""


@pytest.mark.parametrize(
    ("siren", "number"), [("732829320", "FR44732829320"), ("404833048", "FR83404833048"), ("123", ""), ("", "")]
)
def test_the_vat_number_follows_from_the_siren(siren: str, number: str) -> None:
    assert proposed_vat_number(siren) == number


def test_the_proposed_vat_number_is_taken_by_its_button_alone(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    anna.post(URL, company_data())
    assert "FR44732829320" in anna.get(URL).content.decode()
    anna.post(URL, company_data(use_vat="1"))
    with firm_context("firm_alpha"):
        assert Company.objects.get().vat_number == "FR44732829320"


def test_an_insurance_below_the_laws_least_or_expired_is_told(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    anna.post(URL, company_data(insurer="MMA", cover_claim="100000"))
    warning = said("Your insurance covers less than the law asks of diagnosticians (CCH R271-2).")
    assert warning in anna.get(URL).content.decode()
    past = (timezone.localdate() - timedelta(days=1)).isoformat()
    anna.post(URL, company_data(insurer="MMA", cover_claim="300000", expires_on=past))
    page = anna.get(URL).content.decode()
    assert warning not in page
    assert said("Your insurance has expired: note the new policy.") in page


def test_a_signature_is_made_anew_kept_private_replaced_and_removed(
    cast: Cast, django_capture_on_commit_callbacks: Any
) -> None:
    anna = logged_in("alpha", cast.anna)
    source = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken at 48.1173"
    Image.new("RGB", (3_000, 600), "white").save(source, "JPEG", exif=exif)
    named = company_data(signer_name="Anna")
    assert anna.post(URL, named | {"signature": upload(source.getvalue(), "s.jpg")}).status_code == 302
    shown = body(anna.get(f"{URL}signature/"))
    with Image.open(io.BytesIO(shown)) as picture:
        assert (picture.format, picture.size) == ("PNG", (900, 180))
    assert b"48.1173" not in shown
    assert at_host("alpha").get(f"{URL}signature/").status_code == 302
    assert logged_in("alpha", cast.bob).get(f"{URL}signature/").status_code == 404
    with firm_context("firm_alpha"):
        quote = add_draft(cast.alice, user=cast.bob)
        assert b"/Image" in quote_pdf(quote, lines_of_quote(quote))
        first = StoredFile.objects.get(company_signature__isnull=False)
    with django_capture_on_commit_callbacks(execute=True):
        anna.post(URL, named | {"signature": upload(image(), "s.png")})
    run_jobs()
    with firm_context("firm_alpha"):
        assert not StoredFile.objects.filter(pk=first.pk).exists()
    anna.post(URL, named | {"remove_signature": "on"})
    assert anna.get(f"{URL}signature/").status_code == 404


def huge(width: int, height: int) -> bytes:
    target = io.BytesIO()
    Image.new("1", (width, height)).save(target, "PNG")
    return target.getvalue()


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
            "This is not a PNG, JPEG or WebP picture.",
        ),
        (huge(10_000, 10_000), "This picture has too many pixels: 40 million at most."),
        (huge(20_000, 20_000), "This picture has too many pixels: 40 million at most."),
    ],
    ids=["svg with script", "100 megapixels", "400 megapixels"],
)
def test_a_hostile_picture_is_refused_with_its_reason(cast: Cast, data: bytes, text: str) -> None:
    anna = logged_in("alpha", cast.anna)
    look = {"site_name": "A", "background_color": "#ffffff", "button_color": "#000000", "language": "fr"}
    look |= {"rows_per_page": "25", "top_offset": "0"}
    for path, field, sent in (
        (URL, "signature", company_data()),
        ("/apparence/", "logo", look),
        ("/apparence/", "background", look),
    ):
        answer = anna.post(path, sent | {field: upload(data, "picture.png")})
        assert answer.status_code == 422
        assert answer.context["form"].errors[field] == [said(text)]


def test_a_background_of_50_megabytes_is_refused_with_its_reason(cast: Cast) -> None:
    look = {"site_name": "A", "background_color": "#ffffff", "button_color": "#000000", "language": "fr"}
    look |= {"rows_per_page": "25", "top_offset": "0"}
    heavy = upload(image() + bytes(50 * 1024 * 1024), "fond.png")
    answer = logged_in("alpha", cast.anna).post("/apparence/", look | {"background": heavy})
    assert answer.status_code == 422
    assert answer.context["form"].errors["background"] == [
        said("This picture is too large: %(limit)d MB at most.", limit=15)
    ]
    with public_context():
        assert Branding.objects.get(firm=cast.alpha).background_key == ""


def test_certifications_are_noted_listed_and_deleted(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    with firm_context("firm_alpha"):
        person = Diagnostician.objects.create(name="Denis Le Gall")
    sent = {"diagnostician": person.code, "domain": "asbestos", "number": "C-77", "body": "Qualixpert"}
    soon = timezone.localdate() + timedelta(days=20)
    new = f"{URL}certifications/ajouter/"
    assert anna.post(new, sent | {"expires_on": soon.isoformat()}).status_code == 302
    for wrong in ({"diagnostician": "a\x00"}, {"domain": "magic"}, {"number": ""}):
        assert anna.post(new, sent | wrong).status_code == 422
    page = anna.get(URL).content.decode()
    assert "C-77" in page
    with firm_context("firm_alpha"):
        row = Certification.objects.get()
        assert "C-77 (Qualixpert)" in certification_lines()[0]
        Certification.objects.update(expires_on=timezone.localdate() - timedelta(days=1), told=7)
        assert certification_lines() == [], "an expired one is not claimed"
    one = f"{URL}certifications/{row.code}/"
    assert anna.post(one, sent | {"number": "C-78"}).status_code == 302
    with firm_context("firm_alpha"):
        row.refresh_from_db()
        assert (row.number, row.told) == ("C-78", None)
    assert anna.post(f"{one}supprimer/").status_code == 302
    assert anna.get(one).status_code == 404
