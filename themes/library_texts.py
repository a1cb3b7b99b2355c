"""Texts of libraries that our catalogue words itself, because theirs are missing or odd.

Named here, and used nowhere, so that `makemessages` keeps them in the catalogue, which wins over a library's own.
"""

from django.utils.translation import gettext_noop as _

#: Django calls an e-mail by another word than our pages do.
FORMS = (_("Enter a valid email address."),)

#: Django writes the Italian ones with a capital, as nobody does within a sentence.
MONTHS = (
    _("January"),
    _("February"),
    _("March"),
    _("April"),
    _("May"),
    _("June"),
    _("July"),
    _("August"),
    _("September"),
    _("October"),
    _("November"),
    _("December"),
)

#: allauth's pages and errors.
LOG_IN = (
    _("Account Inactive"),
    _("This account is inactive."),
    _("This account is currently inactive."),
    _("The email address and/or password you specified are not correct."),
    _("The username and/or password you specified are not correct."),
    _("Too many failed login attempts. Try again later."),
    _("Please type your current password."),
    _("You must type the same password each time."),
    _("The password reset token was invalid."),
    _("New Password (again)"),
    _("Password successfully changed."),
    _("Password successfully set."),
    _("You have signed out."),
    _("Set Password"),
    _("Sign In"),
    _("Sign Up Closed"),
    _("We are sorry, but the sign up is currently closed."),
    _("Confirm Access"),
    _("Please reauthenticate to safeguard your account."),
    _("Enter your password:"),
    _("This functionality requires JavaScript."),
    _("Signed out of all other sessions."),
)
