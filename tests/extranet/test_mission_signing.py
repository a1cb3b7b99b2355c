"""Mission orders: made of an order, read and signed by account, by link and on paper; what the proof proves."""

import base64
import hashlib
import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from extranet.actions.contact_erase import erase_contact
from extranet.actions.mission import make_mission, remind_mission, remind_missions_due, withdraw_mission
from extranet.actions.mission_sign import CODE_ATTEMPTS, send_mission_code, sign_mission
from extranet.actions.order import save_order
from extranet.actions.order_state import cancel_order, move_order
from extranet.actions.quote import issue_quote, prepare_quote
from extranet.actions.quote_answer import accept_quote
from extranet.enums import FileKind
from extranet.enums_order import OrderState
from extranet.exporters.personal_data import write_personal_data
from extranet.models import (
    DossierFile,
    MissionOrder,
    MissionSignature,
    Order,
    OrderEvent,
    PortalSettings,
    PriceRow,
    Quote,
)
from extranet.queries.mission_proof import check_proof, proof_digest
from kernel.errors import DomainError
from kernel.signing import sign
from kernel.tenancy import firm_context
from storage.backends import firm_storage
from storage.models import StoredFile
from tests.extranet.missions import VISIT, bytes_of, form, fresh, link, mails, mission_of, ordered, page, signing
from tests.extranet.quotes import checked_prices
from tests.factories.cast import Cast
from tests.storage.builders import image, pdf
from tests.support import Box, at_host, body, links_of, logged_in, run_jobs, said, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_answers(settings: Any) -> None:
    """No address service: nothing listens there."""
    settings.GEOCODER_URL, settings.GEOCODER_WAIT = "http://127.0.0.1:9/", 0


@pytest.fixture
def bob(cast: Cast) -> Client:
    return logged_in("alpha", cast.bob)


def refusal(mission: MissionOrder, **changes: Any) -> str:
    with firm_context("firm_alpha"), pytest.raises(DomainError) as raised:
        sign_mission(mission, signing(mission, **changes))
    return raised.value.code


def drawing() -> str:
    buffer = io.BytesIO()
    picture = Image.new("RGBA", (900, 320), (0, 0, 0, 0))
    for place in range(100, 700):
        picture.putpixel((place, 160), (10, 20, 60, 255))
    picture.save(buffer, "PNG")
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


# --- made -------------------------------------------------------------------------------------------------------------


def test_the_firm_makes_a_mission_order_and_who_orders_gets_its_link(cast: Cast, bob: Client, mailbox: Box) -> None:
    order = ordered(cast)
    answer = bob.post(f"/commandes/{order.code}/odm/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/commandes/{order.code}/#odm")
    with firm_context("firm_alpha"):
        mission = MissionOrder.objects.select_related("stored", "order").get()
        assert OrderEvent.objects.filter(order=order, kind="mission").count() == 1
    assert (mission.number, mission.state, mission.rank) == (f"ODM-{order.number}-1", "to_sign", 1)
    data = bytes_of(mission.stored)
    assert hashlib.sha256(data).hexdigest() == mission.sha256 == mission.stored.sha256
    text = PdfReader(io.BytesIO(data)).pages[0].extract_text()
    for told in ("Alice Le Goff", "12 rue de Siam, 29200 Brest", "À l’agence", order.number):
        assert told in text
    assert mission.stored.claimed
    run_jobs()
    mail = mailbox.last("alice@client.example")
    (path,) = {one for one in links_of(mail) if "/ordre-de-mission/" in one}
    assert at_host("alpha").get(path).status_code == 200
    seen = body(bob.get(f"/commandes/{order.code}/")).decode()
    assert mission.number in seen
    assert (
        said("To be signed") in body(bob.get("/commandes/")).decode()
        or said("Mission order to sign") in body(bob.get("/commandes/")).decode()
    )


