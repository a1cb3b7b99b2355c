"""The mails about occasional accesses and documents asked, in the active language."""

from collections.abc import Mapping, Sequence

from django.utils.formats import date_format
from django.utils.functional import lazy
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.mail_tags import DOSSIER, DOSSIER_FACT
from extranet.models import Dossier, GuestLink, RequestedDocument
from mail.content import MailContent
from mail.kinds import FIRM, LINK, READER, MailGroup, MailKind, MailTag, Reader, Trust, Words, hello
from mail.writing import Exact, compose


def guest_link_mail(link: GuestLink, *, firm_name: str, url: str) -> MailContent:
    """Returns the mail that gives somebody without an account the link to a dossier."""
    until = date_format(localtime(link.expires_at), "DATE_FORMAT")
    facts = [(_("Dossier"), link.dossier.title)]
    if link.dossier.address_line:
        facts.append((_("Property"), link.dossier.address_line))
    facts.append((_("Valid until"), until))
    values = {
        "cabinet": firm_name,
        "dossier": link.dossier.title,
        "echeance": until,
        "code_demande": _("To make sure that it is you, a code will be sent to this e-mail address when you open it.")
        if link.asks_code
        else "",
        "lien": url,
    }
    return compose(GUEST_LINK, {**hello(link.name), **values}, facts=facts)


def guest_code_mail(link: GuestLink, *, code: str, minutes: int) -> MailContent:
    """Returns the mail with the code that opens a link."""
    values = {"code": code, "annonce": _code_words(minutes)}
    return compose(GUEST_CODE, {**hello(link.name), **values}, facts=[(_("Code"), Exact(code))])


def documents_asked_mail(
    dossier: Dossier, requests: Sequence[RequestedDocument], *, name: str, firm_name: str, url: str
) -> MailContent:
    """Returns the mail that asks for the documents that are still missing."""
    return compose(
        DOCUMENTS_ASKED,
        {**hello(name), "cabinet": firm_name, "dossier": dossier.title, "lien": url},
        facts=[(str(request), _what_is_said(request)) for request in requests],
    )


def document_redo_mail(request: RequestedDocument, *, name: str, url: str) -> MailContent:
    """Returns the mail that says why a document has to be sent again."""
    values = {"dossier": request.dossier.title, "document": str(request), "motif": request.reason, "lien": url}
    return compose(
        DOCUMENT_REDO,
        {**hello(name), **values},
        facts=[
            (_("Dossier"), request.dossier.title),
            (_("Document"), str(request)),
            (_("Reason"), request.reason),
        ],
    )


def _code_words(minutes: int) -> str:
    return _("Here is the code that opens your dossier. It works for %(minutes)d minutes, once.") % {"minutes": minutes}


def _what_is_said(request: RequestedDocument) -> str:
    parts = []
    if request.due_on:
        parts.append(_("wanted by %(day)s") % {"day": date_format(request.due_on, "DATE_FORMAT")})
    parts += [text for text in (request.note, request.reason) if text]
    return " · ".join(parts) or "—"


# --- our words --------------------------------------------------------------------------------------------------------


def _guest_link(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Your access to the dossier: %(title)s") % {"title": values["dossier"]},
        paragraphs=[
            _("%(firm)s gives you access to a dossier. No account is needed: use the button below.")
            % {"firm": values["cabinet"]},
            values["code_demande"],
            _("The link is personal: please do not forward it."),
        ],
        button=_("See the dossier"),
    )


def _guest_code(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("The code that opens your dossier"),
        paragraphs=[
            values["annonce"],
            _("If you did not ask for it, leave this message and give the code to nobody."),
        ],
    )


def _documents_asked(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Documents wanted for your dossier: %(title)s") % {"title": values["dossier"]},
        paragraphs=[
            _("%(firm)s needs these documents to prepare your diagnostics. You can send them from your page.")
            % {"firm": values["cabinet"]}
        ],
        button=_("Send the documents"),
    )


def _document_redo(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Please send this document again: %(document)s") % {"document": values["document"]},
        paragraphs=[_("What you sent could not be used. Please send it again from your page.")],
        button=_("Send the document"),
    )


GUEST_LINK = MailKind(
    key="guest_link",
    group=MailGroup.MAIN,
    reader=Reader.CLIENT,
    label=gettext_lazy("Access for an occasional user"),
    tags=(
        *READER,
        FIRM,
        DOSSIER,
        MailTag("echeance", gettext_lazy("the last day of the access"), "31/12/2026", Trust.DATE),
        MailTag(
            "code_demande",
            gettext_lazy("that a code will be asked, if so"),
            gettext_lazy("To make sure that it is you, a code will be sent to this e-mail address when you open it."),
            Trust.WORDS,
        ),
        LINK,
    ),
    words=_guest_link,
    secrets=("lien",),
    facts=(DOSSIER_FACT, (gettext_lazy("Valid until"), "31/12/2026")),
)
GUEST_CODE = MailKind(
    key="guest_code",
    group=MailGroup.DOSSIERS,
    reader=Reader.CLIENT,
    label=gettext_lazy("Code of an occasional user"),
    tags=(
        *READER,
        MailTag("code", gettext_lazy("code"), "482 913", Trust.EXACT),
        MailTag(
            "annonce", gettext_lazy("what the code is for, and for how long"), lazy(_code_words, str)(10), Trust.WORDS
        ),
    ),
    words=_guest_code,
    secrets=("code",),
    facts=((gettext_lazy("Code"), "482 913"),),
)
DOCUMENTS_ASKED = MailKind(
    key="documents_asked",
    group=MailGroup.DOSSIERS,
    reader=Reader.CLIENT,
    label=gettext_lazy("Documents wanted"),
    tags=(*READER, FIRM, DOSSIER, LINK),
    words=_documents_asked,
    facts=((gettext_lazy("Title deed"), "—"), (gettext_lazy("Co-ownership rules"), "—")),
)
DOCUMENT_REDO = MailKind(
    key="document_redo",
    group=MailGroup.DOSSIERS,
    reader=Reader.CLIENT,
    label=gettext_lazy("Document to send again"),
    tags=(
        *READER,
        DOSSIER,
        MailTag("document", gettext_lazy("the document"), gettext_lazy("Title deed")),
        MailTag("motif", gettext_lazy("the reason"), gettext_lazy("A page is missing.")),
        LINK,
    ),
    words=_document_redo,
    facts=(
        DOSSIER_FACT,
        (gettext_lazy("Document"), gettext_lazy("Title deed")),
        (gettext_lazy("Reason"), gettext_lazy("A page is missing.")),
    ),
)
MAILS = (GUEST_LINK, GUEST_CODE, DOCUMENTS_ASKED, DOCUMENT_REDO)
