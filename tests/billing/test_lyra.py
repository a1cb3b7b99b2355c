"""Lyra's signatures, notifications and states, with the documentation's examples."""

import json
from urllib.parse import urlencode

import pytest

from billing.providers.base import Access, Attempt, ForgedNotification, Incoming, TruthState
from billing.providers.lyra.client import LyraGateway
from billing.providers.lyra.signing import answer_hash, form_signature, is_answer_signed
from kernel.secrets import Secrets
from tests.billing.cards import REQUEST

PASSWORD, FORM_KEY = "testpassword_EXAMPLE", "1122334455667788"
REST = Access("payzen", False, "12345678", Secrets(password=PASSWORD))
FORM = Access("payzen", False, "12345678", Secrets(form_key=FORM_KEY), uses_form=True)
ANSWER = (
    '{"shopId":"12345678","orderCycle":"CLOSED","orderStatus":"PAID","orderDetails":{"orderId":"DOS-2026-00042",'
    '"orderTotalAmount":15000,"orderCurrency":"EUR","mode":"TEST"}}'
)
ANSWER_HASH = "f9f9cd27ba0fee18820cf0db33ee9ccefbbc105751a23d388103776754947294"
FIELDS = {
    "vads_action_mode": "INTERACTIVE",
    "vads_amount": "15000",
    "vads_ctx_mode": "TEST",
    "vads_currency": "978",
    "vads_cust_first_name": "Zoé",
    "vads_order_id": "DOS-2026-00042",
    "vads_page_action": "PAYMENT",
    "vads_payment_config": "SINGLE",
    "vads_site_id": "12345678",
    "vads_trans_date": "20261124100000",
    "vads_trans_id": "a1b2c3",
    "vads_version": "V2",
}


def _rest_ipn(answer: str = ANSWER, **changed: str) -> Incoming:
    fields = {
        "kr-hash": answer_hash(answer, PASSWORD),
        "kr-hash-algorithm": "sha256_hmac",
        "kr-hash-key": "password",
        "kr-answer-type": "V4/Payment",
        "kr-answer": answer,
        **changed,
    }
    return Incoming(urlencode(fields).encode(), {})


def _form_body(uuid: str = "u" * 32, status: str = "AUTHORISED", operation: str = "DEBIT", amount: int = 25_050) -> str:
    fields = {
        **FIELDS,
        "vads_order_id": "pay-1",
        "vads_amount": str(amount),
        "vads_hash": "abc",
        "vads_operation_type": operation,
        "vads_trans_status": status,
        "vads_trans_uuid": uuid,
        "vads_card_brand": "VISA",
        "vads_card_number": "497010XXXXXX0055",
    }
    return urlencode({**fields, "signature": form_signature(fields, FORM_KEY)})


def _attempt(*kept: str, capture_ref: str = "") -> Attempt:
    ref = "20261124-a1b2c3"
    return Attempt("pay-1", "firm_alpha:pay-1", ref, capture_ref, 25_050, "EUR", REQUEST.created_at, kept)


def test_form_signature_is_that_of_the_example() -> None:
    assert form_signature(FIELDS, FORM_KEY) == "QmLFt2sFi3bMeNx92ddqnKvntMAlbe3OzHjRRzl+v6w="
    assert form_signature({**FIELDS, "other": "x"}, FORM_KEY) == form_signature(FIELDS, FORM_KEY)


def test_answer_hash_is_that_of_the_example_and_bears_escaped_slashes() -> None:
    assert answer_hash(ANSWER, PASSWORD) == ANSWER_HASH
    assert answer_hash(ANSWER, "examplehmackey") == "ebf030738c3288dbf555be700163744d5c17b4572cebfedc3b3ddcc15f0aeed7"
    assert is_answer_signed('{"a":"V4\\/X"}', answer_hash('{"a":"V4/X"}', PASSWORD), PASSWORD)
    assert not is_answer_signed(ANSWER, answer_hash(ANSWER, ""), "")


def test_rest_notification_is_read_and_known_again() -> None:
    told = json.loads(ANSWER) | {"transactions": [{"uuid": "u1", "detailedStatus": "AUTHORISED"}]}
    notice = LyraGateway(REST).parse(_rest_ipn(json.dumps(told)))
    assert (notice.payment_code, notice.dedupe_key, notice.live) == ("DOS-2026-00042", "u1:AUTHORISED", False)


@pytest.mark.parametrize(
    "changed", [{"kr-hash": "0" * 64}, {"kr-hash-key": "sha256_hmac"}, {"kr-answer": ANSWER.replace("15000", "1")}]
)
def test_forged_rest_notification_is_refused(changed: dict[str, str]) -> None:
    with pytest.raises(ForgedNotification):
        LyraGateway(REST).parse(_rest_ipn(**changed))


def test_former_password_still_opens_a_notification_and_another_shop_does_not() -> None:
    rotated = Access("payzen", False, "12345678", Secrets(password="testpassword_NEW"), Secrets(password=PASSWORD))
    assert LyraGateway(rotated).parse(_rest_ipn()).payment_code == "DOS-2026-00042"
    with pytest.raises(ForgedNotification):
        LyraGateway(Access("payzen", False, "87654321", Secrets(password=PASSWORD))).parse(_rest_ipn())


def test_form_notification_is_read_and_a_changed_or_cut_one_refused() -> None:
    body = _form_body()
    notice = LyraGateway(FORM).parse(Incoming(body.encode(), {}))
    assert (notice.payment_code, notice.dedupe_key) == ("pay-1", "u" * 32 + ":AUTHORISED")
    for wrong in (body.replace("25050", "25051"), body[:-20], body.replace("AUTHORISED", "CAPTURED")):
        with pytest.raises(ForgedNotification):
            LyraGateway(FORM).parse(Incoming(wrong.encode(), {}))


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        ([], TruthState.PENDING),
        (["WAITING_AUTHORISATION"], TruthState.PENDING),
        (["AUTHORISED"], TruthState.SUCCEEDED),
        (["CAPTURED", "AUTHORISED"], TruthState.SUCCEEDED),
        (["REFUSED"], TruthState.FAILED),
        (["ABANDONED"], TruthState.CANCELLED),
        (["CANCELLED"], TruthState.CANCELLED),
        (["AUTHORISED", "CANCELLED"], TruthState.REVERSED),
        (["CANCELLED", "AUTHORISED"], TruthState.REVERSED),
        (["AUTHORISED", "CAPTURE_FAILED"], TruthState.REVERSED),
    ],
)
def test_kept_notifications_tell_the_truth_in_any_order(statuses: list[str], state: TruthState) -> None:
    truth = LyraGateway(FORM).read(_attempt(*[_form_body(status=status) for status in statuses]))
    assert truth.state is state
    assert truth.amount == (25_050 if state in {TruthState.SUCCEEDED, TruthState.REVERSED} else None)


def test_refused_then_paid_is_paid_and_a_credit_is_a_refund() -> None:
    bodies = [
        _form_body("a" * 32, "REFUSED"),
        _form_body("b" * 32, "CAPTURED"),
        _form_body("c" * 32, "CAPTURED", "CREDIT", 5_000),
    ]
    truth = LyraGateway(FORM).read(_attempt(*bodies))
    assert (truth.state, truth.amount, truth.capture_ref) == (TruthState.SUCCEEDED, 25_050, "b" * 32)
    assert [(refund.ref, refund.amount) for refund in truth.refunds] == [("c" * 32, 5_000)]
    assert truth.instrument == "VISA •••• 0055"
