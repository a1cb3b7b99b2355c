"""Mails' texts: every kind in its languages, a firm's own words, hostile values and bodies, many at once."""

import ast
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import translation
from procrastinate.contrib.django.models import ProcrastinateJob

from kernel.errors import DomainError
from kernel.tenancy import firm_context, public_context
from mail.actions.outgoing import BATCH, Post, queue_mail, queue_mails, send_queued_mail
from mail.actions.text import restore_version, save_text, use_our_words
from mail.content import MailContent
from mail.kinds import TRIAL_KINDS, MailKind, Trust, mail_kinds
from mail.models import MailState, MailText, OutgoingMail
from mail.rendering import render_mail
from mail.tags import fence, unknown_tags
from mail.writing import Exact, OwnWords, compose, our_words, write
from tests.factories.cast import Cast
from tests.support import Box, run_jobs
from themes.rich_text import clean_html

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
KINDS = [kind for kind in mail_kinds().values() if kind.tags]
DOSSIER = mail_kinds()["dossier_available"]
EVIL = "www.evil.example <b>x</b> {lien}\r\nBcc: a@b.example http://evil.example/"


def values(**changed: str) -> dict[str, str]:
    return {**DOSSIER.samples(), **changed}


def visible(html: str) -> str:
    return unescape(re.sub(r"<(style|title).*?</\1>|<[^>]+>", " ", html, flags=re.DOTALL))


@pytest.mark.parametrize("language", [code for code, _name in django_settings.LANGUAGES])
def test_every_mail_can_be_written_in_every_language_in_our_words_and_in_a_firms(language: str, cast: Cast) -> None:
    with firm_context("firm_alpha"), translation.override(language):
        for kind in KINDS:
            if language in dict(kind.languages):
                check_words(kind)


def check_words(kind: MailKind) -> None:
    """Our words and a firm's give whole mails in the active language."""
    ours = our_words(kind)
    assert list(unknown_tags(ours.subject + ours.body + ours.button, kind.names)) == []
    assert clean_html(ours.body, link_tags=kind.addresses) == ours.body, "a firm begins from it"
    samples, facts = kind.samples(), [(str(label), str(value)) for label, value in kind.facts]
    rendered = render_mail(write(kind, samples, None, facts=facts))
    own = render_mail(write(kind, samples, ours, facts=facts))
    for mail in (rendered, own):
        assert "{" not in mail.subject + mail.text + visible(mail.html)
        assert "\ue000" not in mail.html
        assert "\n" not in mail.subject
        for name in kind.secrets:
            assert samples[name] in mail.text, "without it the mail is of no use"
            assert samples[name] in unescape(mail.html)
    assert own.subject == rendered.subject
    # the same words in the same order, but for codes, which stand in the text
    if not kind.in_text:
        assert visible(own.html).split() == visible(rendered.html).split()
    # a text that holds every tag
    every = "".join(f"<p>{tag.label}: {tag.written}</p>" for tag in kind.tags)
    told = render_mail(write(kind, samples, OwnWords("S", every, ""), facts=facts))
    assert all(samples[tag.name].split("\n")[0] in told.text for tag in kind.tags)


