"""200 clients who want one and the same time at once, over HTTP: one has it, the others are told politely."""

import re
import threading
import time as clock
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from http.client import HTTPConnection
from urllib.parse import urlencode

from django.utils import timezone

from accounts.models import Role, User
from extranet.actions.diagnostician import save_diagnostician
from extranet.actions.order import begin_order, send_order
from extranet.enums_order import OrderOrigin
from extranet.models import Appointment, BookingSettings, Contact, Order
from extranet.queries.client_booking import offer_for
from extranet.queries.slot import booking_settings
from kernel.tenancy import firm_context
from tests.bench.figure import Figure
from tests.bench.firms import add_firm, cookies_of, firm_at, host_of
from tests.bench.server import serve
from tests.bench.timing import ms
from tests.bench.world import SMALL, World

CLIENTS = 200
_CSRF = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
_PATIENCE = 120  # seconds
_TAKEN, _REFUSED = 422, b"alert-danger"
_ADDRESS = {"transaction": "sale", "street": "12 rue de Siam", "postcode": "29200", "city": "Brest"}


def measure(world: World) -> Figure:
    """Returns how many have the time, and every answer that is neither that nor the polite refusal."""
    database = world.copy(world.migrated, "slot-race")
    with world.using(database):
        add_firm(SMALL)
        start, clients = _clients()
    with serve(world.folder, world.environment(database)) as server:
        answers, took = _race(server.port, clients, start)
    with world.using(database), firm_context(firm_at(SMALL).schema_name):
        visits = Appointment.objects.count()
    told = Counter(answers)
    winners, polite = told["won"], told["taken"]
    errors = len(answers) - winners - polite
    assert winners >= 1, "nobody has it"
    return Figure(
        winners + errors + abs(visits - winners),
        1,
        notes=(
            f"{winners} has it, {polite} are told that it is taken, {errors} other answers; {visits} visit is there",
            f"{CLIENTS} clients within {ms(took[-1])}, median {ms(took[len(took) // 2])}; one process of four threads",
        ),
    )


def _clients() -> tuple[str, list[tuple[str, Mapping[str, str]]]]:
    """Returns the time that all want, and each client's page and session."""
    firm = firm_at(SMALL)
    with firm_context(firm.schema_name):
        BookingSettings.objects.update(client_booking=True)
        hours = [(weekday, time(9), time(18)) for weekday in range(5)]
        save_diagnostician(None, values={"name": "Diane"}, hours=hours)
        found: list[tuple[str, Mapping[str, str]]] = []
        for number in range(CLIENTS):
            user = User.objects.create(
                username=f"client{number}", email=f"client{number}@bench.example", role=Role.CLIENT
            )
            contact = Contact.objects.create(user=user, name=f"Client {number}")
            order = begin_order(origin=OrderOrigin.CLIENT, user=user, contact=contact, values=_ADDRESS)
            Order.objects.filter(pk=order.pk).update(diagnostics=["dpe"])
            order = send_order(Order.objects.get(pk=order.pk), user=user)
            found.append((f"/commandes/{order.code}/visite/", cookies_of(firm, user)))
        first = timezone.localdate() + timedelta(days=7)
        slot = offer_for(order, booking_settings(), first=first).days[0][1][0]
    return _value(slot.start), found


def _value(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")


def _race(port: int, clients: list[tuple[str, Mapping[str, str]]], start: str) -> tuple[list[str], list[float]]:
    """Returns what each client was told, and how long each waited, the shortest first."""
    gate = threading.Barrier(len(clients))
    answers: list[str] = []
    took: list[float] = []

    def run(path: str, cookies: Mapping[str, str]) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        try:
            headers, token = _opened(connection, port, path, cookies)
            gate.wait(_PATIENCE)
            began = clock.perf_counter()
            body = urlencode({"start": start, "csrfmiddlewaretoken": token})
            connection.request("POST", path, body, headers | {"Content-Type": "application/x-www-form-urlencoded"})
            answer = connection.getresponse()
            page = answer.read()
            took.append(clock.perf_counter() - began)
            if answer.status == 302:
                answers.append("won")
            else:
                polite = answer.status == _TAKEN and _REFUSED in page
                answers.append("taken" if polite else f"{answer.status}")
        except (OSError, AssertionError, threading.BrokenBarrierError) as error:
            answers.append(repr(error))
            gate.abort()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=client) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert took, answers[:3]
    return answers, sorted(took)


def _opened(connection: HTTPConnection, port: int, path: str, cookies: Mapping[str, str]) -> tuple[dict[str, str], str]:
    """Returns the headers of a client's browser and the token of its form, after it has read the page of times."""
    host = f"{host_of(SMALL)}:{port}"
    sent = "; ".join(f"{name}={value}" for name, value in cookies.items())
    connection.request("GET", path, headers={"Host": host, "Cookie": sent})
    answer = connection.getresponse()
    page = answer.read()
    assert answer.status == 200, f"{path}: {answer.status}"
    found = _CSRF.search(page)
    assert found is not None
    more = [header.split(";")[0] for header in answer.headers.get_all("Set-Cookie", [])]
    headers = {"Host": host, "Cookie": "; ".join([sent, *more]), "Origin": f"http://{host}"}
    return headers, found[1].decode()