def test_a_new_one_replaces_the_one_that_waits_and_a_changed_order_is_told(cast: Cast, bob: Client) -> None:
    first = mission_of(cast)
    with firm_context("firm_alpha"):
        order = Order.objects.get(pk=first.order_id)
        save_order(order, version=order.version, user=cast.bob, keys="Sous le pot")
    outdated = said(
        "The order was changed since: this mission order says what it said before. Make it anew if that matters."
    )
    assert outdated in body(bob.get(f"/commandes/{first.order.code}/")).decode()
    bob.post(f"/commandes/{first.order.code}/odm/")
    with firm_context("firm_alpha"):
        second = MissionOrder.objects.get(rank=2)
    assert (fresh(first).state, second.state) == ("replaced", "to_sign")
    assert outdated not in body(bob.get(f"/commandes/{first.order.code}/")).decode()
    assert "Sous le pot" in PdfReader(io.BytesIO(bytes_of(second.stored))).pages[0].extract_text()
    assert "Sous le pot" not in PdfReader(io.BytesIO(bytes_of(first.stored))).pages[0].extract_text()
    assert refusal(first) == "replaced"
    replaced = at_host("alpha").post(link(first), form(first))
    assert replaced.status_code == 409
    assert said("This mission order was replaced") in body(replaced).decode()
    assert at_host("alpha").get(link(first, "guest-mission-content")).status_code == 404


def test_it_is_made_by_itself_when_the_order_is_taken_in_charge_if_the_firm_wants(cast: Cast) -> None:
    order, other = ordered(cast), ordered(cast)
    with firm_context("firm_alpha"):
        move_order(other, to=OrderState.ONGOING, user=cast.bob)
        PortalSettings.objects.update(mission_trigger="started")
        move_order(order, to=OrderState.ONGOING, user=cast.bob)
    run_jobs()
    run_jobs()
    with firm_context("firm_alpha"):
        assert [mission.order_id for mission in MissionOrder.objects.all()] == [order.pk]


def test_it_is_made_when_a_quote_is_accepted_and_says_what_was_agreed(cast: Cast) -> None:
    checked_prices()
    order = ordered(cast, diagnostics=["dpe", "amiante"], surface=Decimal(80))
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(mission_trigger="quote")
        draft = prepare_quote(order, user=cast.bob)
        issue_quote(draft, user=cast.bob)
        run_jobs()
        assert not MissionOrder.objects.exists()
        quote = Quote.objects.get(pk=draft.pk)
        accept_quote(quote, name="Alice", sha256=quote.pdf_sha256, visit=VISIT, user=cast.alice.user)
        # the list's prices change, the agreement does not
        PriceRow.objects.update(price=Decimal(999))
    run_jobs()
    with firm_context("firm_alpha"):
        mission = MissionOrder.objects.select_related("stored").get(order=order)
    text = " ".join(PdfReader(io.BytesIO(bytes_of(mission.stored))).pages[0].extract_text().split())
    assert quote.number in text
    assert "194,40" in text


def test_a_draft_and_a_cancelled_order_get_none_and_cancelling_withdraws(cast: Cast, bob: Client) -> None:
    mission = mission_of(cast)
    with firm_context("firm_alpha"):
        cancel_order(Order.objects.get(pk=mission.order_id), reason="Vendu", user=cast.bob)
    assert fresh(mission).state == "withdrawn"
    bob.post(f"/commandes/{mission.order.code}/odm/")
    with firm_context("firm_alpha"):
        assert MissionOrder.objects.count() == 1
        assert StoredFile.objects.filter(claimed=False).count() == 0
    assert refusal(mission) == "withdrawn"


# --- signed -----------------------------------------------------------------------------------------------------------


