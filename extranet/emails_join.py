"""The mails of requests for an account, in the active language: the action that sends one activates its reader's."""

from django.utils.translation import gettext as _

from extranet.enums import ContactKind
from extranet.models import AccountRequest
from mail.content import Button, MailContent


def join_confirm_mail(*, firm_name: str, link: str) -> MailContent:
    """Returns the mail by which somebody proves the e-mail; it says nothing that was typed in the form."""
    return MailContent(
        subject=_("Confirm your e-mail: request for an account with %(firm)s") % {"firm": firm_name},
        greeting=_("Hello,"),
        paragraphs=[
            _("Somebody asked for an account with %(firm)s and gave this e-mail address.") % {"firm": firm_name},
            _("If it was you, confirm it: only then %(firm)s gets your request.") % {"firm": firm_name},
            _("The link works for three days. If it was not you, do nothing: the request is deleted by itself."),
        ],
        button=Button(label=_("Confirm my e-mail"), url=link),
    )


def join_known_mail(*, firm_name: str, link: str) -> MailContent:
    """Returns the mail to somebody who asks for an account and has one."""
    return MailContent(
        subject=_("You already have an account with %(firm)s") % {"firm": firm_name},
        greeting=_("Hello,"),
        paragraphs=[
            _("Somebody asked for an account with %(firm)s and gave this e-mail address.") % {"firm": firm_name},
            _("There is one already: log in with this address. If you do not know the password any more, ask %(firm)s.")
            % {"firm": firm_name},
            _("If it was not you, do nothing."),
        ],
        button=Button(label=_("Log in"), url=link),
    )


def join_arrived_mail(request: AccountRequest, *, name: str, link: str) -> MailContent:
    """Returns the mail that tells the firm of a request."""
    return MailContent(
        subject=_("Request for an account: %(who)s") % {"who": request},
        greeting=_("Hello %(name)s,") % {"name": name},
        paragraphs=[_("Somebody asks for an account on your portal; the e-mail address is proved.")],
        facts=[
            (_("Name"), request.name),
            (_("Company"), request.company),
            (_("Type"), str(ContactKind(request.kind).label)),
            (_("E-mail"), request.email),
            (_("Phone"), request.phone),
            (_("Message"), request.message),
        ],
        button=Button(label=_("Accept or refuse"), url=link),
    )


def join_refused_mail(request: AccountRequest, *, firm_name: str) -> MailContent:
    """Returns the mail that tells somebody that there will be no account, and why where the firm says so."""
    paragraphs = [_("%(firm)s cannot open an account for you.") % {"firm": firm_name}]
    if request.reason:
        paragraphs.append(_("Reason: %(reason)s") % {"reason": request.reason})
    return MailContent(
        subject=_("Your request for an account with %(firm)s") % {"firm": firm_name},
        greeting=_("Hello %(name)s,") % {"name": request.name},
        paragraphs=paragraphs,
    )
