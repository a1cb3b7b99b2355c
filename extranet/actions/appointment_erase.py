"""Taking a person out of the visits of a firm (GDPR, article 17)."""

from collections.abc import Collection

from django.db.models import Q
from django.db.models.functions import Lower

from extranet.models import Appointment, AppointmentEvent, Contact


def erase_visits(contact: Contact, addresses: Collection[str], *, name: str) -> None:
    """Takes names, phones, notes and reasons out of a contact's visits, and of those of its addresses (lower case)."""
    folded = Appointment.objects.annotate(folded=Lower("person_email"))
    own = folded.filter(Q(contact=contact) | Q(folded__in=addresses))
    keys = list(own.values_list("pk", flat=True))
    rows = Appointment.objects.filter(pk__in=keys)
    rows.update(person_name=name, person_phone="", person_email="", access_note="", staff_note="", cancel_reason="")
    AppointmentEvent.objects.filter(appointment__in=keys).update(note="")
    users = [contact.user_id, *contact.sub_accounts.values_list("user_id", flat=True)]
    AppointmentEvent.objects.filter(actor__in=users).update(actor_name=name)
