"""Which texts clients read: those of every source file but the ones that only the staff and the operators see.

French and English are whole. The other languages have the texts that a client, a visitor, a guest or the reader of
a mail may meet; a new file counts as theirs until it is named here.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from django.conf import settings

#: The languages of clients whose catalogues hold no more than what clients read.
LANGUAGES = tuple(code for code, _name in settings.LANGUAGES if code not in settings.OFFICE_LANGUAGES)

_FOLDERS = ("platform", "tenants", "storage", "themes", "extranet", "billing")

#: Patterns of the files whose texts clients never read, from the root of the repository.
OFFICE_ONLY = (
    "billing/actions/account.py",
    "billing/actions/account_check.py",
    "billing/actions/manual_account.py",
    "billing/actions/merging.py",
    "billing/actions/reconciling.py",
    "billing/actions/refund_merging.py",
    "billing/actions/refunding.py",
    "billing/apps.py",
    "billing/exporters",
    "billing/forms/account.py",
    "billing/forms/payment.py",
    "billing/forms/reminder.py",
    "billing/models",
    "billing/providers/*/fields.py",
    "billing/providers/*/transport.py",
    "billing/providers/fields.py",
    "billing/queries/payment_detail.py",
    "billing/queries/payment_filter.py",
    "billing/templates/billing/office",
    "billing/views/office",
    "extranet/actions/contact*.py",
    "extranet/actions/diagnostician.py",
    "extranet/actions/dossier.py",
    "extranet/actions/dossier_file*.py",
    "extranet/actions/dossier_put.py",
    "extranet/actions/dossier_import*.py",
    "extranet/actions/firm_archive.py",
    "extranet/actions/join_answer.py",
    "extranet/actions/library*.py",
    "extranet/actions/mission_model.py",
    "extranet/actions/need.py",
    "extranet/actions/order_dossier.py",
    "extranet/actions/order_external.py",
    "extranet/actions/price_list.py",
    "extranet/actions/site*.py",
    "extranet/actions/webhook*.py",
    "extranet/apps.py",
    "extranet/emails_archive.py",
    "extranet/emails_library.py",
    "extranet/emails_server.py",
    "extranet/emails_site.py",
    "extranet/emails_sms.py",
    "extranet/emails_webhook.py",
    "extranet/enums_import.py",
    "extranet/enums_join.py",
    "extranet/enums_site.py",
    "extranet/enums_webhook.py",
    "extranet/exporters/consultations.py",
    "extranet/exporters/contacts.py",
    "extranet/exporters/dossiers.py",
    "extranet/exporters/firm_archive.py",
    "extranet/exporters/mails.py",
    "extranet/exporters/order_document.py",
    "extranet/exporters/personal_data.py",
    "extranet/exporters/price_list.py",
    "extranet/exporters/sms.py",
    "extranet/forms/booking.py",
    "extranet/forms/branding.py",
    "extranet/forms/company.py",
    "extranet/forms/contact_import.py",
    "extranet/forms/diagnostic.py",
    "extranet/forms/dossier.py",
    "extranet/forms/dossier_file.py",
    "extranet/forms/dossier_import.py",
    "extranet/forms/library.py",
    "extranet/forms/mail_server.py",
    "extranet/forms/mail_text.py",
    "extranet/forms/need.py",
    "extranet/forms/price_list.py",
    "extranet/forms/price_rows.py",
    "extranet/forms/price_try.py",
    "extranet/forms/quote_settings.py",
    "extranet/forms/settings.py",
    "extranet/forms/site.py",
    "extranet/forms/site_block.py",
    "extranet/forms/sms.py",
    "extranet/forms/unpaid.py",
    "extranet/forms/webhook.py",
    "extranet/importers",
    "extranet/mail_tags.py",
    "extranet/mission_defaults.py",
    # all models but order.py, whose rows name the facts that its pages show; the others' names are for the staff
    "extranet/models/[!o]*.py",
    "extranet/queries/library.py",
    "extranet/settings_nav.py",
    "extranet/site_blocks.py",
    "extranet/site_document.py",
    "extranet/stamp_sample.py",
    "extranet/templates/extranet/office",
    "extranet/templates/extranet/site/add_here.html",
    "extranet/templates/extranet/site/tools.html",
    "extranet/validators.py",
    "extranet/views/office",
    # for who writes programs, also with a client's key: French and English
    "platform/api",
    "extranet/webhook_kinds.py",
    "platform/accounts/actions/signup.py",
    "platform/accounts/actions/team.py",
    "platform/accounts/apps.py",
    "platform/accounts/models/user.py",
    "platform/accounts/passkey_forms.py",
    "platform/accounts/templates/accounts/signup*.html",
    "platform/accounts/templates/accounts/team_*.html",
    "platform/accounts/templates/accounts/terms.html",
    "platform/accounts/views/signup.py",
    "platform/accounts/views/team.py",
    "platform/config",
    "platform/console",
    "platform/mail/actions/sms*.py",
    "platform/mail/actions/text.py",
    "platform/mail/apps.py",
    "platform/mail/kinds.py",
    "platform/mail/models",
    "platform/mail/sms/enums.py",
    "platform/mail/sms/numbers.py",
    "platform/mail/sms/providers",
    "platform/mail/troubles.py",
    # by the API alone
    "storage/actions/resumable.py",
    "storage/apps.py",
    "storage/models",
    "tenants",
    "themes/actions",
    "themes/apps.py",
    "themes/library_texts_staff.py",
    "themes/models",
    "themes/pictures.py",
    "themes/templates/base_console.html",
    "themes/templates/base_office.html",
    "themes/templates/base_public.html",
    "themes/templates/base_settings.html",
    "themes/templates/components/rich_text*.html",
    "themes/templates/components/tags.html",
    "themes/templates/mfa",
    "themes/templates/public",
    "themes/templates/themes/forms/rich_text.html",
)

_HEADER = """\
#
msgid ""
msgstr ""
"Project-Id-Version: Diagdesk\\n"
"Report-Msgid-Bugs-To: \\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""


