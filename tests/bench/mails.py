"""Ten thousand mails in a firm's own words, rendered and queued, against the bare insert of the same rows."""

from collections.abc import Iterator
from itertools import batched

from django.db import transaction
from django.utils import translation
from procrastinate.contrib.django.models import ProcrastinateJob

from extranet.emails import DOSSIER_AVAILABLE, dossier_available_mail
from extranet.models import Contact, Dossier
from kernel.tenancy import firm_context, public_context
from mail.actions.outgoing import BATCH, Post, queue_mails, send_queued_mail
from mail.actions.text import save_text
from mail.models import OutgoingMail
from mail.writing import OwnWords
from tests.bench.figure import Figure
from tests.bench.firms import add_firm, admin_of, firm_at
from tests.bench.timing import spent
from tests.bench.world import World

MAILS = 10_000
_HOST = "mails"
_BODY = (
    "<p>{salutation}</p><h2>{dossier}</h2><p>Votre dossier est en ligne. {fichiers}</p>"
    '<ul><li>à lire, à télécharger</li><li>à transmettre au notaire : <a href="{lien}">le lien</a></li></ul>'
    "<p>{paiement}</p><p><strong>Armor</strong> vous remercie.</p>"
)


def measure(world: World) -> Figure:
    """Returns how many mails a second of a processor's time are composed, rendered and queued in one transaction.

    The time is this process's and its database session's together: what one core does, whatever else the machine does.
    """
    database = world.copy(world.migrated, "mails")
    with world.using(database):
        schema = add_firm(_HOST)
        user = admin_of(firm_at(_HOST))
        with firm_context(schema), translation.override("fr"):
            save_text(DOSSIER_AVAILABLE, "fr", words=OwnWords("Prêt : {dossier}", _BODY, "Lire"), user=user)
            queue_mails(_posts(BATCH))  # what is cached for a text, the first mail pays
            took = spent(lambda: queue_mails(_posts(MAILS)))
            mails = list(OutgoingMail.objects.order_by("-pk")[:MAILS])
            assert OutgoingMail.objects.count() == MAILS + BATCH
            _check(mails)
            bare = spent(lambda: _insert(mails))
        with public_context():
            assert ProcrastinateJob.objects.count() >= MAILS + BATCH
    ratio = took.cpu / bare.cpu
    return Figure(
        MAILS / took.cpu,
        goal=500,
        at_least=True,
        notes=(
            f"{MAILS:,} mails in a firm's own words after {took.wall:.1f} s, {took.cpu:.1f} s of them a processor's",
            f"the bare insert of the same rows and jobs: {MAILS / bare.cpu:.0f}/s; all of it is {ratio:.2f} times that",
        ),
    )


def _posts(count: int) -> Iterator[Post]:
    for rank in range(count):
        dossier, contact = Dossier(title=f"Maison {rank}, 12 rue de Siam"), Contact(name=f"Agence n° {rank}")
        content = dossier_available_mail(
            dossier, contact, file_count=3, link=f"http://{_HOST}.localhost/dossiers/{rank}/"
        )
        yield Post(f"agence{rank}@client.example", content, "dossier_available")


def _check(mails: list[OutgoingMail]) -> None:
    """Each is its own, whole and inlined."""
    assert len({mail.text for mail in mails}) == MAILS
    last = mails[0]
    assert f"Maison {MAILS - 1}" in last.subject
    assert 'style="' in last.html
    assert "{" not in last.text


@transaction.atomic
def _insert(mails: list[OutgoingMail]) -> None:
    for batch in batched(mails, BATCH, strict=False):
        rows = OutgoingMail.objects.bulk_create([_copy(mail) for mail in batch])
        send_queued_mail.enqueue_many([{"mail_id": row.pk} for row in rows])


def _copy(mail: OutgoingMail) -> OutgoingMail:
    names = ("to", "from_name", "subject", "text", "html", "kind", "message_id")
    return OutgoingMail(**{name: getattr(mail, name) for name in names})
