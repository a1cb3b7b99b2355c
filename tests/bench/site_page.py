"""A visitor's page of a firm's site against its own template rendered from constants."""

from extranet.actions.site import publish_site, start_site
from extranet.site_start import Company, ready_made
from kernel.tenancy import firm_context
from tests.bench.constants import read_site
from tests.bench.dossier_list import medians
from tests.bench.figure import Figure
from tests.bench.firms import add_firm, admin_of, firm_at
from tests.bench.timing import ms
from tests.bench.world import LARGE, World

_PEOPLE = ("Anna Amiante", "Paul Plomb", "Théo Termites")
_TOWNS = ("Brest", "Guipavas", "Plouzané", "Landerneau", "Quimper", "Morlaix")


def measure(world: World) -> Figure:
    """Returns how many times as long the product takes for a visitor, once a process has made the page."""
    database = world.copy(world.migrated, "site")
    with world.using(database):
        add_firm(LARGE)
        firm = firm_at(LARGE)
        company = Company("Cabinet Large", city="Brest", people=_PEOPLE, towns=_TOWNS)
        document = ready_made("shore", company)
        admin = admin_of(firm)
        with firm_context(firm.schema_name):
            start_site(document, user=admin)
            publish_site(user=admin)
        constants = read_site(firm)
    of_product, of_plain, size = medians(world, database, constants, {}, "/")
    return Figure(
        of_product / of_plain,
        1.3,
        notes=(f"median {ms(of_product)}, from constants {ms(of_plain)}; {size // 1024} kB",),
    )
