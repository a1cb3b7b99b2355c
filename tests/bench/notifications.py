"""A thousand signed notifications, through the web server and one worker, against their bare insert."""

import os
import queue
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django.models import ProcrastinateJob

from accounts.models import User
from billing.actions.starting import start_payment
from billing.enums import Mode, NotificationState, PaymentStatus, Provider
from billing.models import Credentials, Notification, Payment, ProviderAccount
from deploy.local.mailbox import Mailbox
from deploy.local.processes import die_with_parent, last_lines, stop_process
from extranet.enums import PaymentState
from extranet.models import Dossier
from kernel.secrets import seal
from kernel.tenancy import firm_context, public_context
from mail.models import OutgoingMail
from tests.bench.figure import Figure
from tests.bench.firms import add_firm, admin_of, firm_at, host_of
from tests.bench.server import ROOT, serve
from tests.bench.timing import seconds
from tests.bench.world import World
from tests.gateways.server import Delivery, serving
from tests.gateways.stripe import SECRET_KEY, WEBHOOK_SECRET, StripeStandIn

PAYMENTS = 250
#: How often each event comes: providers send again what was not answered in time, or was.
TIMES = 2
NOTIFICATIONS = PAYMENTS * 2 * TIMES
#: What Stripe tells of a payment by card, of what the firm's webhook is set to send.
KINDS = ("payment_intent.succeeded", "checkout.session.completed")
SENDERS = 4
_FIRM = "paid"
_PATIENCE = 180  # seconds


def measure(world: World) -> Figure:
    """Returns how many notifications a second are handled, from the first one sent to the last payment settled."""
    database = world.copy(world.migrated, "notified")
    mails = world.folder / "mails"
    with ExitStack() as stack:
        stripe = stack.enter_context(serving(StripeStandIn(notifies="never")))
        assert isinstance(stripe, StripeStandIn)
        settings.STRIPE_URL = stripe.url
        stack.enter_context(world.using(database))
        schema = add_firm(_FIRM)
        with firm_context(schema):
            account = _prepare(stripe)
        smtp = stack.enter_context(Mailbox(mails)).smtp_port
        environment = {
            **world.environment(database),
            "STRIPE_URL": stripe.url,
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(smtp),
        }
        server = stack.enter_context(serve(world.folder, environment))
        stack.enter_context(_worker(world.folder, environment))
        deliveries = _deliveries(stripe)
        with firm_context(schema):
            started = time.perf_counter()
            answered = seconds(lambda: _send(deliveries, server.port))
            _wait_until_handled()
            took = time.perf_counter() - started
            _check()
            bare = seconds(lambda: _insert(account, deliveries))
    rate = NOTIFICATIONS / took
    return Figure(
        rate,
        goal=100,
        at_least=True,
        notes=(
            f"{NOTIFICATIONS:,} notifications in no order: of {PAYMENTS} payments, two events, each sent {TIMES} times",
            f"all settled, with receipt and mail queued, after {took:.1f} s: {PAYMENTS / took:.0f} payments a second",
            f"answered at {NOTIFICATIONS / answered:.0f}/s to {SENDERS} connections; the worker settles meanwhile",
            f"the bare insert of the same, one transaction each: {NOTIFICATIONS / bare:.0f}/s",
        ),
    )


def _prepare(stripe: StripeStandIn) -> ProviderAccount:
    """Returns the firm's account, with payments that were begun and paid, and of which nobody was told yet."""
    account = ProviderAccount.objects.create(provider=Provider.STRIPE, mode=Mode.TEST, label="Carte", is_active=True)
    Credentials.objects.create(
        account=account,
        mode=Mode.TEST,
        sealed=seal({"secret_key": SECRET_KEY, "webhook_secret": WEBHOOK_SECRET}),
    )
    stripe.notify_to(f"http://{host_of(_FIRM)}/notifications/paiement/{account.token}/")
    admin: User = admin_of(firm_at(_FIRM))
    for rank in range(PAYMENTS):
        dossier = Dossier.objects.create(
            title=f"Maison {rank}",
            amount=Decimal(100 + rank),
            payment_state=PaymentState.UNPAID,
            created_by=admin,
            search=f" maison {rank}",
        )
        payment, _started = start_payment(
            [dossier],
            account=account,
            contact=None,
            payer_name="Paul Payeur",
            payer_email=f"payer{rank}@client.example",
            base_url=f"http://{host_of(_FIRM)}",
            language="fr",
        )
        stripe.pay(payment.provider_ref)
    with public_context():
        ProcrastinateJob.objects.all().delete()  # the first looks at open payments would begin meanwhile
    return account


def _deliveries(stripe: StripeStandIn) -> list[Delivery]:
    """Returns the notifications, signed now, as they come: in no order."""
    account = stripe.accounts[SECRET_KEY]
    events = [event for event in stripe.events if event["type"] in KINDS]
    told = [stripe.deliver(event, account) for event in events * TIMES]
    assert len(told) == NOTIFICATIONS
    random.Random(4).shuffle(told)
    return told


def _send(deliveries: list[Delivery], port: int) -> None:
    """Posts all, on a few connections that stay open."""
    waiting: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
    for delivery in deliveries:
        waiting.put(delivery)
    wrong: list[int] = []

    def post() -> None:
        line = HTTPConnection("127.0.0.1", port, timeout=60)
        while True:
            try:
                delivery = waiting.get_nowait()
            except queue.Empty:
                line.close()
                return
            path = "/" + delivery.url.split("/", 3)[3]
            line.request("POST", path, delivery.body, {**delivery.headers, "Host": f"{host_of(_FIRM)}:{port}"})
            answer = line.getresponse()
            answer.read()
            if answer.status != 200:
                wrong.append(answer.status)

    threads = [threading.Thread(target=post) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong, wrong[:10]


def _wait_until_handled() -> None:
    deadline = time.monotonic() + _PATIENCE
    while Notification.objects.exclude(state=NotificationState.HANDLED).exists() or not Notification.objects.exists():
        assert time.monotonic() < deadline, "the worker does not come to an end"
        time.sleep(0.05)


def _check() -> None:
    """All was done, and nothing twice."""
    assert Notification.objects.count() == NOTIFICATIONS // TIMES
    assert Payment.objects.filter(status=PaymentStatus.SUCCEEDED).count() == PAYMENTS
    assert Dossier.objects.filter(payment_state=PaymentState.PAID).count() == PAYMENTS
    assert OutgoingMail.objects.filter(kind="payment_card").count() == PAYMENTS


def _insert(account: ProviderAccount, deliveries: list[Delivery]) -> None:
    for rank, delivery in enumerate(deliveries):
        Notification.objects.create(
            account=account, mode=Mode.TEST, dedupe_key=f"bare-{rank}", body=delivery.body.decode()
        )


@contextmanager
def _worker(folder: Path, environment: Mapping[str, str]) -> Iterator[None]:
    """Runs one worker process of the product."""
    log = folder / "worker.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker"],
            cwd=ROOT,
            env=os.environ | dict(environment),
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent(15),  # noqa: PLW1509
        )
    try:
        deadline = time.monotonic() + 60
        while b"worker: ready" not in log.read_bytes():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the worker does not start; the end of {log}:\n{last_lines(log)}")
            time.sleep(0.05)
        yield
    finally:
        stop_process(process, [(15, 40), (9, 5)])
