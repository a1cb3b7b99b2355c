"""Two contacts made one."""

from datetime import timedelta

import pytest
from django.db.models import ForeignObjectRel
from django.utils import timezone

from accounts.models import Role, User
from extranet.enums import AccessKind, DownloadState, EventKind
from extranet.models import CollaboratorEmail, Contact, Dossier, DossierAccess, DossierEvent, Message, SubAccount
from kernel.tenancy import firm_context
from tests.factories.cast import PASSWORD, Cast, add_contact
from tests.factories.portal import add_dossier, files_of
from tests.support import at_host, body, logged_in, run_jobs, said

pytestmark = pytest.mark.django_db


def address(cast: Cast) -> str:
    return f"/contacts/{cast.alice.code}/fusionner/"


def access(dossier: Dossier) -> DossierAccess:
    return DossierAccess.objects.get(dossier=dossier)


def test_every_table_that_names_a_contact_is_thought_of() -> None:
    """A new one must be moved by a merge, told by the export, and erased."""
    fields = Contact._meta.get_fields(include_hidden=True)
    relations = {each for each in fields if isinstance(each, ForeignObjectRel)}
    assert {(each.field.model.__name__, each.field.name) for each in relations} == {
        ("DossierAccess", "contact"),
        ("DossierEvent", "contact"),
        ("Message", "contact"),
        ("Order", "contact"),
        ("CollaboratorEmail", "contact"),
        ("SubAccount", "contact"),
        ("Contact", "inherited_from"),
        # told and moved through the contact's own `payments`; what was paid is kept when it is erased, for the accounts
        ("Payment", "contact"),
        ("Appointment", "contact"),
        ("Quote", "contact"),
        # the prices of this client alone
        ("PriceList", "contact"),
        ("AccountRequest", "contact"),
    }


def test_a_merge_shows_both_and_moves_all(cast: Cast) -> None:
    early, late = timezone.now() - timedelta(days=2), timezone.now() - timedelta(days=1)
    with firm_context("firm_alpha"):
        files = {"a.txt": b"a", "b.txt": b"b"}
        own = add_dossier("Own", user=cast.bob, contacts=[cast.alice])
        moved = add_dossier("Moved", user=cast.bob, contacts=[cast.charlie], files=files)
        both = add_dossier("Both", user=cast.bob, contacts=[cast.alice, cast.charlie], files=files)
        weak = DossierAccess.objects.get(dossier=both, contact=cast.alice)
        weak.kind, weak.origin, weak.notified_at = AccessKind.INHERITED, "Somebody", early
        weak.save()
        DossierAccess.objects.filter(dossier=both, contact=cast.charlie).update(notified_at=late)
        user = User.objects.create_user(
            username="sub", email="sub@client.example", full_name="Sam Sub", role=Role.CLIENT, password=PASSWORD
        )
        SubAccount.objects.create(contact=cast.charlie, user=user)
        for one, email in ((cast.alice, "x@x.example"), (cast.charlie, "X@x.example"), (cast.charlie, "y@x.example")):
            CollaboratorEmail.objects.create(contact=one, email=email)
        Message.objects.create(contact=cast.charlie, direction="to_firm", subject="Bonjour", body="b")
        heir = add_contact("heir", cast.alpha)
        Contact.objects.filter(pk=heir.pk).update(inherited_from=cast.charlie)
        Contact.objects.filter(pk=cast.charlie.pk).update(
            phone="0102", city="Brest", notes="Late payer", reads_unpaid=True
        )
        Contact.objects.filter(pk=cast.alice.pk).update(notes="Friendly")
        first, second = files_of(both)
    alice, charlie, sub = (logged_in("alpha", who) for who in (cast.alice, cast.charlie, user))
    body(alice.get(f"/dossiers/{both.code}/fichiers/{first.code}/"))
    body(charlie.get(f"/dossiers/{both.code}/fichiers/{second.code}/"))
    body(charlie.get(f"/dossiers/{moved.code}/zip/"))
    bob = logged_in("alpha", cast.bob)

    page = bob.get(address(cast), {"other": cast.charlie.code})
    html = page.content.decode()
    for shown in (
        "Agence Alice (Alice)",
        "Agence Charlie (Charlie)",
        "charlie@client.example",
        said("What will happen"),
    ):
        assert shown in html
    preview = page.context["preview"]
    assert (preview.moved, preview.common, preview.messages, preview.collaborators, preview.sub_accounts) == (
        1,
        1,
        1,
        2,
        1,
    )
    with firm_context("firm_alpha"):
        assert Contact.objects.filter(pk=cast.charlie.pk).exists(), "nothing happens before the answer"

    answer = bob.post(address(cast), {"other": cast.charlie.code})
    assert (answer.status_code, answer["Location"]) == (302, f"/contacts/{cast.alice.code}/")
    assert run_jobs() == 1
    with firm_context("firm_alpha"):
        kept = Contact.objects.get(pk=cast.alice.pk)
        assert not Contact.objects.filter(pk=cast.charlie.pk).exists()
        assert not User.objects.filter(username="charlie").exists()
        assert {entry.dossier_id for entry in DossierAccess.objects.filter(contact=kept)} == {
            own.pk,
            moved.pk,
            both.pk,
        }
        united = access(both)
        assert (united.kind, united.origin, united.notified_at) == (AccessKind.DIRECT, "", late)
        assert united.download_state == DownloadState.FULL, "one file by each"
        assert access(moved).download_state == DownloadState.FULL
        assert access(own).download_state == DownloadState.NONE
        assert not DossierEvent.objects.filter(kind=EventKind.DOWNLOADED).exclude(contact=kept).exists()
        downloads = DossierEvent.objects.filter(kind=EventKind.DOWNLOADED)
        assert set(downloads.values_list("actor_name", flat=True)) == {"Alice", "Charlie"}
        emails = set(kept.collaborators.values_list("email", flat=True))
        assert emails == {"x@x.example", "y@x.example", "charlie@client.example"}
        assert [entry.user.username for entry in kept.sub_accounts.all()] == ["sub"]
        assert Message.objects.get().contact_id == kept.pk
        assert Contact.objects.get(pk=heir.pk).inherited_from_id == kept.pk
        assert (kept.name, kept.phone, kept.city, kept.reads_unpaid) == ("Alice", "0102", "Brest", True)
        assert kept.notes == "Friendly\n\nLate payer"
        search = Dossier.objects.get(pk=moved.pk).search
        assert "alice" in search
        assert "charlie" not in search
    assert charlie.get("/dossiers/").status_code == 302, "the session of the one that went has ended"
    assert at_host("alpha").post("/compte/connexion/", {"login": "charlie", "password": PASSWORD}).status_code == 200
    titles = {"Own", "Moved", "Both"}
    for client in (alice, sub):
        assert {row.title for row in client.get("/dossiers/").context["page"].rows} == titles
    assert [row.contact.name for row in bob.get("/contacts/", {"q": "charlie@client"}).context["page"].rows] == [
        "Alice"
    ]