def test_a_client_signs_with_its_account_and_all_of_the_proof_is_kept(cast: Cast, mailbox: Box) -> None:
    mission = mission_of(cast)
    alice = logged_in("alpha", cast.alice)
    assert said("Read and sign") in body(alice.get(f"/commandes/{mission.order.code}/")).decode()
    before = timezone.now().replace(microsecond=0)
    answer = alice.post(
        page(mission),
        form(mission, drawing=drawing(), early_start="on"),
        REMOTE_ADDR="203.0.113.9",
        headers={"User-Agent": "Firefox essai"},
    )
    assert (answer.status_code, answer.headers["Location"]) == (302, page(mission))
    with firm_context("firm_alpha"):
        proof = MissionSignature.objects.select_related("stored").get()
        assert OrderEvent.objects.get(order=mission.order, kind="odm_signed").address == "203.0.113.9"
    assert (proof.way, proof.name, proof.account) == ("account", "Alice Le Goff", "alice@client.example")
    assert (proof.address, proof.user_agent, proof.zone) == ("203.0.113.9", "Firefox essai", "Europe/Paris")
    assert before <= proof.signed_at <= timezone.now()
    assert proof.local_time.startswith(f"{timezone.localtime(proof.signed_at):%Y-%m-%dT%H:%M}")
    assert (proof.early_start, proof.code_verified, proof.email) == (None, False, ""), "an agency is no consumer"
    assert proof.document_sha256 == mission.sha256
    signed = bytes_of(proof.stored)
    assert hashlib.sha256(signed).hexdigest() == proof.signed_sha256
    reader, shown = PdfReader(io.BytesIO(signed)), bytes_of(mission.stored)
    assert len(reader.pages) == len(PdfReader(io.BytesIO(shown)).pages) + 1
    assert reader.attachments[mission.file_name] == [shown]
    last = reader.pages[-1].extract_text()
    flat = "".join(last.split())
    for told in ("Alice Le Goff", "203.0.113.9", "Firefox essai"):
        assert told in last
    for digest in (mission.sha256, proof.drawing_sha256, proof.proof_sha256):
        assert digest in flat
    assert len(reader.pages[-1].images) >= 1
    run_jobs()
    for address in ("alice@client.example", "anna@alpha.example"):
        mail = mailbox.last(address)
        (attached,) = list(mail.iter_attachments())
        assert attached.get_content() == signed
        assert proof.signed_sha256 in text_of(mail)
    assert body(alice.get(page(mission, "mission-download"))) == signed
    assert body(alice.get(page(mission, "mission-content"))) == signed


def test_by_the_link_a_private_person_signs_with_a_code_and_may_ask_for_an_early_start(
    cast: Cast, mailbox: Box
) -> None:
    mission = mission_of(cast, visitor=True, code=True, orderer_role="owner")
    assert mission.for_consumer
    text = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(bytes_of(mission.stored))).pages)
    assert said("Right of withdrawal") in text
    eve = at_host("alpha")
    seen = eve.get(link(mission))
    assert seen.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "e•••@else.example" in body(seen).decode()
    assert "eve@else.example" not in body(seen).decode()
    without = eve.post(link(mission), form(mission))
    assert without.status_code == 422
    assert eve.post(link(mission, "guest-mission-code")).status_code == 302
    assert eve.post(link(mission, "guest-mission-code")).status_code == 429, "not twice within half a minute"
    run_jobs()
    code = next(word for word in text_of(mailbox.last("eve@else.example")).split() if word.isdigit() and len(word) == 6)
    wrong = eve.post(link(mission), form(mission, code="000000" if code != "000000" else "111111", name="Eve Martin"))
    assert wrong.status_code == 422
    assert "Eve Martin" in body(wrong).decode(), "what was typed is kept"
    answer = eve.post(link(mission), form(mission, code=f"{code[:3]} {code[3:]}", name="Eve Martin", early_start="on"))
    assert answer.status_code == 302
    with firm_context("firm_alpha"):
        proof = MissionSignature.objects.get()
    assert (proof.way, proof.email, proof.account) == ("link", "eve@else.example", "")
    assert (proof.code_verified, proof.early_start) == (True, True)
    assert proof.early_start_text
    assert fresh(mission).code_hash == ""
    with firm_context("firm_alpha"):
        assert check_proof(fresh_in_firm(mission)).is_intact


