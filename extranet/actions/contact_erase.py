"""Erasing a contact's personal data on its request (GDPR, article 17), but for what the law makes the firm keep."""

from django.db import transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.closing import end_sessions, erase_account
from accounts.models import User
from extranet.actions.appointment_erase import erase_visits
from extranet.actions.contact import refuse_erased
from extranet.actions.join import erase_requests
from extranet.actions.message_erase import erase_messages
from extranet.actions.order_life import erase_orders
from extranet.actions.quote_erase import erase_quotes
from extranet.actions.search import contact_search_text, refresh_dossiers_of_contact
from extranet.actions.site_contact import erase_site_contacts
from extranet.enums import ContactKind, EventKind
from extranet.models import (
    CollaboratorEmail,
    Contact,
    DossierAccess,
    DossierEvent,
    GuestLink,
    SentDocument,
    SubAccount,
)
from mail.actions.erasure import erase_mails_to
from mail.actions.sms_number import erase_sms
from mail.sms.numbers import e164_of

#: Lines of history whose subject is the contact's name.
_NAMED = (EventKind.ACCESS_GIVEN, EventKind.ACCESS_REMOVED, EventKind.NOTIFIED, EventKind.UNPAID_REMINDED)


@transaction.atomic
def erase_contact(contact: Contact) -> Contact:
    """Returns the contact without its personal data; raises DomainError `erased` when that was done before.

    Names, addresses, phone, notes, collaborators, sub-accounts, texts of messages and of orders, mails, text messages
    and the internet addresses in the history go. Dossiers, invoices and the proofs of what was downloaded when stay,
    under a name that says nobody's.
    """
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    refuse_erased(contact)
    name, mark = str(_("Erased contact %(code)s") % {"code": contact.code}), f"erased-{contact.code}"
    replacement = f"{mark}@erased.invalid"
    addresses = [contact.user.email.lower()]
    for sub_account in SubAccount.objects.filter(contact=contact).select_related("user"):
        addresses.append(sub_account.user.email.lower())
        end_sessions(sub_account.user)
    _erase_history(contact, name)
    _erase_correspondence(contact, addresses, name=name, replacement=replacement)
    erase_orders(contact, name=name)
    erase_quotes(contact, addresses, name=name)
    erase_requests(contact, addresses)
    erase_site_contacts(addresses)
    User.objects.filter(sub_account__contact=contact).delete()
    CollaboratorEmail.objects.filter(contact=contact).delete()
    # what the copied account was called, in the accesses of those who were copied from it
    DossierAccess.objects.filter(contact__inherited_from=contact, origin=str(contact)[:254]).update(origin=name)
    DossierAccess.objects.filter(contact=contact).update(origin="")
    erase_visits(contact, addresses, name=name)
    erase_sms(contact.code, [e164_of(contact.phone)])
    # usually named after the client
    contact.price_lists.update(name=name[:80], is_active=False)
    erase_account(contact.user, name=name, mark=mark)
    contact.kind, contact.name, contact.company, contact.phone = ContactKind.OTHER, name, "", ""
    contact.street = contact.postcode = contact.city = contact.notes = ""
    contact.inherited_from, contact.erased_at = None, timezone.now()
    contact.search = contact_search_text(contact, collaborators=[])
    contact.save()
    refresh_dossiers_of_contact.enqueue(contact_id=contact.pk, once=f"contact-{contact.pk}")
    return contact


def _erase_history(contact: Contact, name: str) -> None:
    of_contact = DossierEvent.objects.filter(contact=contact)
    of_contact.filter(by_client=True).update(actor_name=name, address=None, user_agent="")
    of_contact.filter(kind__in=_NAMED).update(subject=name)
    of_contact.filter(kind=EventKind.MESSAGE).update(subject="")


def _erase_correspondence(contact: Contact, addresses: list[str], *, name: str, replacement: str) -> None:
    erase_messages(contact, name=name)
    erase_mails_to(addresses, replacement=replacement)
    SentDocument.objects.filter(sent_by__in=addresses).update(sent_by=replacement)
    links = GuestLink.objects.annotate(address=Lower("email")).filter(address__in=addresses)
    keys, dossiers = list(links.values_list("pk", flat=True)), list(links.values_list("dossier_id", flat=True))
    DossierEvent.objects.filter(guest_id__in=keys).update(actor_name=name, address=None, user_agent="")
    told = DossierEvent.objects.filter(dossier_id__in=dossiers).annotate(folded=Lower("subject"))
    told.filter(folded__in=addresses).update(subject=name)
    kept = GuestLink.objects.filter(pk__in=keys)
    kept.filter(revoked_at__isnull=True).update(revoked_at=timezone.now())
    kept.update(email=replacement, name=name)
