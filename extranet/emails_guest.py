"""The mails about occasional accesses and documents asked, in the active language."""

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from extranet.models import Dossier, GuestLink, RequestedDocument
from mail.content import Button, MailContent


def guest_link_mail(link: GuestLink, *, firm_name: str, url: str) -> MailContent:
    """Returns the mail that gives somebody without an account the link to a dossier."""
    facts = [(_("Dossier"), link.dossier.title)]
    if link.dossier.address_line:
        facts.append((_("Property"), link.dossier.address_line))
    facts.append((_("Valid until"), date_format(localtime(link.expires_at), "DATE_FORMAT")))
    paragraphs = [
        _("%(firm)s gives you access to a dossier. No account is needed: use the button below.") % {"firm": firm_name}
    ]
    if link.asks_code:
        paragraphs.append(
            _("To make sure that it is you, a code will be sent to this e-mail address when you open it.")
        )
    paragraphs.append(_("The link is personal: please do not forward it."))
    return MailContent(
        subject=_("Your access to the dossier: %(title)s") % {"title": link.dossier.title},
        greeting=_hello(link.name),
        paragraphs=paragraphs,
        facts=facts,
        button=Button(label=_("See the dossier"), url=url),
    )


def guest_code_mail(link: GuestLink, *, code: str, minutes: int) -> MailContent:
    """Returns the mail with the code that opens a link."""
    return MailContent(
        subject=_("The code that opens your dossier"),
        greeting=_hello(link.name),
        paragraphs=[
            _("Here is the code that opens your dossier. It works for %(minutes)d minutes, once.")
            % {"minutes": minutes},
            _("If you did not ask for it, leave this message and give the code to nobody."),
        ],
        facts=[(_("Code"), code)],
    )


def documents_asked_mail(
    dossier: Dossier, requests: Sequence[RequestedDocument], *, name: str, firm_name: str, url: str
) -> MailContent:
    """Returns the mail that asks for the documents that are still missing."""
    return MailContent(
        subject=_("Documents wanted for your dossier: %(title)s") % {"title": dossier.title},
        greeting=_hello(name),
        paragraphs=[
            _("%(firm)s needs these documents to prepare your diagnostics. You can send them from your page.")
            % {"firm": firm_name}
        ],
        facts=[(str(request), _what_is_said(request)) for request in requests],
        button=Button(label=_("Send the documents"), url=url),
    )


def document_redo_mail(request: RequestedDocument, *, name: str, url: str) -> MailContent:
    """Returns the mail that says why a document has to be sent again."""
    return MailContent(
        subject=_("Please send this document again: %(document)s") % {"document": request},
        greeting=_hello(name),
        paragraphs=[_("What you sent could not be used. Please send it again from your page.")],
        facts=[
            (_("Dossier"), request.dossier.title),
            (_("Document"), str(request)),
            (_("Reason"), request.reason),
        ],
        button=Button(label=_("Send the document"), url=url),
    )


def _hello(name: str) -> str:
    return _("Hello %(name)s,") % {"name": name} if name else _("Hello,")


def _what_is_said(request: RequestedDocument) -> str:
    parts = []
    if request.due_on:
        parts.append(_("wanted by %(day)s") % {"day": date_format(request.due_on, "DATE_FORMAT")})
    parts += [text for text in (request.note, request.reason) if text]
    return " · ".join(parts) or "—"