def client_texts(root: Path) -> Catalog:
    """Returns the texts of the client-facing sources under `root`, untranslated; raises CalledProcessError.

    xgettext must be installed.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        ignored = shutil.ignore_patterns("node_modules", "static", "locale", "migrations", "__pycache__")
        for name in _FOLDERS:
            shutil.copytree(root / name, copy / name, ignore=ignored)
        for pattern in OFFICE_ONLY:
            for path in copy.glob(pattern):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        (copy / "locale").mkdir()
        # without the project's settings: what is left of the sources is no project any more
        subprocess.run(
            [
                sys.executable,
                "-c",
                (
                    "import django; from django.conf import settings; from django.core.management import call_command;"
                    "settings.configure(); django.setup();"
                    "call_command('makemessages', locale=['fr'], no_wrap=True, no_obsolete=True)"
                ),
            ],
            cwd=copy,
            capture_output=True,
            check=True,
        )
        with (copy / "locale/fr/LC_MESSAGES/django.po").open("rb") as stream:
            return read_po(stream, locale="fr", domain="django")


def catalogue_of(language: str) -> Path:
    """Returns the file of a language's texts."""
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def read_catalogue(language: str) -> Catalog:
    """Returns a language's texts, none where it has no file yet."""
    path = catalogue_of(language)
    if not path.exists():
        return Catalog(locale=language, domain="django")
    with path.open("rb") as stream:
        return read_po(stream, locale=language, domain="django")


def write_catalogue(language: str, wanted: Catalog) -> list[Message]:
    """Writes a language's file with exactly the wanted texts, those known translated; returns those still empty."""
    known = read_catalogue(language)
    made = Catalog(locale=language, domain="django")
    for message in wanted:
        if message.id:
            same = known.get(_key(message), message.context)
            text = same.string if same is not None and _is_plural(same) == _is_plural(message) else ""
            made.add(message.id, text or "", flags=message.flags - {"fuzzy"}, context=message.context)
    path = catalogue_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as stream:
        stream.write(_HEADER.format(language=language, plural_forms=made.plural_forms).encode())
        write_po(stream, made, width=0, omit_header=True, no_location=True, sort_output=True)
    return [message for message in made if message.id and not all(texts_of(message))]


def texts_of(message: Message) -> list[str]:
    """Returns the translations of a message, one for each plural form."""
    text = message.string
    return [text] if isinstance(text, str) else list(text or ())


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _is_plural(message: Message) -> bool:
    return not isinstance(message.id, str)