def _names_of_kinds() -> set[str]:
    """Returns what the product's code calls the mails that it queues, as far as it is written there."""
    found: set[str] = set()
    for folder in ("platform", "tenants", "extranet", "billing"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in {
                    "queue_mail",
                    "Post",
                    "_tell",
                }:
                    continue
                for word in node.keywords:
                    if word.arg == "kind":
                        constants = [one for one in ast.walk(word.value) if isinstance(one, ast.Constant)]
                        joined = isinstance(word.value, ast.JoinedStr)
                        found |= {one.value for one in constants if isinstance(one.value, str)} if not joined else set()
    return found


def test_every_mail_that_is_queued_stands_in_the_table() -> None:
    assert _names_of_kinds() - set(mail_kinds()) - TRIAL_KINDS == set()
    assert len(_names_of_kinds()) > 20, "they are found"
    for kind in mail_kinds().values():
        assert len(kind.key) <= 30
        assert set(kind.secrets) <= kind.names
        assert len(kind.names) == len(kind.tags)


def test_a_firms_words_take_the_place_of_ours_in_their_language_and_in_this_firm_alone(cast: Cast) -> None:
    body = (
        "<h2>Bonjour {nom}</h2><p>Voici <strong>{dossier}</strong>: "
        '<a href="{lien}">ici</a> ou {lien}</p><p>{paiement}</p>'
    )
    with firm_context("firm_alpha"):
        save_text(DOSSIER, "fr", words=OwnWords("Prêt : {dossier}", body, "Ouvrir {dossier}"), user=cast.anna)
        with translation.override("fr"):
            mail = render_mail(compose(DOSSIER, values(paiement="", nom="Zoé", lien="https://a.example/?x=1&y=2")))
        with translation.override("en"):
            assert "Prêt" not in compose(DOSSIER, values()).subject
    assert mail.subject == "Prêt : House, 12 rue de Siam, Brest".replace(
        "House", str(values()["dossier"]).split(",")[0]
    )
    assert '<a href="https://a.example/?x=1&amp;y=2" style="color' in mail.html
    assert ">https://a.example/?x=1&amp;y=2</a>" in mail.html
    assert not re.search(r"<p[^>]*>\s*</p>", mail.html), "what is empty goes"
    assert "Bonjour Zoé" in mail.text
    assert "[ici](https://a.example/?x=1&y=2)" in mail.text
    assert 'style="margin: 22px 0 10px' in mail.html, "inlined"
    for schema in ("firm_beta", None):
        with firm_context(schema) if schema else public_context(), translation.override("fr"):
            assert "Prêt" not in compose(DOSSIER, values()).subject


def test_nobodys_name_brings_a_link_a_line_or_a_tag(cast: Cast) -> None:
    with firm_context("firm_alpha"), translation.override("fr"):
        told = values(nom=EVIL, dossier=EVIL)
        own = OwnWords("{nom}", '<p>{nom} {dossier}</p><p><a href="https://ok.example/">ok</a></p>', "{nom}")
        facts = [("Code", Exact("a.b@c.example")), (EVIL, EVIL)]
        for mail in (render_mail(write(DOSSIER, told, words, facts=facts)) for words in (own, None)):
            assert "\n" not in mail.subject
            assert "<b>x" not in mail.html
            assert "&lt;b&gt;x" in mail.html
            for text in (mail.subject, mail.text, visible(mail.html)):
                assert "www.evil" not in text
                assert "evil.example" not in text
                assert "http://evil" not in text
                assert "a@b" not in text
            assert "{lien}" in mail.text, "a value is not read again"
            assert "a.b@c.example" in mail.text, "what is copied stays as it is"
            links = set(re.findall(r'href="([^"]*)"', mail.html))
            assert not [link for link in links if "evil" in link]
    assert fence("1 234,50\u202f€\xa0!") == "1 234,50\u202f€\xa0!"
    assert fence("a\u202eb\u200bc") == "abc"


def test_a_text_has_a_history_and_goes_back_to_any_version_and_to_ours(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        with translation.override("fr"):
            ours = our_words(DOSSIER)
        first = save_text(DOSSIER, "fr", words=OwnWords("Un", "<p>1</p>", "B"), seen=0, user=cast.anna)
        save_text(DOSSIER, "fr", words=OwnWords("Deux", "<p>2</p>", "B"), seen=1, user=cast.bob)
        with pytest.raises(DomainError):
            save_text(DOSSIER, "fr", words=OwnWords("Trois", "<p>3</p>", "B"), seen=1, user=cast.anna)
        assert not use_our_words(DOSSIER, "fr", user=cast.anna).is_own
        with translation.override("fr"):
            assert compose(DOSSIER, values()).own is None
        text = restore_version(first.versions.get(number=1), kind=DOSSIER, user=cast.anna)
        assert (text.subject, text.number, text.is_own) == ("Un", 4, True)
        told = [(one.number, one.subject, one.author_name) for one in text.versions.order_by("number")]
        assert told == [
            (1, "Un", str(cast.anna)),
            (2, "Deux", str(cast.bob)),
            (3, "", str(cast.anna)),
            (4, "Un", str(cast.anna)),
        ]
        assert not save_text(DOSSIER, "fr", words=ours, user=cast.anna).is_own, "our words are not the firm's own"
        assert MailText.objects.count() == 1


def posts(count: int) -> Any:
    for rank in range(count):
        yield Post(
            f"a{rank}@client.example",
            MailContent(subject=f"n° {rank}", paragraphs=["Bonjour"]),
            "message",
            language="fr",
        )


def test_many_mails_are_queued_by_the_batch_all_or_none(cast: Cast, django_assert_max_num_queries: Any) -> None:
    def broken() -> Any:
        yield from posts(BATCH)
        raise ValueError

    with firm_context("firm_alpha"):
        with pytest.raises(ValueError):  # noqa: PT011
            queue_mails(broken())
        assert not OutgoingMail.objects.exists()
        with django_assert_max_num_queries(20):
            assert queue_mails(posts(BATCH + 20)) == BATCH + 20
        assert OutgoingMail.objects.values("message_id").distinct().count() == BATCH + 20
        assert queue_mails([]) == 0
    with public_context():
        assert ProcrastinateJob.objects.filter(task_name__endswith="send_queued_mail").count() == BATCH + 20


def test_a_run_that_ends_midway_goes_on_and_sends_none_twice(cast: Cast, mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        queue_mails(posts(25))
        first = OutgoingMail.objects.order_by("pk").values_list("pk", flat=True)[0]
        send_queued_mail(mail_id=first)  # as a worker did that died before any job was marked done
    assert 0 < len(mailbox.mails()) < 25
    run_jobs()
    assert sorted(str(mail["To"]) for mail in mailbox.mails()) == sorted(post.to for post in posts(25))
    with firm_context("firm_alpha"):
        assert set(OutgoingMail.objects.values_list("state", flat=True)) == {MailState.SENT}


def test_a_value_of_no_tag_is_a_mistake_of_ours() -> None:
    with pytest.raises(LookupError):
        DOSSIER.fenced({"nimporte": "x"})
    assert {tag.trust for kind in KINDS for tag in kind.tags} == set(Trust)


def test_the_looks_of_two_firms_do_not_mix(cast: Cast) -> None:
    for schema in ("firm_alpha", "firm_beta"):
        with firm_context(schema), translation.override("fr"):
            mail = queue_mail(to="a@b.example", content=MailContent("S", ["P"]), kind="message")
            assert schema.removeprefix("firm_") in mail.html
