"""What a firm's mission orders are made of: our pages, its own PDF, fields, versions."""

import html
import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pypdf import PdfReader

from extranet.actions.mission import make_mission
from extranet.actions.mission_model import change_mission_model
from extranet.enums import DiagnosticKind
from extranet.mission_fields import datum_choices, datum_of, with_tags_replaced, wrong_tags
from extranet.models import MissionModel, MissionOrder, Order, PortalSettings
from extranet.queries.mission import current_model
from extranet.queries.mission_data import mission_data, sample_order
from extranet.queries.mission_proof import read_stored
from kernel.tenancy import firm_context
from storage.models import StoredFile
from tests.extranet.missions import mission_of, ordered
from tests.factories.cast import Cast
from tests.storage.builders import office, pdf
from tests.storage.pdf_forms import DESKTOP, Made, form_pdf
from tests.support import body, logged_in, said

pytestmark = pytest.mark.django_db

HOME = "/reglages/odm/"


@pytest.fixture(autouse=True)
def _nobody_answers(settings: Any) -> None:
    """No address service: nothing listens there."""
    settings.GEOCODER_URL, settings.GEOCODER_WAIT = "http://127.0.0.1:9/", 0


@pytest.fixture
def anna(cast: Cast) -> Client:
    return logged_in("alpha", cast.anna)


def upload(anna: Client, data: bytes, *, name: str = "odm.pdf", kind: str = "form") -> Any:
    return anna.post(f"{HOME}pdf/", {"kind": kind, "file": SimpleUploadedFile(name, data)})


def text_of(data: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)


def model() -> MissionModel:
    with firm_context("firm_alpha"):
        return current_model()


def made_text(mission: MissionOrder) -> str:
    with firm_context("firm_alpha"):
        return text_of(read_stored(StoredFile.objects.get(pk=mission.stored_id)))


# --- names and tags ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "datum"),
    [
        ("bien_adresse", "bien_adresse"),
        ("LiColonne_bien_année_construction", "bien_annee_construction"),
        ("form1[0].page[2].Proprietaire_Nom[0]", "proprietaire_nom"),
        ("rdv_date_2", "rdv_date"),
        ("Dossier_Nom", "num_dossier"),
        ("Donneur d’ordre", "dordre_nom"),
        ("diag_amiante", "diag_amiante"),
        ("diag_rien", ""),
        ("Texte12", ""),
        ("", ""),
    ],
)
def test_fields_are_known_by_the_desktop_softwares_names(name: str, datum: str) -> None:
    assert datum_of(name) == datum