def fresh_in_firm(mission: MissionOrder) -> MissionOrder:
    return MissionOrder.objects.select_related("order", "stored", "signature__stored").get(pk=mission.pk)


def test_a_code_is_spent_after_a_few_attempts(cast: Cast) -> None:
    mission = mission_of(cast, visitor=True, code=True)
    assert refusal(mission, code="123456") == "code_gone", "none was asked for"
    with firm_context("firm_alpha"):
        send_mission_code(mission)
    # what is typed has letters, so that no code is hit
    given = [refusal(mission, code="abcdef") for _ in range(CODE_ATTEMPTS + 1)]
    assert given == ["code_wrong"] * (CODE_ATTEMPTS - 1) + ["code_gone"] * 2
    assert fresh(mission).state == "to_sign"
    with firm_context("firm_alpha"):
        assert not MissionSignature.objects.exists()


def test_signed_twice_changed_or_withdrawn_is_refused_and_leaves_nothing(cast: Cast) -> None:
    mission = mission_of(cast)
    assert refusal(mission, sha256="0" * 64) == "changed"
    with firm_context("firm_alpha"):
        sign_mission(mission, signing(mission, user=cast.alice.user))
        files = StoredFile.objects.count()
    assert refusal(mission) == "already_signed"
    again = logged_in("alpha", cast.alice).post(page(mission), form(mission))
    assert again.status_code == 409
    other = mission_of(cast)
    with firm_context("firm_alpha"):
        withdraw_mission(other, reason="Erreur", user=cast.bob)
        withdraw_mission(other, reason="Erreur", user=cast.bob)
        assert OrderEvent.objects.filter(order=other.order, kind="odm_taken").count() == 1
    assert refusal(other) == "withdrawn"
    with firm_context("firm_alpha"):
        assert StoredFile.objects.count() == files + 1
        assert MissionSignature.objects.count() == 1


def test_bytes_that_were_changed_in_the_store_are_not_signed(cast: Cast) -> None:
    mission = mission_of(cast)
    with firm_context("firm_alpha"):
        overwrite(mission.stored, b"%PDF-1.4 other")
    assert refusal(mission) == "changed"


def overwrite(stored: StoredFile, data: bytes) -> None:
    """Changes an object behind the product's back, as whoever reaches the disk could."""
    with firm_storage().open(stored.key) as file:
        path = Path(str(file.name))
    path.unlink()
    path.write_bytes(data)


@pytest.mark.parametrize("what", ["shown", "signed", "name", "both"])
def test_tampering_is_found_by_the_page_that_checks(cast: Cast, bob: Client, what: str) -> None:
    mission = mission_of(cast)
    with firm_context("firm_alpha"):
        proof = sign_mission(mission, signing(mission, user=cast.alice.user))
    good = said("Intact: all digests were computed again and are the ones that were written down.")
    assert good in body(bob.get(page(mission, "mission-proof"))).decode()
    with firm_context("firm_alpha"):
        if what == "shown":
            overwrite(mission.stored, b"%PDF-1.4 other")
        elif what == "signed":
            overwrite(proof.stored, b"%PDF-1.4 other")
        else:
            # past the lock of the database, as its owner can
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")
                cursor.execute("UPDATE extranet_missionsignature SET name = 'Mallory'")
            if what == "both":
                forge(mission)
    seen = body(bob.get(page(mission, "mission-proof"))).decode()
    assert good not in seen
    assert said("changed") in seen


def forge(mission: MissionOrder) -> None:
    """Writes the digest that fits the changed name: the signed file still names the true one."""
    row = MissionSignature.objects.get(mission=mission)
    with connection.cursor() as cursor:
        digest = proof_digest(row, mission.number)
        cursor.execute("UPDATE extranet_missionsignature SET proof_sha256 = %s", [digest])


