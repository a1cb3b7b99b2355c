"""The mails about accounts, in the active language: the action that sends one activates its reader's."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from mail.content import MailContent
from mail.kinds import FIRM, LINK, READER, MailGroup, MailKind, MailTag, Reader, Trust, Words, hello
from mail.writing import Exact, compose


def password_reset_mail(user: User, *, link: str) -> MailContent:
    """Returns the mail with the link that sets a new password."""
    return compose(PASSWORD_RESET, {**hello(user.full_name), "identifiant": user.username, "lien": link})


def security_notice_mail(user: User, *, event: str) -> MailContent:
    """Returns the mail that tells a person of a change to its second factors."""
    events = {
        "totp_activated": _("The authenticator app was activated."),
        "totp_deactivated": _("The authenticator app was deactivated."),
        "webauthn_added": _("A passkey was added."),
        "webauthn_removed": _("A passkey was removed."),
        "recovery_codes_generated": _("New recovery codes were made."),
    }
    told = events.get(event, _("The security settings of your account were changed."))
    return compose(SECURITY_NOTICE, {**hello(user.full_name), "evenement": told})


def sign_up_mail(*, name: str, firm_name: str, link: str) -> MailContent:
    """Returns the mail that confirms a sign-up's e-mail address."""
    return compose(SIGN_UP, {**hello(name), "cabinet": firm_name, "lien": link})


def access_codes_mail(user: User, *, password: str, firm_name: str, link: str) -> MailContent:
    """Returns the mail that gives a person its identifier and first password."""
    values = {"cabinet": firm_name, "identifiant": user.username, "mot_de_passe": password, "lien": link}
    return compose(
        ACCESS_CODES,
        {**hello(user.full_name), **values},
        facts=[(_("User"), Exact(user.username)), (_("Password"), Exact(password))],
    )


# --- our words --------------------------------------------------------------------------------------------------------


def _password_reset(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Choose a new password"),
        paragraphs=[
            _("A new password was asked for your account. Use the button below to choose it."),
            _("Identifier: %(identifier)s") % {"identifier": values["identifiant"]},
            _("If you did not ask for it, leave this message: nothing changes."),
        ],
        button=_("Choose a new password"),
    )


def _security_notice(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Security of your account"),
        paragraphs=[values["evenement"], _("If it was not you, change your password at once and write to us.")],
    )


def _sign_up(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Confirm your e-mail to open your portal"),
        paragraphs=[
            _("One click opens the portal of %(firm)s.") % {"firm": values["cabinet"]},
            _("The link works for 24 hours. If you did not sign up, leave this message: nothing happens."),
        ],
        button=_("Confirm my e-mail"),
    )


def _access_codes(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Your access codes for %(firm)s") % {"firm": values["cabinet"]},
        paragraphs=[
            _("Here are the codes of your account on the portal of %(firm)s.") % {"firm": values["cabinet"]},
            _("You will be asked to choose your own password when you first log in."),
        ],
        button=_("Log in"),
    )


_IDENTIFIER = MailTag("identifiant", gettext_lazy("identifier"), "agence-du-port", Trust.EXACT)

PASSWORD_RESET = MailKind(
    key="password_reset",
    group=MailGroup.ACCOUNTS,
    reader=Reader.BOTH,
    label=gettext_lazy("Forgotten password"),
    tags=(*READER, _IDENTIFIER, LINK),
    words=_password_reset,
    secrets=("lien",),
)
SECURITY_NOTICE = MailKind(
    key="security_notice",
    group=MailGroup.ACCOUNTS,
    reader=Reader.BOTH,
    label=gettext_lazy("Second factor changed"),
    tags=(
        *READER,
        MailTag(
            "evenement",
            gettext_lazy("what was changed"),
            gettext_lazy("The authenticator app was activated."),
            Trust.WORDS,
        ),
    ),
    words=_security_notice,
)
SIGN_UP = MailKind(
    key="sign_up",
    group=MailGroup.ACCOUNTS,
    reader=Reader.FIRM,
    label=gettext_lazy("Sign-up to confirm"),
    tags=(*READER, FIRM, LINK),
    words=_sign_up,
    secrets=("lien",),
    is_platforms=True,
)
ACCESS_CODES = MailKind(
    key="access_codes",
    group=MailGroup.MAIN,
    reader=Reader.BOTH,
    label=gettext_lazy("Access codes"),
    tags=(
        *READER,
        FIRM,
        _IDENTIFIER,
        MailTag("mot_de_passe", gettext_lazy("password"), "k7wm-3fhp-x9td", Trust.EXACT),
        LINK,
    ),
    words=_access_codes,
    secrets=("identifiant", "mot_de_passe"),
    facts=((gettext_lazy("User"), "agence-du-port"), (gettext_lazy("Password"), "k7wm-3fhp-x9td")),
)
MAILS = (ACCESS_CODES, PASSWORD_RESET, SECURITY_NOTICE, SIGN_UP)
