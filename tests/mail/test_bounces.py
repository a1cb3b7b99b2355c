"""Mails that came back: reports as mail servers write them, believed only of the firm that signed their address."""

from pathlib import Path
from typing import Any

import pytest

from kernel.tenancy import firm_context, public_context
from mail.actions.bounces import take_report
from mail.actions.erasure import erase_mails_to
from mail.actions.outgoing import queue_mail, send_again
from mail.actions.stopping import use_again
from mail.bounce_address import bounce_address, read_bounce_address
from mail.content import MailContent
from mail.models import Bounce, MailState, OutgoingMail, StoppedAddress
from tests.factories.cast import Cast
from tests.support import Box, run_jobs

pytestmark = pytest.mark.django_db
REPORTS = Path(__file__).parent / "reports"
CONTENT = MailContent(subject="Votre dossier", paragraphs=["Il est là."])


@pytest.fixture(autouse=True)
def inbound(settings: Any) -> None:
    settings.INBOUND_DOMAIN = "in.diagdesk.example"


def sent(schema: str = "firm_alpha", *, to: str = "a@client.example") -> OutgoingMail:
    with firm_context(schema):
        mail = queue_mail(to=to, content=CONTENT, kind="test")
        OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.SENT)
        mail.refresh_from_db()
        return mail


def report(mail: OutgoingMail, name: str, *, schema: str = "firm_alpha", to: str = "") -> bytes:
    with firm_context(schema):
        address = to or bounce_address(mail)
    text = (REPORTS / f"{name}.eml").read_text(encoding="utf-8")
    return text.replace("{to}", address).replace("{message_id}", mail.message_id).replace("\n", "\r\n").encode()


def reread(mail: OutgoingMail, schema: str = "firm_alpha") -> OutgoingMail:
    with firm_context(schema):
        return OutgoingMail.objects.get(pk=mail.pk)


@pytest.mark.parametrize(
    ("name", "bounce", "reason"),
    [
        ("postfix", Bounce.HARD, "User unknown in virtual mailbox table"),
        ("office365", Bounce.HARD, "RESOLVER.ADR.RecipientNotFound"),
        ("gmail", Bounce.SOFT, "out of storage space"),
        ("orange", Bounce.HARD, "OFR_416"),
    ],
)
def test_a_report_marks_its_mail_and_stops_an_address_that_does_not_exist(
    cast: Cast, name: str, bounce: Bounce, reason: str
) -> None:
    mail = sent()
    assert take_report(report(mail, name))
    assert take_report(report(mail, name)), "twice changes nothing"
    row = reread(mail)
    assert (row.state, row.bounce) == (MailState.BOUNCED, bounce)
    assert reason in row.error
    with firm_context("firm_alpha"):
        stopped = list(StoppedAddress.objects.values_list("address", "bounce"))
        assert stopped == ([("a@client.example", "hard")] if bounce == Bounce.HARD else [])


def test_envelopes_bear_the_token_and_nothing_shown_does(cast: Cast, mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        mail = queue_mail(to="a@client.example", content=CONTENT, kind="test")
        address = bounce_address(mail)
    run_jobs()
    (arrived,) = mailbox.mails()
    assert arrived["Return-Path"] == f"<{address}>"
    assert "bounce+" not in str(arrived["From"]) + str(arrived["Reply-To"])
    assert len(address.partition("@")[0]) <= 64
    found = read_bounce_address(address.upper())
    assert found is not None
    assert (found.schema, found.code) == ("firm_alpha", mail.code)
    public = queue_mail(to="b@client.example", content=CONTENT, kind="sign_up")
    assert read_bounce_address(bounce_address(public)).schema == "public"  # type: ignore[union-attr]


def test_only_what_we_signed_is_believed_and_of_its_own_firm(cast: Cast) -> None:
    mail, other = sent(), sent("firm_beta")
    with firm_context("firm_alpha"):
        address = bounce_address(mail)
    code, firm, mark = address.partition("@")[0].removeprefix("bounce+").split(".")
    beta = next(number for number in range(1, 10_000) if number == cast.beta.pk)
    forged = [
        f"bounce+{code}.{beta}.{mark}@in.diagdesk.example",
        f"bounce+{other.code}.{firm}.{mark}@in.diagdesk.example",
        f"bounce+{code}.999999.{mark}@in.diagdesk.example",
        f"bounce+{code}.{firm}.{'a' * 16}@in.diagdesk.example",
        address.replace("in.diagdesk", "in.elsewhere"),
        "a@client.example",
    ]
    for to in forged:
        assert not take_report(report(mail, "postfix", to=to)), to
    # alpha's token with the Message-ID of beta's mail: beta's stays as it was, alpha's came back
    assert take_report(report(other, "postfix", to=address))
    assert reread(other, "firm_beta").state == MailState.SENT
    assert reread(mail).state == MailState.BOUNCED
    with firm_context("firm_beta"):
        assert not StoppedAddress.objects.exists()
    # the row is gone: its Message-ID names another of the same firm
    second = sent(to="b@client.example")
    with firm_context("firm_alpha"):
        OutgoingMail.objects.filter(pk=mail.pk).delete()
    assert take_report(report(second, "postfix", to=address))
    assert reread(second).state == MailState.BOUNCED


def test_what_is_no_report_or_only_a_delay_changes_nothing(cast: Cast) -> None:
    mail = sent()
    whole = report(mail, "postfix")
    to = whole.partition(b"Delivered-To: ")[2].partition(b"\r\n")[0]
    assert not take_report(b"To: " + to + b"\r\nSubject: Absente\r\n\r\nBonjour")
    assert take_report(whole.replace(b"Action: failed", b"Action: delayed"))
    kind = b"message/delivery-status"
    for hostile in (
        b"",
        b"\x00\xff" * 1_000,
        whole[:700],
        whole.replace(kind, kind + b"; charset=nonsense"),
        whole.replace(kind, kind + b"\r\nContent-Transfer-Encoding: base64"),
        b"Content-Type: multipart/report; boundary=x\r\nTo: " + to + b"\r\n\r\n" + b"--x\r\n" * 5_000,
    ):
        take_report(hostile)
    with firm_context("firm_alpha"):
        OutgoingMail.objects.filter(pk=mail.pk).update(state=MailState.SENT, bounce="")
    assert take_report(whole + b"x" * 40_000_000)
    assert reread(mail).state == MailState.BOUNCED


def test_five_soft_bounces_in_a_month_stop_an_address_until_it_is_used_again(cast: Cast) -> None:
    for rank in range(5):
        with firm_context("firm_alpha"):
            assert not StoppedAddress.objects.exists(), rank
        take_report(report(sent(to="A@client.example"), "gmail"))
    with firm_context("firm_alpha"):
        held = queue_mail(to="a@Client.example", content=CONTENT, kind="test")
        assert (held.state, send_again(held)) == (MailState.STOPPED, False)
        assert use_again(StoppedAddress.objects.get()) == "a@client.example"
        assert send_again(held)
    take_report(report(sent(), "gmail"))
    with firm_context("firm_alpha"):
        assert not StoppedAddress.objects.exists(), "what was before counts no more"
        take_report(report(sent(), "postfix"))
        assert erase_mails_to(["a@client.example"], replacement="x@erased.invalid") == 8
        assert not StoppedAddress.objects.exists()
    with public_context():
        assert not StoppedAddress.objects.exists()
