"""The settings: their tabs in the manual's order, and the pages under each.

A page is added by one line in `TABS`; what has no address yet does not show.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Permission, User
from kernel.text import search_terms, search_text

type Text = str | Promise


@dataclass(frozen=True)
class Page:
    """One page of the settings."""

    #: The name of its address, which takes no arguments.
    route: str
    label: Text
    #: What can be set there, as people would look for it.
    words: Text = ""
    #: Whether the simple mode leaves it out.
    advanced: bool = False
    #: Who may open it, administrators apart; None: they alone.
    permission: Permission | None = Permission.SETTINGS
    #: Further addresses under which it counts as open.
    also: tuple[str, ...] = ()

    @property
    def address(self) -> str:
        """Its address, nothing when there is none."""
        try:
            return reverse(self.route)
        except NoReverseMatch:
            return ""

    def is_for(self, user: User) -> bool:
        """Returns whether a person may open it."""
        return user.is_admin if self.permission is None else user.may(self.permission)


@dataclass(frozen=True)
class Tab:
    """A tab of the settings."""

    code: str
    label: Text
    icon: str
    pages: tuple[Page, ...]


TABS = (
    Tab(
        "company",
        _("Company"),
        "building",
        (
            Page(
                "settings-company",
                _("Company"),
                _("legal name, SIRET, VAT, insurance, certifications, signature"),
                also=("certification-new", "certification-edit"),
            ),
        ),
    ),
    Tab(
        "display",
        pgettext_lazy("settings", "Display"),
        "palette",
        (
            Page(
                "branding-edit",
                _("Appearance"),
                _("logo, site name, rows a page, space at the top, background image, colours, language"),
            ),
            Page("settings-login", _("Log-in page"), _("account creation, forgotten password, welcome text")),
        ),
    ),
    Tab(
        "unpaid",
        _("Unpaid dossiers"),
        "file-shredder",
        (
            Page(
                "settings-unpaid",
                _("Unpaid dossiers"),
                _("mention on the PDFs, no downloads, exceptions by client"),
                also=("unpaid-preview",),
            ),
            Page("settings-reminders", pgettext_lazy("unpaid", "Reminders"), _("when and what, by e-mail"), True),
        ),
    ),
    Tab(
        "mail",
        _("E-mail and SMS"),
        "mail",
        (
            Page(
                "settings-mails",
                _("Texts of e-mails"),
                _("words, tags, trial, history"),
                also=("settings-mail",),
            ),
            Page("settings-mail-server", _("Mail server"), _("SMTP, sender, limits, SPF, DKIM, DMARC, trial")),
            Page(
                "mail-list",
                _("Mails sent"),
                _("log, failures, bounces, stopped addresses"),
                also=("mail-detail", "mail-stopped"),
            ),
            Page(
                "settings-sms",
                _("Text messages (SMS)"),
                _("provider, sender, signature, texts, hours, length and cost"),
                also=("sms-carrier", "sms-model"),
            ),
            Page("sms-list", _("Log of text messages"), _("sent, delivered, failed, stopped")),
        ),
    ),
    Tab(
        "missions",
        _("Mission orders"),
        "writing-sign",
        (
            Page(
                "settings-mission",
                _("Mission orders"),
                _("model, PDF, fields, signature"),
                also=("settings-mission-fields", "mission-preview-read"),
            ),
        ),
    ),
    Tab(
        "prices",
        _("Prices"),
        "receipt-euro",
        (
            Page(
                "price-lists",
                _("Price lists"),
                _("prices, packs, travel"),
                permission=Permission.PRICES,
                also=(
                    "price-list-add",
                    "price-list-detail",
                    "price-list-edit",
                    "price-list-rows",
                    "price-list-packs",
                    "price-list-travels",
                    "price-list-import",
                    "price-try",
                ),
            ),
            Page("settings-quotes", _("Quotes"), _("number, validity, terms, reminders, prices on your own site")),
            Page(
                "settings-needs",
                _("Diagnostics due"),
                _("rules by year, use and sale"),
                True,
                also=("need-rule-add", "need-rule-edit"),
            ),
            Page("settings-zones", _("Zones"), _("termites, dry rot, noise"), True, also=("zone-add",)),
        ),
    ),
    Tab(
        "website",
        _("Web site"),
        "world",
        (
            Page(
                "site-edit",
                _("Web site"),
                _("pages, blocks, theme, menus, search engines, publish"),
                permission=Permission.WEBSITE,
                also=(
                    "site-start",
                    "site-panel",
                    "site-settings",
                    "site-page-edit",
                    "site-block",
                    "site-block-add",
                ),
            ),
            Page("site-pictures", _("Pictures of the site"), _("photos, descriptions"), permission=Permission.WEBSITE),
            Page(
                "site-contacts",
                _("Visitors' messages"),
                _("contact form of the site"),
                permission=Permission.WEBSITE,
            ),
        ),
    ),
    Tab(
        "dossiers",
        _("Dossiers"),
        "folders",
        (
            Page(
                "settings-dossiers",
                _("Dossiers"),
                _("steps, reminders to owners, how long dossiers are kept"),
                also=("step-template-edit",),
            ),
            Page("settings-orders", _("Orders"), _("orders of visitors without an account")),
            Page(
                "settings-validity",
                _("Validity"),
                _("how long each diagnostic is valid"),
                True,
                also=("rule-add", "rule-edit"),
            ),
        ),
    ),
    Tab(
        "calendar",
        _("Calendar"),
        "calendar",
        (
            Page(
                "settings-booking",
                _("Calendar"),
                _("diagnosticians, hours, duration, booking by clients, deposit"),
                also=("diagnostician-new", "diagnostician-edit"),
            ),
        ),
    ),
    Tab(
        "payment",
        _("Payment"),
        "credit-card",
        (
            Page(
                "settings-payment",
                _("Ways to pay"),
                _("cards, PayPal, PayZen, Systempay, Stripe, transfer"),
                also=("account-add", "account-edit"),
            ),
            Page("settings-billing", _("VAT and receipts"), _("VAT rate, receipt number, legal mention")),
        ),
    ),
    Tab(
        "users",
        _("Users"),
        "users-group",
        (
            Page(
                "team-list",
                _("Team"),
                _("users, rights, access codes"),
                permission=Permission.USERS,
                also=("team-new", "team-edit"),
            ),
        ),
    ),
    Tab(
        "security",
        _("Security and API"),
        "shield-lock",
        (
            Page(
                "api-key-list",
                _("Keys of the API"),
                _("programs, interface, scopes, networks, expiry, revoke"),
                permission=None,
                also=("api-key-new",),
            ),
            Page(
                "webhook-list",
                _("Webhooks"),
                _("other software is told of events: address, secret, deliveries, trial"),
                True,
                also=(
                    "webhook-new",
                    "webhook-detail",
                    "webhook-edit",
                    "webhook-deliveries",
                    "webhook-delivery",
                    "webhook-guide",
                ),
            ),
        ),
    ),
    Tab("log", _("Log"), "history", (Page("settings-log", _("Log of changes"), _("who changed what, and when")),)),
    Tab(
        "export",
        _("Export"),
        "package-export",
        (Page("settings-export", _("Export of all data"), _("archive, ZIP, all files, CSV"), permission=None),),
    ),
)


@dataclass(frozen=True)
class ShownPage:
    """A page as a person sees it."""

    label: Text
    words: Text
    address: str
    advanced: bool
    is_current: bool


@dataclass(frozen=True)
class ShownTab:
    """A tab as a person sees it; its address is that of its first page."""

    code: str
    label: Text
    icon: str
    pages: list[ShownPage]
    is_current: bool

    @property
    def address(self) -> str:
        """The page that it opens."""
        return self.pages[0].address

    @property
    def advanced(self) -> bool:
        """Whether the simple mode has nothing of it."""
        return all(page.advanced for page in self.pages)


class SettingsNav:
    """What one person sees of the settings; nothing is read from the database for it."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def tabs(self) -> list[ShownTab]:
        """The tabs with a page at least that the person may open."""
        user = getattr(self._request, "user", None)
        if not isinstance(user, User) or getattr(self._request, "firm", None) is None:
            return []
        here = getattr(self._request.resolver_match, "url_name", "")
        return [shown for tab in TABS if (shown := _shown(tab, user, here)).pages]

    @cached_property
    def current(self) -> ShownTab | None:
        """The tab that is open."""
        return next((tab for tab in self.tabs if tab.is_current), None)

    def found(self, query: str) -> list[ShownTab]:
        """Returns the tabs with those of their pages that have all words of the query."""
        terms = search_terms(query)
        found = []
        for tab in self.tabs:
            pages = [page for page in tab.pages if _has_all(terms, (tab.label, page.label, page.words))]
            if pages:
                found.append(ShownTab(tab.code, tab.label, tab.icon, pages, tab.is_current))
        return found


def _shown(tab: Tab, user: User, here: str) -> ShownTab:
    pages = []
    for page in tab.pages:
        is_current = here == page.route or here in page.also
        if page.is_for(user) and (address := page.address):
            pages.append(ShownPage(page.label, page.words, address, page.advanced and not is_current, is_current))
    return ShownTab(tab.code, tab.label, tab.icon, pages, any(page.is_current for page in pages))


def _has_all(terms: Iterable[str], texts: Iterable[Text]) -> bool:
    text = search_text(*map(str, texts))
    return all(term in text for term in terms)
