"""The pages of mails' texts: listed, edited, previewed, tried, put back; and what is refused."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from kernel.tenancy import firm_context
from mail.kinds import mail_kinds
from mail.models import MailText, MailTextVersion, OutgoingMail
from mail.writing import compose
from tests.factories.cast import Cast
from tests.factories.mail_things import KIND, mail_text_data, save_words
from tests.support import Box, html_of, logged_in, run_jobs, text_of, without_set

pytestmark = pytest.mark.django_db
PAGE = f"/reglages/e-mails/{KIND}/"


def sent_now() -> str:
    with firm_context("firm_alpha"), translation.override("fr"):
        kind = mail_kinds()[KIND]
        return compose(kind, kind.samples()).subject


def test_a_text_is_saved_by_language_and_listed_as_the_firms_own(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    assert anna.post(f"{PAGE}?langue=fr", mail_text_data(seen="0")).status_code == 302
    assert sent_now().startswith("Votre dossier ")
    listed = anna.get("/reglages/e-mails/").content.decode()
    assert listed.count("dd-mail-yours") == 1
    page = anna.get(f"{PAGE}?langue=fr").content.decode()
    assert "Votre dossier {dossier}" in page
    assert "Votre dossier {dossier}" not in anna.get(f"{PAGE}?langue=en").content.decode()
    shown = anna.get(f"{PAGE}affiche/?langue=fr")
    assert "style-src 'unsafe-inline'" in shown["Content-Security-Policy"]
    assert "script-src" not in shown["Content-Security-Policy"]
    assert shown["X-Frame-Options"] == "SAMEORIGIN"
    # given up, and back by the history
    assert anna.post(f"{PAGE}texte-initial/?langue=fr").status_code == 302
    assert not sent_now().startswith("Votre dossier {")
    with firm_context("firm_alpha"):
        first = MailTextVersion.objects.get(number=1)
    assert anna.post(f"{PAGE}retablir/{first.code}/?langue=en").status_code == 404, "of another language"
    assert anna.post(f"{PAGE}retablir/{first.code}/?langue=fr").status_code == 302
    assert sent_now().startswith("Votre dossier ")


@pytest.mark.parametrize(
    ("kind", "changed", "said"),
    [
        (KIND, {"subject": "Bonjour {prenom}"}, "{prenom}"),
        (KIND, {"body": "<p>un</p><p>Bonjour {no<b>m</b>} !</p>"}, "{nom}"),
        (KIND, {"body": "<p>un</p><ul><li>voici {dossie}, vite</li></ul>"}, "{dossie}"),
        (
            KIND,
            {"body": '<p>{nom} <a href="https://a.example/?d={dossier}">a</a></p>'},
            "https://a.example/?d={dossier}",
        ),
        (KIND, {"body": "<p> </p><script>alert(1)</script>"}, "field"),
        (KIND, {"body": "x" * 20_001}, "20"),
        (KIND, {"subject": "x" * 201}, "200"),
        (KIND, {"subject": "Voir {lien}"}, "{lien}"),
        ("access_codes", {"body": "<p>Bonjour</p>"}, "{identifiant} {mot_de_passe}"),
        (
            "access_codes",
            {"subject": "{mot_de_passe}", "body": "<p>{identifiant} {mot_de_passe}</p>"},
            "{mot_de_passe}",
        ),
        ("password_reset", {"body": "<p>Bonjour</p>", "button": ""}, "{lien}"),
        ("guest_code", {"subject": "Code", "body": "<p>Bonjour</p>"}, "{code}"),
    ],
)
def test_what_would_spoil_a_mail_is_refused_and_stays_as_it_was_typed(
    cast: Cast, kind: str, changed: dict[str, str], said: str
) -> None:
    anna = logged_in("alpha", cast.anna)
    data = mail_text_data(subject="Objet") | changed
    answer = anna.post(f"/reglages/e-mails/{kind}/?langue=fr", data)
    assert answer.status_code == 422
    errors = " ".join(str(error) for all_ in answer.context["form"].errors.values() for error in all_)
    assert said in errors or said == "field"
    assert errors
    assert answer.context["form"]["subject"].value() == data["subject"]
    with firm_context("firm_alpha"):
        assert not MailText.objects.exists()


def test_the_place_of_a_wrong_tag_is_told(cast: Cast) -> None:
    body = "<p>un</p><p>Bonjour cher {prenom}, voici</p>"
    answer = logged_in("alpha", cast.anna).post(f"{PAGE}?langue=fr", mail_text_data(body=body))
    with translation.override("fr"):
        (error,) = answer.context["form"].errors["body"]
    assert "2" in error
    assert "14" in error
    assert "Bonjour cher {prenom}, voici" in error


def test_who_saves_after_somebody_else_is_told_and_loses_nothing(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        save_words(user=cast.bob)
    anna = logged_in("alpha", cast.anna)
    answer = anna.post(f"{PAGE}?langue=fr", mail_text_data(seen="0", subject="Le mien"))
    assert answer.status_code == 422
    assert "Le mien" in answer.content.decode()
    assert answer.context["form"]["seen"].value() == ""
    assert anna.post(f"{PAGE}?langue=fr", mail_text_data(seen="", subject="Le mien")).status_code == 302


def test_the_preview_shows_what_is_typed_and_saves_nothing(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    body = "<p>Tapé {nom} {faux}<script>x()</script></p>"
    answer = anna.post(f"{PAGE}apercu/?langue=fr", mail_text_data(body=body))
    assert answer.status_code == 200
    assert "{faux}" in answer.content.decode()
    address = answer.context["shown"]
    shown = anna.get(address).content.decode()
    assert "Tapé Marie Le Goff" in shown
    assert "x()" not in shown
    assert "Tapé" not in anna.get(f"{PAGE}affiche/?langue=fr").content.decode()
    assert "Tapé" not in logged_in("beta", cast.dan).get(address).content.decode(), "another firm's"
    with firm_context("firm_alpha"):
        assert not MailText.objects.exists()


def test_a_trial_goes_to_oneself_with_both_parts(cast: Cast, mailbox: Box) -> None:
    anna = logged_in("alpha", cast.anna)
    data = mail_text_data(body="<p>Essai <strong>{dossier}</strong></p><ul><li>{lien}</li></ul>")
    answer = anna.post(f"{PAGE}essai/?langue=fr", data, headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert "toast" in answer["HX-Trigger"]
    run_jobs()
    mail = mailbox.last(cast.anna.email)
    assert "Siam" in mail["Subject"]
    assert "Essai" in text_of(mail)
    assert "<strong>" in html_of(mail)
    wrong = anna.post(f"{PAGE}essai/?langue=fr", mail_text_data(subject="{x}"), headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    for _ in range(9):
        anna.post(f"{PAGE}essai/?langue=fr", data)
    assert anna.post(f"{PAGE}essai/?langue=fr", data).status_code == 429
    with firm_context("firm_alpha"):
        assert set(OutgoingMail.objects.values_list("kind", flat=True)) == {"mail_trial"}


@pytest.mark.parametrize(
    "path", ["nimporte/?langue=fr", "sign_up/?langue=fr", "unpaid_reminder/?langue=fr", f"{KIND}/?langue=xx"]
)
def test_a_mail_that_no_firm_words_here_is_not_there(cast: Cast, path: str) -> None:
    anna = logged_in("alpha", cast.anna)
    assert anna.get(f"/reglages/e-mails/{path}").status_code == 404
    assert anna.post(f"/reglages/e-mails/{path}", mail_text_data()).status_code == 404


def test_the_pages_ask_as_much_for_one_text_as_for_many(cast: Cast) -> None:
    anna: Any = logged_in("alpha", cast.anna)
    for count in (1, 3):
        with firm_context("firm_alpha"):
            for rank in range(count):
                save_words(
                    user=cast.anna, kind=["dossier_available", "message", "renewal"][rank], subject=f"S{count}{rank}"
                )
        for path, most in (("/reglages/e-mails/", 3), (f"{PAGE}?langue=fr", 5)):
            with CaptureQueriesContext(connection) as counted:
                assert anna.get(path).status_code == 200
            assert len(without_set(counted)) == most, (path, without_set(counted))
