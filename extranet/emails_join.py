"""The mails of requests for an account, in the active language: the action that sends one activates its reader's."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.enums import ContactKind
from extranet.models import AccountRequest
from mail.content import MailContent
from mail.kinds import FIRM, LINK, READER, MailGroup, MailKind, MailTag, Reader, Trust, Words, hello
from mail.tags import fence
from mail.writing import compose


def join_confirm_mail(*, firm_name: str, link: str) -> MailContent:
    """Returns the mail by which somebody proves the e-mail; it says nothing that was typed in the form."""
    return compose(JOIN_CONFIRM, {**hello(""), "cabinet": firm_name, "lien": link})


def join_known_mail(*, firm_name: str, link: str) -> MailContent:
    """Returns the mail to somebody who asks for an account and has one."""
    return compose(JOIN_KNOWN, {**hello(""), "cabinet": firm_name, "lien": link})


def join_arrived_mail(request: AccountRequest, *, name: str, link: str) -> MailContent:
    """Returns the mail that tells the firm of a request."""
    return compose(
        JOIN_ARRIVED,
        {**hello(name), "demandeur": str(request), "lien": link},
        facts=[
            (_("Name"), request.name),
            (_("Company"), request.company),
            (_("Type"), str(ContactKind(request.kind).label)),
            (_("E-mail"), request.email),
            (_("Phone"), request.phone),
            (_("Message"), request.message),
        ],
    )


def join_refused_mail(request: AccountRequest, *, firm_name: str) -> MailContent:
    """Returns the mail that tells somebody that there will be no account, and why where the firm says so."""
    reason = _("Reason: %(reason)s") % {"reason": fence(request.reason)} if request.reason else ""
    return compose(JOIN_REFUSED, {**hello(request.name), "cabinet": firm_name, "motif": reason})


# --- our words --------------------------------------------------------------------------------------------------------


def _confirm(values: Mapping[str, str]) -> Words:
    firm = {"firm": values["cabinet"]}
    return Words(
        subject=_("Confirm your e-mail: request for an account with %(firm)s") % firm,
        paragraphs=[
            _("Somebody asked for an account with %(firm)s and gave this e-mail address.") % firm,
            _("If it was you, confirm it: only then %(firm)s gets your request.") % firm,
            _("The link works for three days. If it was not you, do nothing: the request is deleted by itself."),
        ],
        button=_("Confirm my e-mail"),
    )


def _known(values: Mapping[str, str]) -> Words:
    firm = {"firm": values["cabinet"]}
    return Words(
        subject=_("You already have an account with %(firm)s") % firm,
        paragraphs=[
            _("Somebody asked for an account with %(firm)s and gave this e-mail address.") % firm,
            _("There is one already: log in with this address. If you do not know the password any more, ask %(firm)s.")
            % firm,
            _("If it was not you, do nothing."),
        ],
        button=_("Log in"),
    )


def _arrived(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Request for an account: %(who)s") % {"who": values["demandeur"]},
        paragraphs=[_("Somebody asks for an account on your portal; the e-mail address is proved.")],
        button=_("Accept or refuse"),
    )


def _refused(values: Mapping[str, str]) -> Words:
    firm = {"firm": values["cabinet"]}
    return Words(
        subject=_("Your request for an account with %(firm)s") % firm,
        paragraphs=[_("%(firm)s cannot open an account for you.") % firm, values["motif"]],
    )


JOIN_CONFIRM = MailKind(
    key="join_confirm",
    group=MailGroup.ACCOUNTS,
    reader=Reader.CLIENT,
    label=gettext_lazy("Request for an account: to confirm"),
    tags=(*READER, FIRM, LINK),
    words=_confirm,
    secrets=("lien",),
)
JOIN_KNOWN = MailKind(
    key="join_known",
    group=MailGroup.ACCOUNTS,
    reader=Reader.CLIENT,
    label=gettext_lazy("Request for an account: there is one"),
    tags=(*READER, FIRM, LINK),
    words=_known,
)
JOIN_ARRIVED = MailKind(
    key="join_arrived",
    group=MailGroup.ACCOUNTS,
    reader=Reader.FIRM,
    label=gettext_lazy("Request for an account: to the firm"),
    tags=(*READER, MailTag("demandeur", gettext_lazy("who asks"), "Marie Le Goff"), LINK),
    words=_arrived,
    facts=((gettext_lazy("Name"), "Marie Le Goff"), (gettext_lazy("E-mail"), "marie@exemple.fr")),
)
JOIN_REFUSED = MailKind(
    key="join_refused",
    group=MailGroup.ACCOUNTS,
    reader=Reader.CLIENT,
    label=gettext_lazy("Request for an account: refused"),
    tags=(*READER, FIRM, MailTag("motif", gettext_lazy("the reason, if any"), "", Trust.WORDS)),
    words=_refused,
)
MAILS = (JOIN_CONFIRM, JOIN_KNOWN, JOIN_ARRIVED, JOIN_REFUSED)
