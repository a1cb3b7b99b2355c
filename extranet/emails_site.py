"""The mail that tells the firm what a visitor of its site wrote."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.models import SiteContact
from mail.content import MailContent
from mail.kinds import LINK, READER, MailGroup, MailKind, MailTag, Reader, Trust, Words, hello
from mail.tags import fence
from mail.writing import Exact, compose


def visitor_wrote_mail(contact: SiteContact, *, name: str, link: str) -> MailContent:
    """Returns the mail, in the active language; what the visitor wrote stands in it as plain text, without links."""
    facts = [(_("Name"), contact.name), (_("E-mail"), Exact(contact.email))]
    if contact.phone:
        facts.append((_("Phone"), contact.phone))
    written = "\n".join(fence(line) for line in contact.text.splitlines())
    return compose(
        SITE_CONTACT, {**hello(name), "visiteur": contact.name, "message": written, "lien": link}, facts=facts
    )


def _wrote(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Your web site: a message of %(name)s") % {"name": values["visiteur"]},
        paragraphs=[_("A visitor of your site wrote:"), values["message"]],
        button=_("See visitors' messages"),
    )


SITE_CONTACT = MailKind(
    key="site_contact",
    group=MailGroup.ACCOUNTS,
    reader=Reader.FIRM,
    label=gettext_lazy("Message of a visitor of your site"),
    tags=(
        *READER,
        MailTag("visiteur", gettext_lazy("the visitor’s name"), "Marie Le Goff"),
        MailTag(
            "message", gettext_lazy("what the visitor wrote"), gettext_lazy("Do you work in Quimper?"), Trust.WORDS
        ),
        LINK,
    ),
    words=_wrote,
    facts=((gettext_lazy("Name"), "Marie Le Goff"), (gettext_lazy("E-mail"), "marie@exemple.fr")),
)
MAILS = (SITE_CONTACT,)
