"""The client of PayPal."""

from billing.providers.base import (
    Access,
    Attempt,
    Incoming,
    Notice,
    PaymentRequest,
    RefundRequest,
    RefundTruth,
    Started,
    Truth,
)


class PayPalGateway:
    """TO BE WRITTEN."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def check_credentials(self) -> None:
        raise NotImplementedError

    def start(self, request: PaymentRequest) -> Started:
        raise NotImplementedError

    def read(self, attempt: Attempt) -> Truth:
        raise NotImplementedError

    def abandon(self, attempt: Attempt) -> None:
        raise NotImplementedError

    def refund(self, attempt: Attempt, request: RefundRequest) -> RefundTruth:
        raise NotImplementedError

    def parse(self, incoming: Incoming) -> Notice:
        raise NotImplementedError