def test_all_that_a_field_can_show_has_a_value_for_an_order(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        data = mission_data(sample_order())
    keys = {key for key, _label in datum_choices()}
    assert set(data) == keys
    # those that need a visit or a price list of the firm, and boxes that are not ticked
    empty = {key for key, value in data.items() if not value}
    without = {
        "rdv_date",
        "rdv_heure",
        "rdv_duree",
        "operateur_reperage",
        "prix_ht",
        "prix_tva",
        "prix_ttc",
        "num_devis_numero",
    }
    boxes = {f"diag_{kind}" for kind in DiagnosticKind.values} | {
        "dordre_est_agence",
        "dordre_est_notaire",
        "dordre_est_locataire",
        "mission_est_location",
    }
    assert empty <= without | boxes | {"cabinet_mentions", "dordre_societe", "occupant_mail"}


def test_unknown_tags_are_found_with_their_place() -> None:
    text = "Bonjour {{ dordre_nom }},\n{{bien_adresse}} {{ inconnu }}\n}} fin {{ "
    assert [(one.text, one.line, one.column) for one in wrong_tags(text)] == [
        ("{{ inconnu }}", 2, 18),
        ("}}", 3, 1),
        ("{{", 3, 8),
    ]
    assert with_tags_replaced("{{dordre_nom}} – {{ x }}", {"dordre_nom": "Alice"}) == "Alice – "


# --- our pages --------------------------------------------------------------------------------------------------------


def pages(**changes: Any) -> dict[str, Any]:
    told = {"sections": ["diagnostics", "orderer"], "before": "", "after": "", "documents": "", "terms": ""}
    return told | {"withdrawal": ""} | changes


def test_sections_and_texts_are_saved_in_their_order_and_printed(cast: Cast, anna: Client) -> None:
    assert anna.get(HOME).status_code == 200
    bad = anna.post(f"{HOME}pages/", pages(before="Bonjour {{ nom }}", terms="Gardé"))
    assert bad.status_code == 422
    seen = body(bad).decode()
    assert "{{ nom }}" in seen
    assert "Gardé" in seen
    answer = anna.post(f"{HOME}pages/", pages(before="Pour {{ bien_adresse }}", terms="Nos conditions", after="Fin"))
    assert (answer.status_code, answer.headers["Location"]) == (302, HOME)
    saved = model()
    assert (saved.version, saved.sections) == (1, ["diagnostics", "orderer"])
    text = made_text(mission_of(cast))
    assert "Pour 12 rue de Siam" in text
    assert text.index(said("Diagnostics")) < text.index("Alice Le Goff") < text.index("Fin")
    assert "Nos conditions" not in text, "its section is off"
    anna.post(f"{HOME}pages/", pages(before="Pour {{ bien_adresse }}", terms="Nos conditions", after="Fin"))
    assert model().version == 1, "nothing was changed"


def test_what_was_made_stays_whatever_the_model_becomes_and_versions_come_back(cast: Cast, anna: Client) -> None:
    anna.post(f"{HOME}pages/", pages(before="Premier texte"))
    mission = mission_of(cast)
    anna.post(f"{HOME}pages/", pages(before="Second texte"))
    assert "Premier texte" in made_text(mission)
    with firm_context("firm_alpha"):
        first = MissionModel.objects.get(version=1)
        assert mission.model_id == first.pk
    preview = anna.get(f"{HOME}versions/{first.code}/apercu.pdf")
    assert "Premier texte" in text_of(body(preview))
    anna.post(f"{HOME}versions/{first.code}/reprendre/")
    assert (model().version, model().before) == (3, "Premier texte")


def test_the_rules_are_saved_and_bad_ones_told(cast: Cast, anna: Client) -> None:
    good = {"mission_trigger": "started", "mission_code": "on", "mission_remind_days": "5", "mission_remind_most": "2"}
    assert anna.post(HOME, good | {"mission_remind_days": "0"}).status_code == 422
    assert anna.post(HOME, good | {"mission_remind_days": ""}).status_code == 302
    assert anna.post(HOME, good).status_code == 302
    with firm_context("firm_alpha"):
        saved = PortalSettings.objects.get()
    assert (saved.mission_trigger, saved.mission_code, saved.mission_remind_days) == ("started", True, 5)


# --- the firm's own PDF -----------------------------------------------------------------------------------------------


def test_a_form_is_matched_by_itself_the_rest_is_assigned_and_filled_in(cast: Cast, anna: Client) -> None:
    answer = upload(anna, form_pdf(DESKTOP))
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{HOME}champs/")
    now = model()
    assert (now.kind, len(now.fields)) == ("form", len(DESKTOP))
    assert now.assigned["form1.page1.proprietaire_nom[0]"] == "proprietaire_nom"
    assert now.assigned["Texte libre"] == ""
    seen = body(anna.get(f"{HOME}champs/")).decode()
    assert "Texte libre" in seen
    ranks = {field["name"]: f"field-{rank}" for rank, field in enumerate(now.fields)}
    told = {ranks[name]: key for name, key in now.assigned.items()} | {ranks["Texte libre"]: "rdv_clefs"}
    assert anna.post(f"{HOME}champs/", told | {ranks["bien_cp"]: "nothing"}).status_code == 422
    assert anna.post(f"{HOME}champs/", told).status_code == 302
    mission = mission_of(cast, owner_name="Mme Kermarrec")
    text = made_text(mission)
    for value in ("12 rue de Siam", "Mme Kermarrec", "À l’agence", "Valeur du modèle"):
        assert value in text
    with firm_context("firm_alpha"):
        reader = PdfReader(io.BytesIO(read_stored(StoredFile.objects.get(pk=mission.stored_id))))
    assert not reader.get_fields()
    last = anna.get(f"{HOME}apercu.pdf?order=last")
    assert "Mme Kermarrec" in text_of(body(last))
    anna.post(f"{HOME}nos-pages/")
    assert (model().kind, model().stored) == ("ours", None)
    with firm_context("firm_alpha"):
        assert now.stored is not None
        assert StoredFile.objects.filter(pk=now.stored.pk).exists(), "versions keep their file"


def test_a_form_for_a_consumer_comes_with_the_right_of_withdrawal(cast: Cast, anna: Client) -> None:
    upload(anna, form_pdf(DESKTOP))
    private = mission_of(cast, visitor=True, orderer_role="owner")
    company = mission_of(cast)
    assert said("Right of withdrawal") in made_text(private)
    assert said("Right of withdrawal") not in made_text(company)


@pytest.mark.parametrize(("kind", "first"), [("front", True), ("back", False)])
def test_a_pdf_without_fields_goes_before_or_after_our_pages(cast: Cast, anna: Client, kind: str, first: bool) -> None:
    assert upload(anna, pdf(2), kind=kind).status_code == 302
    mission = mission_of(cast)
    with firm_context("firm_alpha"):
        reader = PdfReader(io.BytesIO(read_stored(StoredFile.objects.get(pk=mission.stored_id))))
    texts = [page.extract_text().strip() for page in reader.pages]
    assert (texts[0] == "", texts[-1] == "") == (first, not first)


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (pdf(1), "odm.pdf", "This PDF has no form fields"),
        (office("word/document.xml"), "odm.docx", "Word models cannot be filled in faithfully here"),
        (b"texte", "odm.txt", "This is no PDF"),
        (form_pdf([Made("a")], pages=31), "odm.pdf", "A model has 30 pages and 500 fields at most."),
        (pdf(1, password="secret"), "odm.pdf", "This PDF needs a password"),
    ],
)
def test_what_cannot_be_a_model_is_refused_with_the_reason(cast: Cast, data: bytes, name: str, told: str) -> None:
    anna = logged_in("alpha", cast.anna)
    anna.cookies["django_language"] = "en"
    answer = upload(anna, data, name=name)
    assert answer.status_code == 422
    assert told in html.unescape(body(answer).decode())
    with firm_context("firm_alpha"):
        assert StoredFile.objects.count() == 0
        assert MissionModel.objects.count() == 0


def test_a_model_of_nothing_of_ours_still_makes_a_pdf(cast: Cast) -> None:
    order = ordered(cast)
    with firm_context("firm_alpha"):
        change_mission_model(user=None, sections=[], before="", terms="", documents="", withdrawal="")
        assert make_mission(Order.objects.get(pk=order.pk), user=None).stored.pdf_pages == 1
