"""Who may read a dossier: given by hand, of what kind, and by itself through a collaborator's address."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Role, User
from extranet.actions.dossier_access import give_access, give_access_by_email
from extranet.actions.guest_link import create_guest_link, revoke_guest_link
from extranet.enums import AccessKind, EventKind
from extranet.models import CollaboratorEmail, Contact, Dossier, DossierAccess, DossierEvent, GuestLink, SubAccount
from extranet.queries.guest_link import guest_links_of
from kernel.tenancy import firm_context
from tests.factories.cast import PASSWORD, Cast
from tests.factories.portal import add_dossier
from tests.support import logged_in, said, without_set

pytestmark = pytest.mark.django_db
SHARED = "Assistant@Agence.example"


@pytest.fixture
def dossier(cast: Cast) -> Dossier:
    with firm_context("firm_alpha"):
        return add_dossier("Maison", user=cast.bob, files={"a.txt": b"a"})


def accesses(dossier: Dossier) -> list[tuple[str, str, str]]:
    """Returns (contact, kind, origin) of a dossier's accesses."""
    with firm_context("firm_alpha"):
        found = DossierAccess.objects.filter(dossier=dossier).order_by("contact__name")
        return list(found.values_list("contact__name", "kind", "origin"))


def collaborator(contact: Contact, email: str) -> None:
    with firm_context("firm_alpha"):
        CollaboratorEmail.objects.create(contact=contact, email=email)


def link_form(email: str) -> dict[str, str]:
    return {
        "email": email,
        "valid_until": (timezone.localdate() + timedelta(days=5)).isoformat(),
        "max_uses": "2",
        "asks_code": "on",
    }


# --- by hand ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [AccessKind.DIRECT, AccessKind.OCCASIONAL])
def test_a_contact_gets_access_of_the_kind_chosen(cast: Cast, dossier: Dossier, kind: AccessKind) -> None:
    bob = logged_in("alpha", cast.bob)
    data = {"contact": cast.alice.code, "kind": kind}
    answer = bob.post(f"/dossiers/{dossier.code}/acces/", data)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/dossiers/{dossier.code}/#acces")
    assert accesses(dossier) == [("Alice", kind, "")]
    assert logged_in("alpha", cast.alice).get(f"/dossiers/{dossier.code}/").status_code == 200
    page = bob.get(f"/dossiers/{dossier.code}/").content.decode()
    assert str(kind.label) in page


