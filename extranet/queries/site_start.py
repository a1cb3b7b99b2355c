"""What the portal knows of the firm that may stand on its site."""

from django.utils import timezone

from accounts.models import Role, User
from extranet.models import BookingSettings, Diagnostician
from extranet.queries.company import company
from extranet.queries.settings import portal_settings
from extranet.queries.site import lowest_prices
from extranet.site_start import Company


def company_of(name: str) -> Company:
    """Returns the firm of this name as its site shows it: seven queries."""
    office, own = BookingSettings.objects.get(pk=1), company()
    street, postcode, city = office.street, office.postcode, office.city
    if own.city:
        street, postcode, city = own.street, own.postcode, own.city
    people = list(Diagnostician.objects.filter(is_active=True).order_by("name", "id"))
    admin = User.objects.filter(role=Role.ADMIN, is_active=True).order_by("pk").first()
    towns = dict.fromkeys(town for town in (city, office.city, *(person.city for person in people)) if town)
    return Company(
        name=name,
        email=own.email or (admin.email if admin is not None else ""),
        phone=own.phone or next((person.phone for person in people if person.phone), ""),
        street=street,
        postcode=postcode,
        city=city,
        people=[person.name for person in people],
        towns=list(towns),
        visitor_orders=portal_settings().visitor_orders,
        has_prices=bool(lowest_prices(timezone.localdate())),
    )
