"""What visitors write into the form of the firm's site."""

from datetime import timedelta

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone, translation

from accounts.models import User
from extranet.actions.readers import told_of_firm
from extranet.emails_site import visitor_wrote_mail
from extranet.models import SiteContact
from kernel.jobs import firm_job, periodic
from mail.actions.outgoing import queue_mail
from tenants.actions.daily import enqueue_daily
from tenants.links import here_url

#: After this a visitor's message goes: nobody needs it any more.
KEEP = timedelta(days=365)


@transaction.atomic
def receive_contact(*, name: str, email: str, phone: str, text: str, page: str) -> SiteContact:
    """Returns what a visitor wrote, kept for the office and mailed to the firm's administrators."""
    contact = SiteContact.objects.create(name=name, email=email, phone=phone, text=text, page=page[:200])
    link = here_url("site-contacts")
    for person in told_of_firm():
        with translation.override(person.language or translation.get_language()):
            content = visitor_wrote_mail(contact, name=person.full_name, link=link)
            queue_mail(to=person.email, content=content, kind="site_contact")
    return contact


@transaction.atomic
def handle_contact(contact: SiteContact, *, user: User, done: bool) -> SiteContact:
    """Returns the message marked as answered, or as waiting again."""
    contact.handled_at = timezone.now() if done else None
    contact.handled_by = user.full_name[:120] if done else ""
    contact.save()
    return contact


@transaction.atomic
def delete_contact_message(contact: SiteContact) -> None:
    """Deletes a visitor's message."""
    contact.delete()


def erase_site_contacts(addresses: list[str]) -> None:
    """Deletes what people of these addresses (in small letters) wrote into the form."""
    SiteContact.objects.annotate(address=Lower("email")).filter(address__in=addresses).delete()


@periodic("41 3 * * *")
def sweep_site_contacts() -> None:
    """Has each firm's old messages of visitors removed."""
    enqueue_daily(remove_old_site_contacts)


@firm_job()
def remove_old_site_contacts() -> int:
    """Removes the messages of visitors older than KEEP and returns how many there were."""
    count, _rows = SiteContact.objects.filter(at__lt=timezone.now() - KEEP).delete()
    return count
