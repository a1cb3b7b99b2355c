"""The cast: Alice and Charlie (clients of alpha), Bob and Anna (staff of alpha), Dora and Dan of beta, Oscar."""

from dataclasses import dataclass

from django.contrib.auth.hashers import make_password

from accounts.actions.signup import open_firm
from accounts.models import Role, User
from extranet.actions.contact import create_contact
from extranet.models import Contact
from kernel.tenancy import firm_context, public_context
from tenants.models import Firm

PASSWORD = "correct-horse-battery"
SIRETS = {"alpha": "73282932000074", "beta": "12345678200010"}


@dataclass
class Cast:
    """Everybody; `anna`, `dan` administrate, `bob` is staff, `oscar` operates."""

    alpha: Firm
    beta: Firm
    anna: User
    bob: User
    alice: Contact
    charlie: Contact
    dan: User
    dora: Contact
    oscar: User


def open_firms() -> None:
    """Makes the two firms, each with its administrator, once for the run."""
    for name, admin in (("alpha", "Anna Amiante"), ("beta", "Dan Diagnostic")):
        email = f"{admin.split()[0].lower()}@{name}.example"
        open_firm(
            name=f"Cabinet {name.title()}",
            subdomain=f"cabinet-{name}" if len(name) < 3 else name,
            siret=SIRETS[name],
            language="fr",
            admin_name=admin,
            admin_email=email,
            admin_password_hash=make_password(PASSWORD),
        )


def add_contact(name: str, firm: Firm) -> Contact:
    """Returns a client of the current firm whose password is PASSWORD."""
    contact = create_contact(
        name=name.title(),
        company=f"Agence {name.title()}",
        phone="",
        email=f"{name}@client.example",
        username=name,
        collaborators=[],
        language="fr",
        send_codes=False,
        firm_name=firm.name,
        link="http://example.invalid/",
    )
    contact.user.set_password(PASSWORD)
    contact.user.save()
    return contact


def add_cast() -> Cast:
    """Returns the people of both firms, made in the test's transaction."""
    with public_context():
        alpha = Firm.objects.select_related("branding").get(schema_name="firm_alpha")
        beta = Firm.objects.select_related("branding").get(schema_name="firm_beta")
        oscar = User.objects.create_user(
            username="oscar", email="oscar@diagdesk.example", full_name="Oscar", role=Role.OPERATOR, password=PASSWORD
        )
    with firm_context(alpha.schema_name):
        anna = User.objects.get(username="anna@alpha.example")
        bob = User.objects.create_user(
            username="bob", email="bob@alpha.example", full_name="Bob Staff", role=Role.STAFF, password=PASSWORD
        )
        alice, charlie = add_contact("alice", alpha), add_contact("charlie", alpha)
    with firm_context(beta.schema_name):
        dan = User.objects.get(username="dan@beta.example")
        dora = add_contact("dora", beta)
    return Cast(
        alpha=alpha, beta=beta, anna=anna, bob=bob, alice=alice, charlie=charlie, dan=dan, dora=dora, oscar=oscar
    )