@pytest.mark.parametrize("kind", ["inherited", "collaborator", "nonsense", "\x00"])
def test_a_kind_that_nobody_may_choose_is_refused_and_the_contact_stays_chosen(
    cast: Cast, dossier: Dossier, kind: str
) -> None:
    data = {"contact": cast.alice.code, "kind": kind}
    answer = logged_in("alpha", cast.bob).post(f"/dossiers/{dossier.code}/acces/", data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["kind"]
    assert answer.context["chosen"] == [cast.alice.code]
    assert accesses(dossier) == []


def test_the_page_offers_contacts_without_access_only(cast: Cast, dossier: Dossier) -> None:
    with firm_context("firm_alpha"):
        give_access(dossier, contact=cast.alice, user=cast.bob)
    answer = logged_in("alpha", cast.bob).get(f"/dossiers/{dossier.code}/acces/")
    assert [contact.name for contact in answer.context["contacts"]] == ["Charlie"]


def test_giving_it_directly_makes_an_occasional_access_direct_and_never_the_other_way(
    cast: Cast, dossier: Dossier
) -> None:
    with firm_context("firm_alpha"):
        give_access(dossier, contact=cast.alice, user=cast.bob, kind=AccessKind.INHERITED, origin="Agence Charlie")
        give_access(dossier, contact=cast.alice, user=cast.bob, kind=AccessKind.OCCASIONAL)
    assert accesses(dossier) == [("Alice", AccessKind.INHERITED, "Agence Charlie")]
    with firm_context("firm_alpha"):
        give_access(dossier, contact=cast.alice, user=cast.bob)
        assert DossierEvent.objects.filter(kind=EventKind.ACCESS_GIVEN).count() == 1
    assert accesses(dossier) == [("Alice", AccessKind.DIRECT, "")]


def test_a_contact_of_another_firm_gets_nothing(cast: Cast, dossier: Dossier) -> None:
    for code in (cast.dora.code, cast.bob.code):
        answer = logged_in("alpha", cast.bob).post(f"/dossiers/{dossier.code}/acces/", {"contact": code})
        assert answer.status_code == 422
    assert accesses(dossier) == []


# --- by an address ----------------------------------------------------------------------------------------------------


def test_a_collaborators_address_opens_the_dossier_to_each_of_its_contacts(cast: Cast, dossier: Dossier) -> None:
    collaborator(cast.alice, SHARED)
    collaborator(cast.charlie, SHARED.lower())
    bob = logged_in("alpha", cast.bob)
    answer = bob.post(f"/dossiers/{dossier.code}/acces/occasionnel/", link_form(SHARED), follow=True)
    address = SHARED.lower()
    assert accesses(dossier) == [
        ("Alice", AccessKind.COLLABORATOR, address),
        ("Charlie", AccessKind.COLLABORATOR, address),
    ]
    page = answer.content.decode()
    for contact in (cast.alice, cast.charlie):
        told = "%(email)s works with %(contact)s, who may now read this dossier too."
        assert said(told, email=address, contact=contact) in page
        assert logged_in("alpha", contact).get(f"/dossiers/{dossier.code}/").status_code == 200
    with firm_context("firm_alpha"):
        assert GuestLink.objects.get().email == address
        given = DossierEvent.objects.filter(kind=EventKind.ACCESS_GIVEN).order_by("pk")
        assert [event.subject for event in given] == ["Agence Alice (Alice)", "Agence Charlie (Charlie)"]


def test_an_accounts_own_address_and_a_sub_accounts_open_it_too(cast: Cast, dossier: Dossier) -> None:
    with firm_context("firm_alpha"):
        user = User.objects.create_user(
            username="eve", email="Eve@agence.example", full_name="Eve", role=Role.CLIENT, password=PASSWORD
        )
        SubAccount.objects.create(contact=cast.charlie, user=user)
        own = give_access_by_email(dossier, email=" ALICE@client.example ", user=cast.bob)
        below = give_access_by_email(dossier, email="eve@agence.example", user=cast.bob)
    assert ([contact.name for contact in own], [contact.name for contact in below]) == (["Alice"], ["Charlie"])
    assert accesses(dossier) == [
        ("Alice", AccessKind.DIRECT, ""),
        ("Charlie", AccessKind.COLLABORATOR, "eve@agence.example"),
    ]


def test_an_address_gives_nothing_twice_and_nothing_to_strangers(cast: Cast, dossier: Dossier) -> None:
    collaborator(cast.alice, SHARED)
    with firm_context("firm_beta"):
        CollaboratorEmail.objects.create(contact=cast.dora, email="dora-team@x.example")
    with firm_context("firm_alpha"):
        assert give_access_by_email(dossier, email=SHARED, user=cast.bob) == [cast.alice]
        assert give_access_by_email(dossier, email=SHARED, user=cast.bob) == []
        for email in ("", "nobody@x.example", "dora-team@x.example", "%", "bob@alpha.example"):
            assert give_access_by_email(dossier, email=email, user=cast.bob) == []
    assert len(accesses(dossier)) == 1


# --- what the firm sees -----------------------------------------------------------------------------------------------


def test_the_firm_sees_every_kind_of_access_and_every_link(cast: Cast, dossier: Dossier) -> None:
    with firm_context("firm_alpha"):
        give_access(dossier, contact=cast.alice, user=cast.bob, kind=AccessKind.INHERITED, origin="Agence Zoé")
        give_access(dossier, contact=cast.charlie, user=cast.bob, kind=AccessKind.COLLABORATOR, origin="a@b.example")
        day = timezone.now() + timedelta(days=3)
        links = [
            create_guest_link(
                dossier, email=f"{name}@x.example", name="", expires_at=day, max_uses=7, asks_code=True, user=cast.bob
            )
            for name in ("open", "used", "expired", "revoked")
        ]
        GuestLink.objects.filter(pk=links[1].pk).update(uses=7)
        GuestLink.objects.filter(pk=links[2].pk).update(expires_at=timezone.now())
        revoke_guest_link(links[3], user=cast.bob)
        states = {row.link.email.split("@")[0]: row.state for row in guest_links_of(dossier)}
    assert states == {"open": "open", "used": "used", "expired": "expired", "revoked": "revoked"}
    page = logged_in("alpha", cast.bob).get(f"/dossiers/{dossier.code}/").content.decode()
    shown = [str(AccessKind.INHERITED.label), "Agence Zoé", str(AccessKind.COLLABORATOR.label), "a@b.example"]
    shown += [f"{name}@x.example" for name in states] + ["0/7", "7/7"]
    for text in shown:
        assert said(text) in page, text
    assert page.count('data-copy="http://alpha.localhost/acces/') == 1, "a link that opens nothing is not copied"
    client = logged_in("alpha", cast.alice).get(f"/dossiers/{dossier.code}/").content.decode()
    for text in shown:
        assert said(text) not in client


def test_a_link_costs_the_page_no_query(cast: Cast, dossier: Dossier) -> None:
    counts = []
    with firm_context("firm_alpha"):
        for rank in range(3):
            create_guest_link(
                dossier,
                email=f"g{rank}@x.example",
                name="",
                expires_at=timezone.now() + timedelta(days=1),
                max_uses=1,
                asks_code=False,
                user=cast.bob,
            )
            with CaptureQueriesContext(connection) as queries:
                rows = guest_links_of(dossier)
            counts.append(len(without_set(queries)))
    assert len(rows) == 3
    assert counts == [1, 1, 1]