def test_nobody_edits_a_signature_not_even_by_sql(cast: Cast) -> None:
    mission = mission_of(cast)
    with firm_context("firm_alpha"):
        proof = sign_mission(mission, signing(mission, user=cast.alice.user))
        for change in (proof.save, proof.delete):
            with pytest.raises(TypeError):
                change()
        with pytest.raises(IntegrityError), transaction.atomic():
            MissionSignature.objects.update(name="Mallory")
        with pytest.raises(IntegrityError), transaction.atomic():
            MissionSignature.objects.all()._raw_delete(using="default")


def test_a_scan_signed_on_paper_is_kept_as_such(cast: Cast, bob: Client) -> None:
    mission = mission_of(cast)
    bad = bob.post(page(mission, "mission-paper"), {"name": "Alice", "file": SimpleUploadedFile("a.txt", b"texte")})
    assert bad.status_code == 422
    assert said("A scan is a PDF or a picture.") in body(bad).decode()
    scan = pdf(2)
    answer = bob.post(page(mission, "mission-paper"), {"name": "Alice", "file": SimpleUploadedFile("scan.pdf", scan)})
    assert answer.status_code == 302
    with firm_context("firm_alpha"):
        proof = MissionSignature.objects.get()
        assert StoredFile.objects.filter(claimed=False).count() == 0
    assert (proof.way, proof.uploaded_by) == ("paper", str(cast.bob))
    assert body(bob.get(page(mission, "mission-download"))) == scan
    seen = body(bob.get(page(mission, "mission-proof"))).decode()
    assert said("Intact: all digests were computed again and are the ones that were written down.") in seen


def test_drawings_that_are_none_are_refused_and_nothing_is_lost(cast: Cast) -> None:
    mission = mission_of(cast)
    alice = logged_in("alpha", cast.alice)
    jpeg = "data:image/png;base64," + base64.b64encode(image("JPEG")).decode()
    for bad in ("data:image/svg+xml;base64,AAAA", "data:image/png;base64,%%%", jpeg, f"{jpeg}{'A' * 500_000}"):
        answer = alice.post(page(mission), form(mission, drawing=bad, name="Alice Le  Goff"))
        assert answer.status_code == 422
        assert "Alice Le  Goff" in body(answer).decode()
    assert alice.post(page(mission), form(mission, agreed="")).status_code == 422
    assert alice.post(page(mission), form(mission, name="")).status_code == 422
    with firm_context("firm_alpha"):
        assert not MissionSignature.objects.exists()


def test_the_firm_cannot_sign_for_its_client_and_forged_links_open_nothing(cast: Cast, bob: Client) -> None:
    mission = mission_of(cast)
    assert bob.post(page(mission), form(mission)).status_code == 403
    assert at_host("alpha").get("/ordre-de-mission/x:y:z/").status_code == 404
    with firm_context("firm_beta"):
        foreign = sign(mission.code, purpose="mission")
    assert at_host("alpha").get(f"/ordre-de-mission/{foreign}/").status_code == 404
    with firm_context("firm_alpha"):
        other_purpose = sign(mission.code, purpose="order")
    assert at_host("alpha").get(f"/ordre-de-mission/{other_purpose}/").status_code == 404
    with firm_context("firm_alpha"):
        assert not MissionSignature.objects.exists()


# --- with the dossier, reminders, forgetting --------------------------------------------------------------------------


