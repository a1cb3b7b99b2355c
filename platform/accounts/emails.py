"""The mails about accounts, in the active language: the action that sends one activates its reader's."""

from django.utils.translation import gettext as _

from accounts.models import User
from mail.content import Button, MailContent


def password_reset_mail(user: User, *, link: str) -> MailContent:
    """Returns the mail with the link that sets a new password."""
    return MailContent(
        subject=_("Choose a new password"),
        greeting=_("Hello %(name)s,") % {"name": user.full_name},
        paragraphs=[
            _("A new password was asked for your account. Use the button below to choose it."),
            _("Identifier: %(identifier)s") % {"identifier": user.username},
            _("If you did not ask for it, leave this message: nothing changes."),
        ],
        button=Button(label=_("Choose a new password"), url=link),
    )


def security_notice_mail(user: User, *, event: str) -> MailContent:
    """Returns the mail that tells a person of a change to its second factors."""
    events = {
        "totp_activated": _("The authenticator app was activated."),
        "totp_deactivated": _("The authenticator app was deactivated."),
        "webauthn_added": _("A passkey was added."),
        "webauthn_removed": _("A passkey was removed."),
        "recovery_codes_generated": _("New recovery codes were made."),
    }
    return MailContent(
        subject=_("Security of your account"),
        greeting=_("Hello %(name)s,") % {"name": user.full_name},
        paragraphs=[
            events.get(event, _("The security settings of your account were changed.")),
            _("If it was not you, change your password at once and write to us."),
        ],
    )


def sign_up_mail(*, name: str, firm_name: str, link: str) -> MailContent:
    """Returns the mail that confirms a sign-up's e-mail address."""
    return MailContent(
        subject=_("Confirm your e-mail to open your portal"),
        greeting=_("Hello %(name)s,") % {"name": name},
        paragraphs=[
            _("One click opens the portal of %(firm)s.") % {"firm": firm_name},
            _("The link works for 24 hours. If you did not sign up, leave this message: nothing happens."),
        ],
        button=Button(label=_("Confirm my e-mail"), url=link),
    )


def access_codes_mail(user: User, *, password: str, firm_name: str, link: str) -> MailContent:
    """Returns the mail that gives a person its identifier and first password."""
    return MailContent(
        subject=_("Your access codes for %(firm)s") % {"firm": firm_name},
        greeting=_("Hello %(name)s,") % {"name": user.full_name},
        paragraphs=[
            _("Here are the codes of your account on the portal of %(firm)s.") % {"firm": firm_name},
            _("You will be asked to choose your own password when you first log in."),
        ],
        facts=[(_("User"), user.username), (_("Password"), password)],
        button=Button(label=_("Log in"), url=link),
    )
