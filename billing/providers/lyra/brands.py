"""The brands under which Lyra's one engine is sold: the same protocol at other addresses."""

from dataclasses import dataclass

from django.conf import settings

from billing.enums import Provider


@dataclass(frozen=True)
class Brand:
    """A brand, the origin of its REST interface and that of its payment form."""

    name: str
    label: str
    rest: str
    form: str


#: The first two are the usual ones of their providers; the others are chosen in the advanced mode.
BRANDS: dict[str, Brand] = {
    brand.name: brand
    for brand in (
        Brand("payzen", "PayZen", "https://api.payzen.eu", "https://secure.payzen.eu"),
        Brand("systempay", "Systempay", "https://api.systempay.fr", "https://paiement.systempay.fr"),
        Brand("lyra", "Lyra Collect", "https://api.lyra.com", "https://secure.lyra.com"),
        Brand(
            "scellius",
            "Scellius",
            "https://api.scelliuspaiement.labanquepostale.fr",
            "https://scelliuspaiement.labanquepostale.fr",
        ),
        Brand(
            "sogecommerce",
            "Sogecommerce",
            "https://api-sogecommerce.societegenerale.eu",
            "https://sogecommerce.societegenerale.eu",
        ),
        Brand("osb", "OSB", "https://api.secure.osb.pf", "https://secure.osb.pf"),
        Brand("micuentaweb", "Mi Cuenta Web", "https://api.micuentaweb.pe", "https://secure.micuentaweb.pe"),
    )
}
#: For the field of the settings page.
CHOICES: list[tuple[str, str]] = [(brand.name, brand.label) for brand in BRANDS.values()]


def brand_of(provider: str, brand: str) -> Brand:
    """Returns the brand of an account: the one chosen, else the usual one of its provider."""
    return BRANDS.get(brand) or BRANDS["systempay" if provider == Provider.SYSTEMPAY else "payzen"]


def rest_url(brand: Brand, service: str) -> str:
    """Returns the address of a web service."""
    return f"{settings.LYRA_URL or brand.rest}/api-payment/V4/{service}"


def form_url(brand: Brand) -> str:
    """Returns the address to which the payer's browser posts the form."""
    return f"{settings.LYRA_URL or brand.form}/vads-payment/"