@pytest.mark.parametrize("signed_first", [True, False])
def test_the_signed_mission_order_is_a_file_of_the_dossier(cast: Cast, bob: Client, signed_first: bool) -> None:
    mission = mission_of(cast)

    def sign_it() -> None:
        with firm_context("firm_alpha"):
            sign_mission(mission, signing(mission, user=cast.alice.user))

    if signed_first:
        sign_it()
    bob.post(f"/commandes/{mission.order.code}/dossier/", {"title": "Appartement", "contacts": [cast.alice.code]})
    if not signed_first:
        sign_it()
    run_jobs()
    with firm_context("firm_alpha"):
        (file,) = DossierFile.objects.filter(kind=FileKind.MISSION).select_related("stored")
        proof = MissionSignature.objects.get()
        assert (file.stored.sha256, file.stored_id != proof.stored_id) == (proof.signed_sha256, True)
        assert StoredFile.objects.filter(claimed=False).count() == 0


def test_reminders_leave_as_the_firm_wants_and_stop(cast: Cast, bob: Client) -> None:
    mission = mission_of(cast)
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(mission_remind_days=3, mission_remind_most=2)
        assert remind_missions_due() == 0, "it was mailed just now"

    def days_later(days: int) -> int:
        with firm_context("firm_alpha"):
            MissionOrder.objects.update(mailed_at=timezone.now() - timedelta(days=days))
            return int(remind_missions_due())

    assert [days_later(2), days_later(3), days_later(4), days_later(30)] == [0, 1, 1, 0]
    bob.post(page(mission, "mission-remind"))
    assert fresh(mission).reminders == 3
    bob.post(page(mission, "mission-remind"))
    assert fresh(mission).reminders == 3, "twice within ten minutes is once"
    with firm_context("firm_alpha"):
        PortalSettings.objects.update(mission_remind_most=20)
    bob.post(page(mission, "mission-reminders"), {"stop": "1"})
    assert days_later(30) == 0
    bob.post(page(mission, "mission-reminders"), {"stop": "0"})
    assert days_later(30) == 1
    with firm_context("firm_alpha"):
        sign_mission(mission, signing(mission, user=cast.alice.user))
    assert days_later(30) == 0
    assert len(mails("mission_to_sign")) + len(mails("mission_reminder")) == 5


def test_who_is_forgotten_leaves_only_what_it_signed(cast: Cast) -> None:
    signed, waiting = mission_of(cast), mission_of(cast)
    with firm_context("firm_alpha"):
        sign_mission(signed, signing(signed, user=cast.alice.user))
        remind_mission(waiting, user=cast.bob)
        erase_contact(cast.alice)
        told = " ".join(str(line) for line in OrderEvent.objects.values_list("subject", "actor_name"))
        assert "Alice Le Goff" not in told
        assert "alice@" not in told
        assert list(MissionOrder.objects.values_list("pk", "email")) == [(signed.pk, "")]
        assert not StoredFile.objects.filter(pk=waiting.stored_id).exists()
        assert check_proof(fresh_in_firm(signed)).is_intact


def test_a_persons_data_tell_what_it_signed_and_from_where(cast: Cast) -> None:
    signed = mission_of(cast)
    with firm_context("firm_alpha"):
        sign_mission(signed, signing(signed, user=cast.alice.user))
        buffer = io.BytesIO()
        write_personal_data(buffer, cast.alice, firm_name="Alpha")
    with zipfile.ZipFile(buffer) as archive:
        told = b"".join(archive.read(name) for name in archive.namelist()).decode()
    assert signed.number in told
    assert str(VISIT.address) in told


def test_nothing_is_known_of_an_order_of_somebody_else(cast: Cast) -> None:
    mission = mission_of(cast)
    charlie, dora = logged_in("alpha", cast.charlie), logged_in("beta", cast.dora)
    for client in (charlie, dora):
        assert client.get(page(mission)).status_code == 404
        assert client.post(page(mission), form(mission)).status_code == 404
        assert client.get(page(mission, "mission-download")).status_code == 404
    assert fresh(mission).state == "to_sign"
    with firm_context("firm_alpha"):
        assert make_mission(Order.objects.get(pk=mission.order_id), user=None).rank == 2
