"""The pages of the mail server, of the log of mails and of the stopped addresses."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from extranet.actions.mail_trouble import tell_of_server
from kernel.tenancy import firm_context
from mail.actions.outgoing import queue_mail
from mail.content import MailContent
from mail.models import MailServer, MailState, OutgoingMail, StoppedAddress
from mail.rules import FAILURES_TOLD
from tests.extranet.test_exports import cells
from tests.factories.cast import Cast
from tests.factories.mail_server_things import add_failed, add_mail_things, server_data
from tests.mail.dns_server import dns_server
from tests.mail.smtp_servers import LOGIN, PASSWORD, Handler, smtp_server
from tests.support import Box, body, logged_in, run_jobs, said, without_set

pytestmark = [
    pytest.mark.django_db,
    # of aiosmtpd, about its own server
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning"),
]
SERVER, LOG = "/reglages/courriel/serveur/", "/reglages/courriel/envois/"
STOPPED = "/reglages/courriel/adresses-arretees/"


def server() -> MailServer:
    with firm_context("firm_alpha"):
        return MailServer.objects.get()


def test_a_server_is_checked_used_tried_put_aside_and_forgotten(cast: Cast, mailbox: Box) -> None:
    anna = logged_in("alpha", cast.anna)
    handler = Handler()
    with smtp_server(handler, auth=True) as port:
        typed = server_data(port=str(port), username=LOGIN, password="wrong")
        page = anna.post(SERVER, typed | {"use": "1"})
        assert page.status_code == 422
        assert "Authentication credentials invalid" in page.content.decode()
        assert b"wrong" not in page.content
        assert (server().is_active, server().username) == (False, LOGIN), "what was typed is kept"
        typed |= {"password": PASSWORD, "use": "1"}
        assert anna.post(SERVER, typed).status_code == 302
        assert server().is_active
        page = anna.get(SERVER)
        assert PASSWORD not in page.content.decode()
        refused = anna.post(SERVER, typed | {"password": "wrong"})
        assert refused.status_code == 422
        assert server().is_active, "clients' mails go on leaving"
        assert anna.post(SERVER, typed | {"password": ""}).status_code == 302, "the stored password stays"
        assert anna.post(f"{SERVER}essai/").status_code == 302
        assert [reader for _sender, reader, _content in handler.taken] == [cast.anna.email]
        with firm_context("firm_alpha"):
            queue_mail(to="a@client.example", content=MailContent(subject="a", paragraphs=["b"]), kind="test")
        run_jobs()
        assert handler.taken[-1][0] == "contact@firm.example"
    failed = anna.post(f"{SERVER}essai/", follow=True).content.decode()
    assert said("The server refuses the connection on this port.") in failed
    anna.post(f"{SERVER}retirer/")
    assert not server().is_active
    anna.post(f"{SERVER}retirer/", {"forget": "1"})
    with firm_context("firm_alpha"):
        assert not MailServer.objects.exists()
    assert mailbox.mails() == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"host": "smtp example"}, "host"),
        ({"host": "smtp.example\r\nRCPT TO"}, "host"),
        ({"host": ""}, "host"),
        ({"from_address": ""}, "from_address"),
        ({"from_address": "a@b\nBcc: c@d.example"}, "from_address"),
        ({"port": "0"}, "port"),
        ({"port": "70000"}, "port"),
        ({"security": "ssl"}, "security"),
        ({"hour_limit": "0"}, "hour_limit"),
        ({"username": "anna"}, "security"),
        ({"password": "x" * 501}, "password"),
    ],
)
def test_what_is_no_server_is_refused(cast: Cast, settings: Any, changed: dict[str, str], field: str) -> None:
    settings.MAIL_ALLOW_PRIVATE_HOSTS = False
    page = logged_in("alpha", cast.anna).post(SERVER, server_data(**changed) | {"use": "1"})
    assert page.status_code == 422
    assert field in page.context["form"].errors
    with firm_context("firm_alpha"):
        assert not MailServer.objects.exists()


def test_a_private_server_is_told_as_such(cast: Cast, settings: Any) -> None:
    settings.MAIL_ALLOW_PRIVATE_HOSTS = False
    page = logged_in("alpha", cast.anna).post(SERVER, server_data(host="localhost") | {"use": "1"}).content.decode()
    assert said("This server lies in a private network: it cannot be reached from here.") in page


def test_hints_say_what_to_publish(cast: Cast, settings: Any) -> None:
    anna = logged_in("alpha", cast.anna)
    assert said("Set up a server first.") in anna.get(f"{SERVER}dns/").content.decode()
    anna.post(SERVER, server_data(host="ssl0.ovh.net"))
    with dns_server({"firm.example": [("TXT", "v=spf1 ip4:192.0.2.1 -all")]}) as address:
        settings.DNS_SERVER = address
        page = anna.get(f"{SERVER}dns/").content.decode()
    assert "include:mx.ovh.com" in page
    assert "_dmarc.firm.example" in page


def test_the_log_is_filtered_searched_exported_and_constant_in_queries(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    assert said("No mail yet") in anna.get(LOG).content.decode()

    def queries(url: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert anna.get(url).status_code == 200
        return len(without_set(captured))

    with firm_context("firm_alpha"):
        first = add_failed(subject="Première")
    anna.get(LOG)
    one = queries(LOG), queries(f"{LOG}{first.code}/"), queries(SERVER)
    with firm_context("firm_alpha"):
        add_failed(to="second@client.example", subject="Relance", state=MailState.SENT, sent_at=timezone.now())
        add_failed(to="third@client.example", subject="<b>Gras</b>", kind="password_reset")
        OutgoingMail.objects.filter(subject="Première").update(created_at=timezone.now() - timedelta(days=40))
    assert (queries(LOG), queries(f"{LOG}{first.code}/"), queries(SERVER)) == one
    assert max(one) <= 10

    def found(query: str) -> list[str]:
        page = anna.get(f"{LOG}?{query}", headers={"HX-Request": "true"})
        return [mail.subject for mail, _kind in page.context["page"].rows]

    assert found("") == ["<b>Gras</b>", "Relance", "Première"]
    assert found("state=failed") == ["<b>Gras</b>", "Première"]
    assert found("kind=password_reset") == ["<b>Gras</b>"]
    assert found("q=PREMIERE failed@") == ["Première"]
    assert found(f"since={timezone.localdate() - timedelta(days=3)}") == ["<b>Gras</b>", "Relance"]
    assert found(f"until={timezone.localdate() - timedelta(days=3)}") == ["Première"]
    assert found("state=nonsense&since=2026-99-99&page=zzz") == ["<b>Gras</b>", "Relance", "Première"]
    page = anna.get(LOG).content.decode()
    assert "&lt;b&gt;Gras" in page
    assert "<b>Gras" not in page
    rows = cells(body(anna.get(f"{LOG}export.xlsx?state=failed")))
    assert [row[2] for row in rows[1:]] == ["<b>Gras</b>", "Première"]


def test_a_mail_shows_what_its_reader_saw_and_runs_nothing(cast: Cast) -> None:
    anna = logged_in("alpha", cast.anna)
    with firm_context("firm_alpha"):
        mail = add_failed()
        secret = add_failed(confidential=True, kind="password_reset")
    page = anna.get(f"{LOG}{mail.code}/").content.decode()
    assert "sandbox" in page
    assert "Looks like spam" in page
    shown = anna.get(f"{LOG}{mail.code}/corps/")
    assert "Il est là." in shown.content.decode()
    policy = shown.headers["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert anna.get(f"{LOG}{secret.code}/corps/").status_code == 404
    assert (
        said("This mail held a code or a link that lets somebody in: its words are not kept.")
        in anna.get(f"{LOG}{secret.code}/").content.decode()
    )


def test_what_failed_is_sent_again_one_or_all(cast: Cast, mailbox: Box) -> None:
    anna = logged_in("alpha", cast.anna)
    with firm_context("firm_alpha"):
        mails = [add_failed(to=f"{rank}@client.example") for rank in range(3)]
        gone = add_failed(to="gone@client.example", text="", html="")
    anna.post(f"{LOG}{mails[0].code}/renvoyer/")
    run_jobs()
    assert len(mailbox.mails()) == 1
    anna.post(f"{LOG}{mails[0].code}/renvoyer/")
    anna.post(f"{LOG}{gone.code}/renvoyer/")
    anna.post(f"{LOG}renvoyer/?q=client.example")
    run_jobs()
    assert sorted(str(mail["To"]) for mail in mailbox.mails()) == [f"{rank}@client.example" for rank in range(3)]


def test_a_stopped_address_is_told_on_its_contacts_page_and_used_again(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        stopped = add_mail_things().stopped
        StoppedAddress.objects.filter(pk=stopped.pk).update(address=cast.alice.user.email.lower())
    anna, bob = logged_in("alpha", cast.anna), logged_in("alpha", cast.bob)
    assert cast.alice.user.email in anna.get(STOPPED).content.decode()
    assert said("No address matches") in anna.get(f"{STOPPED}?q=nobody").content.decode()
    here = f"/contacts/{cast.alice.code}/"
    told = bob.get(f"{here}joindre/").content.decode()
    assert "550 5.1.1 Nobody" in told
    assert f'name="next" value="{here}"' in told
    again = bob.post(f"{STOPPED}{stopped.code}/reprendre/", {"next": here})
    assert again.headers["Location"] == here
    assert "550 5.1.1 Nobody" not in bob.get(f"{here}joindre/").content.decode()
    assert bob.post(f"{STOPPED}{stopped.code}/reprendre/").status_code == 404


def test_a_firm_is_told_of_its_server_once_a_day_by_ours(cast: Cast, mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        MailServer.objects.create(
            pk=1,
            host="127.0.0.1",
            port=1,
            from_address="contact@firm.example",
            is_active=True,
            failures=FAILURES_TOLD,
            trouble="refuses",
            failing_since=timezone.now(),
        )
        assert tell_of_server() == 1
        assert tell_of_server() == 0
    run_jobs()
    (mail,) = mailbox.mails()
    assert str(mail["To"]) == cast.anna.email
    assert mail["From"].addresses[0].addr_spec == "no-reply@localhost"
    anna = logged_in("alpha", cast.anna)
    told = said("Your mail server does not take your mails")
    assert told in anna.get(f"{LOG}alertes/").content.decode()
    assert told not in logged_in("alpha", cast.bob).get(f"{LOG}alertes/").content.decode()
    assert said("Your server does not take your mails.") in anna.get(SERVER).content.decode()
    with firm_context("firm_alpha"):
        MailServer.objects.update(failures=0)
    assert anna.get(f"{LOG}alertes/").content.strip() == b""
