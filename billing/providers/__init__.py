"""The payment providers; each one's client and what it asks of the firm stand in its own package."""

from billing.enums import Mode, Provider
from billing.models import Credentials, Payment, ProviderAccount
from billing.providers.base import Access, Gateway
from billing.providers.lyra.client import LyraGateway
from billing.providers.paypal.client import PayPalGateway
from billing.providers.stripe.client import StripeGateway
from kernel.secrets import unseal

GATEWAYS: dict[str, type[Gateway]] = {
    Provider.STRIPE: StripeGateway,
    Provider.PAYPAL: PayPalGateway,
    Provider.PAYZEN: LyraGateway,
    Provider.SYSTEMPAY: LyraGateway,
}


def access_of(account: ProviderAccount, mode: str) -> Access:
    """Returns with what an account is reached in a mode; empty keys where none were given.

    Raises ValueError when its secrets cannot be opened: they are another firm's, or the key is lost.
    """
    row = Credentials.objects.filter(account=account, mode=mode).first() or Credentials(account=account, mode=mode)
    return Access(
        provider=account.provider,
        live=mode == Mode.LIVE,
        identifier=row.identifier,
        secrets=unseal(row.sealed),
        former=unseal(row.sealed_before),
        webhook_id=row.webhook_id,
        brand=account.brand,
        uses_form=account.uses_form,
    )


def gateway(account: ProviderAccount, mode: str) -> Gateway:
    """Returns the client of an account in a mode; raises KeyError for a manual one, ValueError as access_of does."""
    return GATEWAYS[account.provider](access_of(account, mode))


def gateway_of(payment: Payment) -> Gateway:
    """Returns the client of the account and mode with which a payment began."""
    return gateway(payment.account, payment.mode)
