"""The mail that tells the firm what a visitor of its site wrote."""

from django.utils.translation import gettext as _

from extranet.models import SiteContact
from mail.content import Button, MailContent


def visitor_wrote_mail(contact: SiteContact, *, name: str, link: str) -> MailContent:
    """Returns the mail, in the active language; what the visitor wrote stands in it as plain text."""
    facts = [(_("Name"), contact.name), (_("E-mail"), contact.email)]
    if contact.phone:
        facts.append((_("Phone"), contact.phone))
    return MailContent(
        subject=_("Your web site: a message of %(name)s") % {"name": contact.name},
        greeting=_("Hello %(name)s,") % {"name": name},
        paragraphs=[_("A visitor of your site wrote:"), *contact.text.splitlines()],
        facts=facts,
        button=Button(label=_("See visitors' messages"), url=link),
    )
