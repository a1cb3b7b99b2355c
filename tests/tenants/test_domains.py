"""The host names of a firm."""

import pytest

from kernel.errors import DomainError
from tenants.actions.domains import add_domain, make_primary, remove_domain
from tenants.links import firm_url, primary_host, schema_url
from tenants.models import Domain
from tests.factories.cast import Cast

pytestmark = pytest.mark.django_db


def hosts(cast: Cast) -> dict[str, bool]:
    return dict(Domain.objects.filter(tenant=cast.alpha).order_by("pk").values_list("domain", "is_primary"))


def test_a_host_is_added_chosen_and_removed(cast: Cast) -> None:
    added = add_domain(cast.alpha, host="  Extranet.Alpha.example. ")
    assert hosts(cast) == {"alpha.localhost": True, "extranet.alpha.example": False}
    assert firm_url(cast.alpha) == "http://alpha.localhost/"
    make_primary(added)
    assert hosts(cast) == {"alpha.localhost": False, "extranet.alpha.example": True}
    assert firm_url(cast.alpha, "/x") == "http://extranet.alpha.example/x"
    assert schema_url("firm_alpha", "/x") == "http://extranet.alpha.example/x"
    remove_domain(Domain.objects.get(domain="alpha.localhost"))
    assert hosts(cast) == {"extranet.alpha.example": True}
    assert primary_host(cast.alpha) == "extranet.alpha.example"


def test_the_main_host_is_not_removed(cast: Cast) -> None:
    with pytest.raises(DomainError) as refused:
        remove_domain(Domain.objects.get(domain="alpha.localhost"))
    assert refused.value.code == "domain_primary"
    assert hosts(cast) == {"alpha.localhost": True}


def test_a_host_object_read_before_it_became_the_main_one_is_not_removed(cast: Cast) -> None:
    add_domain(cast.alpha, host="x.example")
    read_before = Domain.objects.get(domain="x.example")
    make_primary(Domain.objects.get(domain="x.example"))
    with pytest.raises(DomainError):
        remove_domain(read_before)
    assert hosts(cast)["x.example"] is True


@pytest.mark.parametrize("host", ["alpha.localhost", "ALPHA.localhost", "beta.localhost."])
def test_a_host_belongs_to_one_firm(cast: Cast, host: str) -> None:
    before = Domain.objects.count()
    with pytest.raises(DomainError) as refused:
        add_domain(cast.alpha, host=host)
    assert refused.value.code == "domain_taken"
    assert Domain.objects.count() == before


@pytest.mark.parametrize("host", ["console.localhost", "CONSOLE.localhost."])
def test_the_platforms_own_hosts_are_nobodys(cast: Cast, host: str) -> None:
    with pytest.raises(DomainError):
        add_domain(cast.alpha, host=host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        " ",
        ".",
        "a b.example",
        "http://alpha.example",
        "alpha.example/x",
        "alpha.example:8000",
        "-a.example",
        "é.example",
        "x" * 250 + ".example",
        "a..example",
        "\x00.example",
        "a b.localhost",
        "<x>.localhost",
        ".localhost",
        "localhost",
    ],
)
def test_a_malformed_host_is_refused(cast: Cast, host: str) -> None:
    with pytest.raises(DomainError) as refused:
        add_domain(cast.alpha, host=host)
    assert refused.value.code == "domain_malformed"
    assert hosts(cast) == {"alpha.localhost": True}
