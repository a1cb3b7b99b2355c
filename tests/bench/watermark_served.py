"""A stored stamped copy against a plain file, both downloaded from the web server by a client of the firm."""

import hashlib
from functools import partial

from accounts.models import Role, User
from extranet.enums import PaymentState
from extranet.models import Contact, Dossier, DossierAccess, DossierFile, PortalSettings
from kernel.tenancy import firm_context
from storage.actions.files import claim, store_bytes
from storage.actions.stamping import stamped_copy
from storage.watermark import Stamp
from tests.bench.figure import Figure
from tests.bench.firms import cookies_of, firm_at, host_of
from tests.bench.server import serve
from tests.bench.timing import interleaved, ms
from tests.bench.watermark import report_of
from tests.bench.world import SMALL, World

ROUNDS = 60


def measure(world: World) -> Figure:
    """Returns the median time of the unpaid dossier's file over that of the paid one's; both have the same bytes."""
    database = world.copy(world.two_firms, "served")
    data = report_of(world, 60).read_bytes()
    with world.using(database):
        firm = firm_at(SMALL)
        with firm_context(firm.schema_name):
            user = User.objects.create(username="paul@client.example", email="paul@client.example", role=Role.CLIENT)
            contact = Contact.objects.create(user=user, name="Paul Client")
            settings, _new = PortalSettings.objects.get_or_create(pk=1)
            PortalSettings.objects.filter(pk=1).update(stamp_unpaid=True)
            unpaid, copied = _add(contact, PaymentState.UNPAID, data)
            paid, _same = _add(contact, PaymentState.PAID, data)
            stamp = Stamp(settings.stamp_text, settings.stamp_colour, settings.stamp_position)
            copy = stamped_copy(copied.stored, stamp)
        cookies = cookies_of(firm, user)
    with (
        serve(world.folder, world.environment(database)) as server,
        server.browser(host_of(SMALL), cookies) as browser,
    ):
        assert hashlib.sha256(browser.get(unpaid)).hexdigest() == copy.sha256, "the unpaid file is not the stamped copy"
        assert browser.get(paid) == data
        stamped, plain = interleaved([partial(browser.get, path) for path in (unpaid, paid)], rounds=ROUNDS)
    return Figure(
        stamped / plain,
        1.2,
        notes=(f"median {ms(stamped)} for {copy.size / 1e6:.1f} MB against {ms(plain)} for {len(data) / 1e6:.1f} MB",),
    )


def _add(contact: Contact, state: PaymentState, data: bytes) -> tuple[str, DossierFile]:
    """Returns the address of a new dossier's file, and the file."""
    dossier = Dossier.objects.create(title="Maison", search=" maison", amount=150, payment_state=state)
    DossierAccess.objects.create(dossier=dossier, contact=contact)
    stored = claim(store_bytes(data, name="rapport.pdf"))
    file = DossierFile.objects.create(dossier=dossier, stored=stored, name=stored.name, position=0)
    return f"/dossiers/{dossier.code}/fichiers/{file.code}/", file
