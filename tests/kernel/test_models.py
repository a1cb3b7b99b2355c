"""The base of every firm's table: a row belongs to its schema, whatever its key."""

import copy
import pickle

import pytest

from accounts.models import User
from extranet.models import Contact
from kernel.errors import WrongFirm
from kernel.tenancy import firm_context, public_context
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_row_is_neither_saved_nor_deleted_nor_reloaded_in_another_firm(cast: Cast) -> None:
    with firm_context("firm_beta"):
        before = list(User.objects.order_by("pk").values())
        cast.anna.full_name = "Anna in the wrong place"
        with pytest.raises(WrongFirm, match="save of a User of firm_alpha in firm_beta"):
            cast.anna.save()
        with pytest.raises(WrongFirm, match="save"):
            cast.anna.save(update_fields=["full_name"])
        with pytest.raises(WrongFirm, match="delete"):
            cast.anna.delete()
        with pytest.raises(WrongFirm, match="refresh"):
            cast.anna.refresh_from_db()
        assert list(User.objects.order_by("pk").values()) == before
    with firm_context("firm_alpha"):
        cast.anna.save()
        cast.anna.refresh_from_db()
        assert cast.anna.full_name == "Anna in the wrong place"


def test_a_field_left_out_is_not_read_from_another_firm(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        anna = User.objects.only("pk").get(pk=cast.anna.pk)
    with firm_context("firm_beta"), pytest.raises(WrongFirm):
        _ = anna.email


def test_a_firms_row_is_not_made_in_public(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        contact = Contact(user=cast.bob, name="Bob")
    with public_context(), pytest.raises(WrongFirm):
        contact.save()
    with public_context(), pytest.raises(WrongFirm, match="in the public schema"):
        Contact(user_id=cast.oscar.pk, name="Oscar").save()


def test_an_operator_is_a_row_of_public(cast: Cast) -> None:
    with public_context():
        cast.oscar.save()
    with firm_context("firm_alpha"), pytest.raises(WrongFirm):
        cast.oscar.save()


def test_rows_of_two_firms_with_one_key_are_not_equal(cast: Cast) -> None:
    with firm_context("firm_alpha"):
        here = User.objects.get(pk=cast.anna.pk)
    with firm_context("firm_beta"):
        there = User(pk=cast.anna.pk)
    assert here == cast.anna
    assert hash(here) == hash(cast.anna)
    assert here != there


@pytest.mark.parametrize("other", [None, "", 3, [], object()])
def test_a_row_is_equal_to_nothing_else(cast: Cast, other: object) -> None:
    assert cast.anna != other
    assert other != cast.anna


def test_a_copied_row_remembers_its_firm(cast: Cast) -> None:
    for copied in (copy.copy(cast.anna), copy.deepcopy(cast.anna), pickle.loads(pickle.dumps(cast.anna))):
        assert copied == cast.anna
        with firm_context("firm_beta"), pytest.raises(WrongFirm):
            copied.save()
