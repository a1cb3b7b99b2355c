"""What the demo's first firm is paid with: one account of each provider's double, in test mode, and a transfer."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from billing.actions.account import AccountValues, TypedKeys, add_account, switch_account
from billing.actions.account_check import check_account
from billing.actions.manual import record_manual_payment
from billing.actions.manual_account import manual_account
from billing.enums import Method, Mode, Provider
from billing.models import Payment, ProviderAccount
from billing.rules import cents
from extranet.models import Contact, Dossier
from kernel.tenancy import require_firm
from tenants.links import schema_url

#: Provider, the double that stands in for it, and what its button says.
_ACCOUNTS = (
    (Provider.STRIPE, "stripe", "Carte bancaire (démonstration Stripe)"),
    (Provider.PAYPAL, "paypal", "PayPal (démonstration)"),
    (Provider.PAYZEN, "lyra", "Carte bancaire (démonstration PayZen)"),
    (Provider.SYSTEMPAY, "lyra", "Carte bancaire (démonstration Systempay)"),
)
_EXPLANATION = "Prestataire de démonstration : aucun argent n’est débité, payez avec une carte de test."
_BANK = """Titulaire : Armor Diagnostics
IBAN : FR76 3000 4000 0312 3456 7890 143
BIC : BNPAFRPPXXX
Merci d’indiquer la référence du dossier."""
_COLUMNS = ("identifier", "webhook_id")


def seed_accounts(doubles: Mapping[str, Any]) -> None:
    """Gives the current firm its means of payment, all offered, unless it has or had some.

    `doubles`: the keys that each double accepts, by its name.
    """
    if ProviderAccount.objects.exclude(provider=Provider.MANUAL).exists():
        return
    for provider, double, label in _ACCOUNTS:
        if double not in doubles:
            continue
        keys: dict[str, str] = doubles[double]["keys"]
        typed = TypedKeys(
            columns={name: value for name, value in keys.items() if name in _COLUMNS},
            secrets={name: value for name, value in keys.items() if name not in _COLUMNS},
        )
        account = add_account(provider, AccountValues(label, _EXPLANATION), {Mode.TEST: typed})
        switch_account(check_account(account), offered=True)
    transfer = AccountValues("Virement bancaire", _BANK, manual_method=Method.TRANSFER)
    switch_account(add_account(Provider.MANUAL, transfer, {}), offered=True)


def notify_addresses() -> dict[str, str]:
    """Returns where the doubles whose payments do not say it themselves notify the current firm, by their names."""
    found = ProviderAccount.objects.filter(provider__in=(Provider.STRIPE, Provider.PAYPAL), deleted_at__isnull=True)
    return {
        account.provider: schema_url(require_firm(), reverse("payment-notify", args=[account.token]))
        for account in found.order_by("-position", "-pk")
    }


def record_payment(dossier: Dossier, *, contact: Contact | None, days_ago: int, user: User) -> None:
    """Records that a dossier was paid by transfer, so many days ago."""
    assert dossier.amount is not None
    payment = record_manual_payment(
        [(dossier, cents(dossier.amount))],
        account=manual_account(Method.TRANSFER),
        method=Method.TRANSFER,
        received_on=timezone.localdate() - timedelta(days=days_ago),
        reference=f"VIR {dossier.reference}",
        payer_name=contact.name if contact else "",
        payer_email="",
        user=user,
    )
    # afterwards: a client known before would get a mail of something long past
    Payment.objects.filter(pk=payment.pk).update(contact=contact)
