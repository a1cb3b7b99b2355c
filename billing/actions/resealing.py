"""Secrets at rest (of providers, mail server, carriers, webhooks) move to the present key: a former one can go."""

from django.db import transaction

from billing.models import Credentials
from extranet.models import WebhookEndpoint
from kernel.crypto import reseal
from mail.models import MailServer, SmsAccount

_SEALED = ("sealed", "sealed_before")


def reseal_firm() -> tuple[int, list[str]]:
    """Returns how many rows of the current firm were sealed anew, and which accounts no key opens (their codes)."""
    changed, lost = 0, []
    for key in list(Credentials.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = Credentials.objects.select_for_update(of=("self",)).select_related("account").get(pk=key)
            before = [getattr(row, name) for name in _SEALED]
            try:
                after = [reseal(sealed) if sealed else "" for sealed in before]
            except ValueError:
                lost.append(f"{row.account.code} ({row.mode})")
                continue
            if after == before:
                continue
            for name, sealed in zip(_SEALED, after, strict=True):
                setattr(row, name, sealed)
            row.save(update_fields=_SEALED)
            changed += 1
    return changed + _reseal_mail_server(lost) + _reseal_sms_accounts(lost) + _reseal_webhooks(lost), lost


def _reseal_mail_server(lost: list[str]) -> int:
    """Returns whether the password of the firm's mail server was sealed anew, as a number."""
    with transaction.atomic():
        server = MailServer.objects.select_for_update().exclude(sealed="").first()
        if server is None:
            return 0
        try:
            after = reseal(server.sealed)
        except ValueError:
            lost.append(f"mail server {server.host}")
            return 0
        if after == server.sealed:
            return 0
        server.sealed = after
        server.save(update_fields=["sealed"])
        return 1


def _reseal_sms_accounts(lost: list[str]) -> int:
    """Returns how many of the firm's accounts with carriers of text messages were sealed anew."""
    changed = 0
    for key in list(SmsAccount.objects.exclude(sealed="").order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            account = SmsAccount.objects.select_for_update().get(pk=key)
            try:
                after = reseal(account.sealed)
            except ValueError:
                lost.append(f"SMS {account.carrier}")
                continue
            if after != account.sealed:
                account.sealed = after
                account.save(update_fields=["sealed"])
                changed += 1
    return changed


def _reseal_webhooks(lost: list[str]) -> int:
    """Returns how many of the firm's webhooks had their secrets sealed anew."""
    changed = 0
    for key in list(WebhookEndpoint.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            endpoint = WebhookEndpoint.objects.select_for_update().get(pk=key)
            try:
                after = reseal(endpoint.sealed)
            except ValueError:
                lost.append(f"webhook {endpoint.code}")
                continue
            if after != endpoint.sealed:
                endpoint.sealed = after
                endpoint.save(update_fields=["sealed"])
                changed += 1
    return changed
