"""A person who logs in, on one host only."""

from contextlib import AbstractContextManager
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Lower
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from kernel.models import CodedModel

#: An e-mail that serves as identifier may not be longer.
USERNAME_LENGTH = 150


class Role(models.TextChoices):
    """What a person may do, in one word."""

    ADMIN = "admin", _("Administrator")
    STAFF = "staff", _("Staff")
    CLIENT = "client", _("Client")
    OPERATOR = "operator", _("Operator")


class Permission(models.TextChoices):
    """What a member of the staff may be allowed, in the order in which people read it; administrators may all of it."""

    DOSSIERS = "dossiers", _("Create and change dossiers, their files and who sees them")
    DELETE = "delete", _("Delete dossiers and take them back")
    CONTACTS = "contacts", _("Contacts")
    ORDERS = "orders", _("Orders and mission orders")
    QUOTES = "quotes", _("Quotes")
    CALENDAR = "calendar", _("Calendar and visits")
    PAYMENTS = "payments", _("Payments, refunds and reminders")
    MESSAGES = "messages", _("Messages")
    EXPORTS = "exports", _("Take lists away as files")
    PRICES = "prices", _("Price lists")
    WEBSITE = "website", _("Web site")
    SETTINGS = "settings", _("Settings")
    USERS = "users", _("Team: invite and change people")


#: What a new member of the staff may do.
STANDARD = (
    Permission.DOSSIERS,
    Permission.DELETE,
    Permission.CONTACTS,
    Permission.ORDERS,
    Permission.QUOTES,
    Permission.CALENDAR,
    Permission.PAYMENTS,
    Permission.MESSAGES,
    Permission.EXPORTS,
)


def standard_permissions() -> list[str]:
    """Returns the permissions of a new member of the staff."""
    return [permission.value for permission in STANDARD]


class UserManager(BaseUserManager["User"]):
    """Makes users."""

    def create_user(self, *, username: str, password: str | None = None, **fields: Any) -> "User":
        """Returns a new saved user; without a password nobody can log in as it."""
        user = self.model(username=username.lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Returns the user of an identifier, whatever its case."""
        return self.get(username=(username or "").lower())


class User(CodedModel, AbstractBaseUser):
    """A member of a firm's staff, one of its clients, or (in the public schema) an operator.

    There are no groups or permission rows: a role, and for the staff a short list of names (decisions/0033).
    """

    also_public = True

    username = models.CharField(_("identifier"), max_length=USERNAME_LENGTH)
    email = models.EmailField(_("e-mail"))
    full_name = models.CharField(_("name"), max_length=120)
    role = models.CharField(_("role"), max_length=10, choices=Role)
    #: Counts for the staff alone: administrators may everything, clients nothing of it.
    permissions = ArrayField(
        models.CharField(max_length=12, choices=Permission),
        verbose_name=_("rights"),
        default=standard_permissions,
        blank=True,
    )
    #: Whether the settings show this person everything.
    advanced_settings = models.BooleanField(default=False)
    language = models.CharField(_("language"), max_length=5, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    #: Set with a password that somebody else knows: it must be changed before anything else.
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email", "full_name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="accounts_user_code_uq"),
            models.UniqueConstraint(Lower("username"), name="accounts_user_username_uq"),
            models.UniqueConstraint(Lower("email"), name="accounts_user_email_uq"),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        """Returns the name that people read."""
        return str(self)

    def get_short_name(self) -> str:
        """Returns the first word of the name."""
        return str(self).split(" ", 1)[0]

    def in_own_language(self) -> AbstractContextManager[None]:
        """Returns the block in which what is written is in this person's language, the active one if it chose none."""
        return translation.override(self.language or translation.get_language())

    @property
    def is_admin(self) -> bool:
        """Whether this person administers the firm."""
        return self.role == Role.ADMIN

    @property
    def is_firm_staff(self) -> bool:
        """Whether this person works for the firm."""
        return self.role in {Role.ADMIN, Role.STAFF}

    @property
    def is_client(self) -> bool:
        """Whether this person is a client of the firm."""
        return self.role == Role.CLIENT

    @property
    def rights(self) -> frozenset[str]:
        """The permissions of this person: of an administrator all, of a client none."""
        if not self.is_active or not self.is_firm_staff:
            return frozenset()
        return frozenset(Permission.values) if self.is_admin else frozenset(self.permissions)

    @property
    def barred(self) -> frozenset[str]:
        """The permissions that this member of the staff lacks; of others, who ask elsewhere, none."""
        return frozenset(Permission.values) - self.rights if self.is_firm_staff else frozenset()

    def may(self, *any_of: Permission) -> bool:
        """Returns whether this person has one of these permissions at least."""
        return not self.rights.isdisjoint(any_of)

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin, which only the console has, lets this person in."""
        return self.role == Role.OPERATOR

    is_superuser = is_staff

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Returns whether the console allows it: all of it to an active operator."""
        return self.is_active and self.is_staff

    def has_perms(self, perm_list: Any, obj: object = None) -> bool:
        """Returns whether the console allows all of it."""
        return self.has_perm("")

    def has_module_perms(self, app_label: str) -> bool:
        """Returns whether the console shows an app."""
        return self.has_perm(app_label)
