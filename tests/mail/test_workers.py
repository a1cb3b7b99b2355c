"""Several workers at one queue."""

import threading

from django.db import connection

from kernel.tenancy import firm_context
from mail.actions.outgoing import queue_mail, send_queued_mail
from mail.content import MailContent
from tests.support import Box


def test_two_workers_with_the_same_mail_send_it_once(own_database: str, mailbox: Box) -> None:
    with firm_context("firm_alpha"):
        outgoing = queue_mail(to="a@client.example", content=MailContent(subject="a", paragraphs=["b"]), kind="test")

    def work() -> None:
        try:
            with firm_context("firm_alpha"):
                send_queued_mail(mail_id=outgoing.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(mailbox.mails()) == 1
