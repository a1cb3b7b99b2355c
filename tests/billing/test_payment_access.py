"""Who sees which payment, and who settles what was noted."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.http import Http404

from accounts.models import Role, User
from billing.access import access_account, access_payment
from billing.actions.issues import note_issue, resolve_issue
from billing.enums import IssueKind
from billing.models import ProviderAccount
from extranet.actions.contact_merge import merge_contacts
from extranet.exporters.personal_data import write_personal_data
from extranet.models import Dossier, SubAccount
from kernel.tenancy import firm_context
from tests.billing.scripted import ScriptedProvider, begin
from tests.factories.cast import PASSWORD, Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_alpha")]


def test_payment_is_for_staff_and_for_the_contact_that_paid(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast
) -> None:
    payment = begin([house], account, contact=cast.alice)
    unknown = begin([house], account)
    helper = User.objects.create_user(
        username="sub", email="sub@client.example", full_name="Sub", role=Role.CLIENT, password=PASSWORD
    )
    SubAccount.objects.create(contact=cast.alice, user=helper)
    for user in (cast.anna, cast.bob, cast.alice.user, helper):
        assert access_payment(user, payment.code) == payment
    for user, code in (
        (cast.charlie.user, payment.code),
        (cast.alice.user, unknown.code),
        (cast.alice.user, "nothing"),
    ):
        with pytest.raises(Http404):
            access_payment(user, code)
    with firm_context("firm_beta"):
        for user in (cast.dan, cast.dora.user):
            with pytest.raises(Http404):
                access_payment(user, payment.code)


def test_account_is_for_administrators_while_it_is_there(account: ProviderAccount, cast: Cast) -> None:
    assert access_account(cast.anna, account.code) == account
    for user in (cast.bob, cast.alice.user):
        with pytest.raises(Http404):
            access_account(user, account.code)
    ProviderAccount.objects.update(deleted_at=account.created_at)
    with pytest.raises(Http404):
        access_account(cast.anna, account.code)


def test_issue_is_settled_by_the_first_who_says_so(
    provider: ScriptedProvider, account: ProviderAccount, house: Dossier, cast: Cast
) -> None:
    payment = begin([house], account)
    issue = note_issue(payment, IssueKind.LATE, "x" * 400)
    assert note_issue(payment, IssueKind.LATE, "x" * 400) == issue
    resolve_issue(issue, user=cast.bob)
    settled = resolve_issue(issue, user=cast.anna)
    assert settled.resolved_by == "Bob Staff"
    assert note_issue(payment, IssueKind.LATE, "x" * 400).resolved_at, "what was settled is not noted again"


def test_payments_move_with_a_merged_contact_and_are_among_its_personal_data(
    provider: ScriptedProvider, cast: Cast, account: ProviderAccount, house: Dossier
) -> None:
    payment = begin([house], account, contact=cast.charlie)
    merge_contacts(cast.alice, other=cast.charlie, user=cast.anna)
    payment.refresh_from_db()
    assert payment.contact_id == cast.alice.pk
    out = BytesIO()
    write_personal_data(out, cast.alice, firm_name="Alpha")
    with ZipFile(out) as archive:
        told = next(archive.read(name) for name in archive.namelist() if name.endswith(".json"))
    assert [one["code"] for one in json.loads(told)["payments"]] == [payment.code]
