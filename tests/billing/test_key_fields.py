"""What a firm types for Stripe and PayPal."""

import re

from billing.models import Credentials
from billing.providers.paypal.fields import FIELDS as PAYPAL
from billing.providers.stripe.fields import FIELDS as STRIPE
from tests.gateways import paypal, stripe


def test_stripes_keys_are_of_one_mode() -> None:
    secret, webhook = STRIPE
    for live, right, wrong in [
        (False, stripe.SECRET_KEY, stripe.LIVE_SECRET_KEY),
        (True, stripe.LIVE_SECRET_KEY, stripe.SECRET_KEY),
    ]:
        assert re.fullmatch(secret.pattern_of(live=live), right)
        assert re.fullmatch(secret.pattern_of(live=live), right.replace("sk_", "rk_"))
        for odd in (wrong, right.replace("sk_", "pk_"), f" {right}", stripe.WEBHOOK_SECRET):
            assert not re.fullmatch(secret.pattern_of(live=live), odd)
        assert re.fullmatch(webhook.pattern_of(live=live), stripe.WEBHOOK_SECRET)
        assert not re.fullmatch(webhook.pattern_of(live=live), right)


def test_paypals_keys_and_their_columns() -> None:
    client, secret, webhook = PAYPAL
    assert re.fullmatch(client.pattern_of(live=False), paypal.CLIENT_ID)
    assert re.fullmatch(secret.pattern_of(live=True), paypal.CLIENT_SECRET)
    assert re.fullmatch(webhook.pattern_of(live=False), paypal.WEBHOOK_ID)
    assert [(field.secret, field.column) for field in PAYPAL] == [
        (False, "identifier"),
        (True, ""),
        (False, "webhook_id"),
    ]


def test_each_field_says_where_it_is_kept() -> None:
    columns = {field.name for field in Credentials._meta.get_fields()}
    for field in (*STRIPE, *PAYPAL):
        assert field.secret == (not field.column)
        assert not field.column or field.column in columns
        assert str(field.label)
        assert str(field.help_text)
