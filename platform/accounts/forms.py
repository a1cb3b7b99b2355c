"""The forms about accounts."""

from typing import Any, cast

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import USERNAME_LENGTH, Permission, Role, User
from tenants.actions.signup import subdomain_is_free
from tenants.validators import clean_siret, clean_subdomain


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    """Identifier or e-mail, and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("User")
        login.widget.attrs |= {"placeholder": _("Identifier or e-mail"), "autofocus": True}
        password.label = _("Password")
        password.help_text = ""
        password.widget.attrs.pop("placeholder", None)


class PasswordResetForm(AllauthResetPasswordForm):  # type: ignore[misc]
    """The e-mail of a forgotten password; the answer is the same whether it is known or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        self.fields["email"].widget.attrs.pop("placeholder", None)


class PasswordChangeForm(AllauthChangePasswordForm):  # type: ignore[misc]
    """The present password and a new one, which is another."""

    def clean(self) -> dict[str, Any]:
        """Refuses the present password as the new one: whoever generated it would still know it."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("password1") and data["password1"] == data.get("oldpassword"):
            self.add_error("password1", _("Choose a password other than the present one."))
        return data


class SignUpForm(forms.Form):
    """A firm's sign-up."""

    firm_name = forms.CharField(
        label=_("Name of your firm"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "organization"})
    )
    subdomain = forms.CharField(
        label=_("Address of your portal"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    siret = forms.CharField(
        label="SIRET",
        max_length=20,
        help_text=_("14 digits, on your Kbis extract."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    admin_name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=_("Your e-mail"), max_length=USERNAME_LENGTH, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=_("Password"),
        help_text=_("10 characters or more."),
        widget=forms.PasswordInput(render_value=True, attrs={"autocomplete": "new-password"}),
    )
    terms = forms.BooleanField(
        label=_("I accept the terms of service."),
        error_messages={"required": _("Accept the terms of service to go on.")},
    )

    def clean_subdomain(self) -> str:
        """Returns the subdomain; raises ValidationError when it is not legal or not free."""
        subdomain = clean_subdomain(self.cleaned_data["subdomain"])
        if not subdomain_is_free(subdomain):
            raise ValidationError(_("This subdomain is already taken."), code="subdomain_taken")
        return subdomain

    def clean_siret(self) -> str:
        """Returns the fourteen digits."""
        return clean_siret(self.cleaned_data["siret"])

    def clean(self) -> dict[str, Any]:
        """Checks the password against the person's other answers."""
        data = super().clean() or {}
        if "password" in data:
            person = User(
                username=data.get("email", ""), email=data.get("email", ""), full_name=data.get("admin_name", "")
            )
            try:
                validate_password(data["password"], person)
            except ValidationError as error:
                self.add_error("password", error)
        return data


class MemberForm(forms.Form):
    """A new member of the firm's staff; offers no more than `by` may give."""

    full_name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=USERNAME_LENGTH,
        help_text=_("It is the identifier; the access codes are sent there."),
    )
    role = forms.ChoiceField(
        label=_("Role"),
        choices=[(Role.STAFF, Role.STAFF.label), (Role.ADMIN, Role.ADMIN.label)],
        help_text=_("An administrator may do everything; of the others, what is ticked below."),
    )
    permissions = forms.MultipleChoiceField(
        label=_("Rights"),
        choices=Permission.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Every member of the staff reads the dossiers. Rights count from the next page on."),
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not by.is_admin:
            self._role.choices = [(Role.STAFF, Role.STAFF.label)]
            self._permissions.choices = [(value, label) for value, label in Permission.choices if value in by.rights]

    @property
    def _role(self) -> forms.ChoiceField:
        return cast("forms.ChoiceField", self.fields["role"])

    @property
    def _permissions(self) -> forms.MultipleChoiceField:
        return cast("forms.MultipleChoiceField", self.fields["permissions"])


class MemberEditForm(MemberForm):
    """A member of the firm's staff, changed."""

    email = None  # type: ignore[assignment]
    is_active = forms.BooleanField(
        label=_("May log in"), required=False, widget=forms.CheckboxInput(attrs={"role": "switch"})
    )