@pytest.mark.parametrize(
    ("mine", "theirs", "kept"),
    [
        (AccessKind.DIRECT, AccessKind.OCCASIONAL, AccessKind.DIRECT),
        (AccessKind.OCCASIONAL, AccessKind.COLLABORATOR, AccessKind.COLLABORATOR),
        (AccessKind.INHERITED, AccessKind.COLLABORATOR, AccessKind.COLLABORATOR),
        (AccessKind.INHERITED, AccessKind.OCCASIONAL, AccessKind.INHERITED),
    ],
)
def test_the_stronger_access_stays(cast: Cast, mine: str, theirs: str, kept: str) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Both", user=cast.bob, contacts=[cast.alice, cast.charlie])
        DossierAccess.objects.filter(contact=cast.alice).update(kind=mine, origin="mine")
        DossierAccess.objects.filter(contact=cast.charlie).update(kind=theirs, origin="theirs")
    logged_in("alpha", cast.bob).post(address(cast), {"other": cast.charlie.code})
    with firm_context("firm_alpha"):
        united = access(dossier)
        assert (united.contact_id, united.kind) == (cast.alice.pk, kept)
        assert united.origin == ("mine" if kept == mine else "theirs")


def test_what_was_downloaded_before_an_access_was_taken_away_counts_again(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        dossier = add_dossier("Both", user=cast.bob, contacts=[cast.alice, cast.charlie], files={"a.txt": b"a"})
    body(logged_in("alpha", cast.alice).get(f"/dossiers/{dossier.code}/zip/"))
    with firm_context("firm_alpha"):
        DossierAccess.objects.filter(contact=cast.alice).delete()
    logged_in("alpha", cast.bob).post(address(cast), {"other": cast.charlie.code})
    with firm_context("firm_alpha"):
        assert access(dossier).download_state == DownloadState.FULL


@pytest.mark.parametrize("other", ["itself", "nobody", "a\x00", ""])
def test_a_wrong_choice_is_told_and_changes_nothing(cast: Cast, other: str) -> None:
    bob = logged_in("alpha", cast.bob)
    code = cast.alice.code if other == "itself" else other
    for method in ("get", "post"):
        answer = getattr(bob, method)(address(cast), {"other": code})
        assert answer.status_code == 422
        assert answer.context["form"].errors["other"]
    with firm_context("firm_alpha"):
        assert Contact.objects.count() == 2
    assert run_jobs() == 0


def test_a_contact_without_data_cannot_be_merged(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        Contact.objects.filter(pk=cast.charlie.pk).update(erased_at=timezone.now())
    bob = logged_in("alpha", cast.bob)
    assert bob.post(address(cast), {"other": cast.charlie.code}).status_code == 422
    answer = bob.post(f"/contacts/{cast.charlie.code}/fusionner/", {"other": cast.alice.code})
    assert answer["Location"] == f"/contacts/{cast.charlie.code}/"
    with firm_context("firm_alpha"):
        assert Contact.objects.count() == 2


def test_two_that_are_each_others_heirs_can_be_merged(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        Contact.objects.filter(pk=cast.alice.pk).update(inherited_from=cast.charlie)
    assert logged_in("alpha", cast.bob).post(address(cast), {"other": cast.charlie.code}).status_code == 302
    with firm_context("firm_alpha"):
        assert Contact.objects.get().inherited_from_id is None
