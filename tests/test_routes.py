"""The route matrix: every address × method × person → what it answers. A route that is not listed fails.

Whoever is refused has changed nothing and sent nothing: all tables are compared before and after.
"""

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import User
from extranet.actions.diagnostic import add_diagnostics
from extranet.actions.document import Sender, Wanted, ask_documents, send_documents
from extranet.actions.dossier_file_removal import remove_file
from extranet.actions.dossier_file_version import replace_file
from extranet.actions.guest_link import create_guest_link
from extranet.actions.history import Visit
from extranet.actions.message import write_to_firm
from extranet.actions.renewal import reminder_token
from extranet.enums import ImportState, RequestKind
from extranet.models import (
    ContactImport,
    Diagnostic,
    Dossier,
    DossierStep,
    FileVersion,
    GuestLink,
    RequestedDocument,
    SentDocument,
    StepTemplate,
    SubAccount,
    ValidityRule,
)
from extranet.queries.guest_link import guest_token
from kernel.tenancy import firm_context
from storage.actions.files import claim, store_bytes
from tests.factories.cast import Cast
from tests.factories.portal import add_dossier, files_of
from tests.storage.builders import image, pdf, upload
from tests.support import at_host, body, logged_in

pytestmark = pytest.mark.django_db

#: anon and the replayed ask alpha; alice may read the dossier, charlie not; dora and dan ask beta for alpha's codes.
PEOPLE = ["anon", "alice", "charlie", "bob", "anna", "dora", "dan"]
#: L: to the log-in. R: elsewhere, which for a POST means done. A number: that status.
FIRM = """
theme-css                            GET   200 200 200 200 200 200 200
theme-css                            POST  405 405 405 405 405 405 405
branding-logo                        GET   200 200 200 200 200 404 404
branding-logo                        POST  405 405 405 405 405 405 405
branding-background                  GET   404 404 404 404 404 404 404
branding-background                  POST  405 405 405 405 405 405 405
set_language                         GET   R   R   R   R   R   R   R
set_language                         POST  R   R   R   R   R   R   R

home                                 GET   L   200 200 200 200 200 200
home                                 POST  405 405 405 405 405 405 405
message-list                         GET   L   200 200 200 200 200 200
message-list                         POST  405 405 405 405 405 405 405
message-new                          GET   L   200 200 200 200 200 200
message-new                          POST  L   R   R   R   R   R   422
message-detail                       GET   L   200 404 200 200 404 404
message-detail                       POST  405 405 405 405 405 405 405
message-reply                        GET   L   404 404 200 200 404 404
message-reply                        POST  L   404 404 R   R   404 404
message-cancel                       GET   405 405 405 405 405 405 405
message-cancel                       POST  L   R   404 404 404 404 404
dossier-messages                     GET   L   200 404 200 200 404 404
dossier-messages                     POST  L   R   404 R   R   404 404
dossier-list                         GET   L   200 200 200 200 200 200
dossier-list                         POST  405 405 405 405 405 405 405
dossier-new                          GET   L   404 404 200 200 404 200
dossier-new                          POST  L   404 404 R   R   404 R
dossier-detail                       GET   L   200 404 200 200 404 404
dossier-detail                       POST  405 405 405 405 405 405 405
dossier-export                       GET   L   200 200 200 200 200 200
dossier-export                       POST  405 405 405 405 405 405 405
dossier-edit                         GET   L   404 404 200 200 404 404
dossier-edit                         POST  L   404 404 R   R   404 404
dossier-zip                          GET   L   200 404 200 200 404 404
dossier-zip                          POST  405 405 405 405 405 405 405
dossier-notify                       GET   405 405 405 405 405 405 405
dossier-notify                       POST  L   404 404 R   R   404 404
dossier-map                          GET  L   200 200 200 200 200 200
dossier-map                          POST 405 405 405 405 405 405 405
map-places                           GET  L   200 200 200 200 200 200
map-places                           POST 405 405 405 405 405 405 405
dossier-kml                          GET  L   200 200 200 200 200 200
dossier-kml                          POST 405 405 405 405 405 405 405
dossier-kmz                          GET  L   200 200 200 200 200 200
dossier-kmz                          POST 405 405 405 405 405 405 405
map-feed                             GET  L   200 200 200 200 200 200
map-feed                             POST L   200 200 200 200 200 200
map-feed-revoke                      GET  405 405 405 405 405 405 405
map-feed-revoke                      POST L   R   R   R   R   R   R
map-feed-file                        GET  405 405 405 405 405 405 405
map-feed-file                        POST L   R   R   R   R   R   R
map-feed-read                        GET  404 404 404 404 404 404 404
map-feed-read                        POST 405 405 405 405 405 405 405
place-move                           GET  L   404 404 200 200 404 404
place-move                           POST L   404 404 R   R   404 404
place-find                           GET  405 405 405 405 405 405 405
place-find                           POST L   404 404 R   R   404 404
access-add                           GET   L   404 404 200 200 404 404
access-add                           POST  L   404 404 R   R   404 404
access-remove                        GET   405 405 405 405 405 405 405
access-remove                        POST  L   404 404 R   R   404 404
guest-add                            GET   405 405 405 405 405 405 405
guest-add                            POST  L   404 404 R   R   404 404
guest-send                           GET   405 405 405 405 405 405 405
guest-send                           POST  L   404 404 R   R   404 404
guest-prolong                        GET   405 405 405 405 405 405 405
guest-prolong                        POST  L   404 404 R   R   404 404
guest-revoke                         GET   405 405 405 405 405 405 405
guest-revoke                         POST  L   404 404 R   R   404 404
renewal-list                         GET   L   404 404 200 200 404 200
renewal-list                         POST  405 405 405 405 405 405 405
renewal-remind                       GET   405 405 405 405 405 405 405
renewal-remind                       POST  L   404 404 R   R   404 404
reminders-stop                       GET   200 200 200 200 200 404 404
reminders-stop                       POST  200 200 200 200 200 404 404
diagnostics-add                      GET   L   404 404 200 200 404 404
diagnostics-add                      POST  L   404 404 R   R   404 404
diagnostic-edit                      GET   L   404 404 200 200 404 404
diagnostic-edit                      POST  L   404 404 R   R   404 404
diagnostic-move                      GET   405 405 405 405 405 405 405
diagnostic-move                      POST  L   404 404 R   R   404 404
diagnostic-delete                    GET   405 405 405 405 405 405 405
diagnostic-delete                    POST  L   404 404 R   R   404 404
step-add                             GET   405 405 405 405 405 405 405
step-add                             POST  L   404 404 R   R   404 404
step-edit                            GET   L   404 404 200 200 404 404
step-edit                            POST  L   404 404 R   R   404 404
step-tick                            GET   405 405 405 405 405 405 405
step-tick                            POST  L   404 404 R   R   404 404
step-remove                          GET   405 405 405 405 405 405 405
step-remove                          POST  L   404 404 R   R   404 404
documents-add                        GET   L   404 404 200 200 404 404
documents-add                        POST  L   404 404 R   R   404 404
documents-mail                       GET   405 405 405 405 405 405 405
documents-mail                       POST  L   404 404 R   R   404 404
document-send                        GET   L   200 404 200 200 404 404
document-send                        POST  L   R   404 R   R   404 404
document-accept                      GET   405 405 405 405 405 405 405
document-accept                      POST  L   404 404 R   R   404 404
document-refuse                      GET   L   404 404 200 200 404 404
document-refuse                      POST  L   404 404 R   R   404 404
document-delete                      GET   405 405 405 405 405 405 405
document-delete                      POST  L   404 404 R   R   404 404
document-download                    GET   L   404 404 200 200 404 404
document-download                    POST  405 405 405 405 405 405 405
sent-remove                          GET   405 405 405 405 405 405 405
sent-remove                          POST  L   R   404 R   R   404 404
guest                                GET   200 200 200 200 200 404 404
guest                                POST  405 405 405 405 405 405 405
guest-code                           GET   405 405 405 405 405 405 405
guest-code                           POST  R   R   R   R   R   404 404
guest-open                           GET   405 405 405 405 405 405 405
guest-open                           POST  422 422 422 422 422 404 404
guest-zip                            GET   R   R   R   R   R   404 404
guest-zip                            POST  405 405 405 405 405 405 405
guest-genapi                         GET   R   R   R   R   R   404 404
guest-genapi                         POST  405 405 405 405 405 405 405
guest-file-download                  GET   R   R   R   R   R   404 404
guest-file-download                  POST  405 405 405 405 405 405 405
guest-file-read                      GET   R   R   R   R   R   404 404
guest-file-read                      POST  405 405 405 405 405 405 405
guest-file-content                   GET   R   R   R   R   R   404 404
guest-file-content                   POST  405 405 405 405 405 405 405
guest-document-send                  GET   R   R   R   R   R   404 404
guest-document-send                  POST  403 403 403 403 403 404 404
guest-sent-remove                    GET   405 405 405 405 405 405 405
guest-sent-remove                    POST  403 403 403 403 403 404 404
files-add                            GET   L   404 404 200 200 404 404
files-add                            POST  L   404 404 R   R   404 404
file-download                        GET   L   200 404 200 200 404 404
file-download                        POST  405 405 405 405 405 405 405
file-read                            GET   L   200 404 200 200 404 404
file-read                            POST  405 405 405 405 405 405 405
file-content                         GET   L   200 404 200 200 404 404
file-content                         POST  405 405 405 405 405 405 405
file-edit                            GET   L   404 404 200 200 404 404
file-edit                            POST  L   404 404 R   R   404 404
file-remove                          GET   405 405 405 405 405 405 405
file-remove                          POST  L   404 404 R   R   404 404
file-restore                         GET   405 405 405 405 405 405 405
file-restore                         POST  L   404 404 R   R   404 404
files-removed                        GET   L   404 404 200 200 404 404
files-removed                        POST  405 405 405 405 405 405 405
files-order                          GET   405 405 405 405 405 405 405
files-order                          POST  L   404 404 R   R   404 404
files-section                        GET   L   200 404 200 200 404 404
files-section                        POST  405 405 405 405 405 405 405
file-preview                         GET   L   200 404 200 200 404 404
file-preview                         POST  405 405 405 405 405 405 405
file-replace                         GET   L   404 404 200 200 404 404
file-replace                         POST  L   404 404 R   R   404 404
file-versions                        GET   L   404 404 200 200 404 404
file-versions                        POST  405 405 405 405 405 405 405
version-download                     GET   L   404 404 200 200 404 404
version-download                     POST  405 405 405 405 405 405 405
version-restore                      GET   405 405 405 405 405 405 405
version-restore                      POST  L   404 404 R   R   404 404
file-history                         GET   L   404 404 200 200 404 404
file-history                         POST  405 405 405 405 405 405 405
dossier-history                      GET   L   404 404 200 200 404 404
dossier-history                      POST  405 405 405 405 405 405 405
genapi-download                      GET   L   200 404 200 200 404 404
genapi-download                      POST  405 405 405 405 405 405 405
complete-dossier                     GET   L   200 404 200 200 404 404
complete-dossier                     POST  L   R   404 R   R   404 404
complete-download                    GET   L   R   404 R   R   404 404
complete-download                    POST  405 405 405 405 405 405 405
file-upload                          GET   405 405 405 405 405 405 405
file-upload                          POST  L   404 404 201 201 404 201
contact-export                       GET   L   404 404 200 200 404 200
contact-export                       POST  405 405 405 405 405 405 405
consultation-export                  GET   L   404 404 200 200 404 200
consultation-export                  POST  405 405 405 405 405 405 405
contact-consultations                GET   L   404 404 200 200 404 404
contact-consultations                POST  405 405 405 405 405 405 405
contact-import                       GET   L   404 404 200 200 404 200
contact-import                       POST  L   404 404 R   R   404 R
contact-import-template              GET   L   404 404 200 200 404 200
contact-import-template              POST  405 405 405 405 405 405 405
contact-import-detail                GET   L   404 404 200 200 404 404
contact-import-detail                POST  405 405 405 405 405 405 405
contact-import-columns               GET   L   404 404 200 200 404 404
contact-import-columns               POST  L   404 404 R   R   404 404
contact-import-run                   GET   405 405 405 405 405 405 405
contact-import-run                   POST  L   404 404 R   R   404 404
contact-import-remove                GET   405 405 405 405 405 405 405
contact-import-remove                POST  L   404 404 R   R   404 404
contact-import-errors                GET   L   404 404 200 200 404 404
contact-import-errors                POST  405 405 405 405 405 405 405
contact-list                         GET   L   404 404 200 200 404 200
contact-list                         POST  405 405 405 405 405 405 405
contact-choose                       GET   L   404 404 200 200 404 200
contact-choose                       POST  405 405 405 405 405 405 405
contact-new                          GET   L   404 404 200 200 404 200
contact-new                          POST  L   404 404 R   R   404 R
contact-detail                       GET   L   404 404 200 200 404 404
contact-detail                       POST  405 405 405 405 405 405 405
contact-edit                         GET   L   404 404 200 200 404 404
contact-edit                         POST  L   404 404 R   R   404 404
contact-delete                       GET   405 405 405 405 405 405 405
contact-delete                       POST  L   404 404 R   R   404 404
contact-codes                        GET   405 405 405 405 405 405 405
contact-codes                        POST  L   404 404 R   R   404 404
contact-bulk-codes                   GET   405 405 405 405 405 405 405
contact-bulk-codes                   POST  L   404 404 R   R   404 404
contact-bulk-delete                  GET   405 405 405 405 405 405 405
contact-bulk-delete                  POST  L   404 404 R   R   404 404
contact-merge                        GET   L   404 404 200 200 404 404
contact-merge                        POST  L   404 404 R   R   404 404
contact-data                         GET   L   404 404 200 200 404 404
contact-data                         POST  405 405 405 405 405 405 405
contact-erase                        GET   L   404 404 200 200 404 404
contact-erase                        POST  L   404 404 R   R   404 404
contact-sub-account-new              GET   L   404 404 200 200 404 404
contact-sub-account-new              POST  L   404 404 R   R   404 404
contact-sub-account                  GET   L   404 404 200 200 404 404
contact-sub-account                  POST  L   404 404 R   R   404 404
contact-sub-account-codes            GET   405 405 405 405 405 405 405
contact-sub-account-codes            POST  L   404 404 R   R   404 404
contact-sub-account-delete           GET   405 405 405 405 405 405 405
contact-sub-account-delete           POST  L   404 404 R   R   404 404
sub-account-list                     GET   L   200 200 404 404 200 404
sub-account-list                     POST  405 405 405 405 405 405 405
sub-account-new                      GET   L   200 200 404 404 200 404
sub-account-new                      POST  L   R   R   404 404 R   404
sub-account-edit                     GET   L   200 404 404 404 404 404
sub-account-edit                     POST  L   R   404 404 404 404 404
sub-account-codes                    GET   405 405 405 405 405 405 405
sub-account-codes                    POST  L   R   404 404 404 404 404
sub-account-delete                   GET   405 405 405 405 405 405 405
sub-account-delete                   POST  L   R   404 404 404 404 404
branding-edit                        GET   L   404 404 404 200 404 200
branding-edit                        POST  L   404 404 404 R   404 R
settings-dossiers                    GET   L   404 404 404 200 404 200
settings-dossiers                    POST  L   404 404 404 R   404 R
step-template-add                    GET   405 405 405 405 405 405 405
step-template-add                    POST  L   404 404 404 R   404 R
step-template-edit                   GET   L   404 404 404 200 404 404
step-template-edit                   POST  L   404 404 404 R   404 404
step-template-move                   GET   405 405 405 405 405 405 405
step-template-move                   POST  L   404 404 404 R   404 404
step-template-delete                 GET   405 405 405 405 405 405 405
step-template-delete                 POST  L   404 404 404 R   404 404
settings-validity                    GET   L   404 404 404 200 404 200
settings-validity                    POST  405 405 405 405 405 405 405
rule-add                             GET   L   404 404 404 200 404 200
rule-add                             POST  L   404 404 404 R   404 R
rule-edit                            GET   L   404 404 404 200 404 404
rule-edit                            POST  L   404 404 404 R   404 404
rule-delete                          GET   405 405 405 405 405 405 405
rule-delete                          POST  L   404 404 404 R   404 404
rules-restore                        GET   405 405 405 405 405 405 405
rules-restore                        POST  L   404 404 404 R   404 R
team-list                            GET   L   404 404 404 200 404 200
team-list                            POST  405 405 405 405 405 405 405
team-new                             GET   L   404 404 404 200 404 200
team-new                             POST  L   404 404 404 R   404 R
team-edit                            GET   L   404 404 404 200 404 404
team-edit                            POST  L   404 404 404 R   404 404
team-codes                           GET   405 405 405 405 405 405 405
team-codes                           POST  L   404 404 404 R   404 404

welcome                              GET   L   L   L   L   L   L   L
welcome                              POST  405 405 405 405 405 405 405
account_login                        GET   200 R   R   R   R   R   R
account_login                        POST  200 R   R   R   R   R   R
account_logout                       GET   R   200 200 200 200 200 200
account_logout                       POST  R   R   R   R   R   R   R
account_inactive                     GET   200 200 200 200 200 200 200
account_inactive                     POST  405 405 405 405 405 405 405
account_signup                       GET   200 R   R   R   R   R   R
account_signup                       POST  200 R   R   R   R   R   R
account_reauthenticate               GET   L   200 200 200 200 200 200
account_reauthenticate               POST  L   200 200 200 200 200 200
account_change_password              GET   L   200 200 200 200 200 200
account_change_password              POST  L   200 200 200 200 200 200
account_set_password                 GET   L   R   R   R   R   R   R
account_set_password                 POST  L   R   R   R   R   R   R
account_reset_password               GET   200 200 200 200 200 200 200
account_reset_password               POST  200 200 200 200 200 200 200
account_reset_password_done          GET   200 200 200 200 200 200 200
account_reset_password_done          POST  405 405 405 405 405 405 405
account_reset_password_from_key      GET   200 200 200 200 200 200 200
account_reset_password_from_key      POST  200 200 200 200 200 200 200
account_reset_password_from_key_done GET   200 200 200 200 200 200 200
account_reset_password_from_key_done POST  405 405 405 405 405 405 405
usersessions_list                    GET   L   200 200 200 200 200 200
usersessions_list                    POST  L   R   R   R   R   R   R
mfa_index                            GET   L   200 200 200 200 200 200
mfa_index                            POST  L   405 405 405 405 405 405
mfa_authenticate                     GET   L   R   R   R   R   R   R
mfa_authenticate                     POST  L   R   R   R   R   R   R
mfa_reauthenticate                   GET   L   R   R   R   R   R   R
mfa_reauthenticate                   POST  L   R   R   R   R   R   R
mfa_activate_totp                    GET   L   R   R   R   R   R   R
mfa_activate_totp                    POST  L   R   R   R   R   R   R
mfa_deactivate_totp                  GET   L   404 404 404 404 404 404
mfa_deactivate_totp                  POST  L   404 404 404 404 404 404
mfa_view_recovery_codes              GET   L   404 404 404 404 404 404
mfa_view_recovery_codes              POST  L   405 405 405 405 405 405
mfa_generate_recovery_codes          GET   L   R   R   R   R   R   R
mfa_generate_recovery_codes          POST  L   R   R   R   R   R   R
mfa_download_recovery_codes          GET   L   404 404 404 404 404 404
mfa_download_recovery_codes          POST  L   404 404 404 404 404 404
mfa_list_webauthn                    GET   L   200 200 200 200 200 200
mfa_list_webauthn                    POST  L   405 405 405 405 405 405
mfa_add_webauthn                     GET   L   R   R   R   R   R   R
mfa_add_webauthn                     POST  L   R   R   R   R   R   R
mfa_reauthenticate_webauthn          GET   L   R   R   R   R   R   R
mfa_reauthenticate_webauthn          POST  L   R   R   R   R   R   R
mfa_remove_webauthn                  GET   L   R   R   R   R   R   R
mfa_remove_webauthn                  POST  L   R   R   R   R   R   R
mfa_edit_webauthn                    GET   L   R   R   R   R   R   R
mfa_edit_webauthn                    POST  L   R   R   R   R   R   R
mfa_login_webauthn                   GET   L   R   R   R   R   R   R
mfa_login_webauthn                   POST  L   R   R   R   R   R   R
"""
#: The public site knows nobody: one answer for all.
PUBLIC = """
theme-css           GET   200
theme-css           POST  405
branding-logo       GET   404
branding-logo       POST  405
branding-background GET   404
branding-background POST  405
set_language        GET   R
set_language        POST  R
home                GET   200
home                POST  405
terms               GET   200
terms               POST  405
signup              GET   200
signup              POST  422
signup-subdomain    GET   200
signup-subdomain    POST  405
signup-confirm      GET   410
signup-confirm      POST  410
signup-progress     GET   404
signup-progress     POST  405
signup-resend       GET   405
signup-resend       POST  404
"""
LOGIN = "/compte/connexion/"
IMPORTED = b"Nom;E-mail\nEve;imported@client.example\n"
#: Reading these leaves a line in the history.
RECORDED = {"dossier-zip", "file-download", "file-content", "version-download", "genapi-download", "message-detail"}


def parse(table: str) -> dict[tuple[str, str], list[str]]:
    rows = [line.split() for line in table.strip().splitlines() if line.strip()]
    parsed = {(name, method): answers for name, method, *answers in rows}
    assert len(parsed) == len(rows), "a row is there twice"
    return parsed


def routes(urlconf: str) -> list[str]:
    """Returns the names of the routes of a site; one without a name fails."""

    def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[str]:
        for pattern in patterns:
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns)
            else:
                assert pattern.name, f"{pattern.pattern} has no name"
                yield pattern.name

    return list(walk(get_resolver(urlconf).url_patterns))


@dataclass
class World:
    """Alpha's objects, of which all addresses speak, and who asks."""

    arguments: dict[str, dict[str, object]]
    data: dict[str, Callable[[], dict[str, Any]]]
    people: dict[str, Client]


def add_guest_things(
    dossier: Dossier, cast: Cast
) -> tuple[RequestedDocument, RequestedDocument, GuestLink, SentDocument]:
    """Returns two documents asked of the client, a guest's link that asks for a code, and what Alice has sent."""
    wanted = [Wanted(RequestKind.PLANS), Wanted(RequestKind.TITLE_DEED)]
    item, other = ask_documents(dossier, wanted=wanted, note="", due_on=None, user=cast.bob)
    stored = [store_bytes(b"plan", name="plan.txt")]
    (sent,) = send_documents(item, stored=stored, sender=Sender(user=cast.alice.user), visit=Visit())
    link = create_guest_link(
        dossier,
        email="guest@else.example",
        name="",
        expires_at=timezone.now() + timedelta(days=1),
        max_uses=3,
        asks_code=True,
        user=cast.bob,
    )
    return item, other, link, sent


def add_checked_import() -> ContactImport:
    stored = claim(store_bytes(IMPORTED, name="contacts.csv"))
    columns = {"name": 0, "email": 1}
    return ContactImport.objects.create(stored=stored, state=ImportState.CHECKED, columns=columns, lines=1, created=1)


def add_validity_things(
    dossier: Dossier, cast: Cast
) -> tuple[Diagnostic, DossierStep, StepTemplate, ValidityRule, str]:
    """Returns a diagnostic that expires soon, a step of its dossier, one of new ones, a rule, a reminder's token."""
    dossier.owner_email = "owner@else.example"
    dossier.save(update_fields=["owner_email"])
    made = timezone.localdate() - timedelta(days=150)
    diagnostic, _other = add_diagnostics(dossier, kinds=["erp", "gaz"], performed_on=made, user=cast.bob)
    step = DossierStep.objects.filter(dossier=dossier)[0]
    # those of the start have the same code in each firm: they are copies of one template
    template = StepTemplate.objects.create(name="Relance", position=99)
    rule = ValidityRule.objects.create(kind="piscine", months=12)
    return diagnostic, step, template, rule, reminder_token(dossier)


@pytest.fixture
def world(cast: Cast) -> World:
    with firm_context("firm_alpha"):
        contents = {"a.jpg": image("JPEG"), "DPE.pdf": pdf(), "GENAPI.txt": b"genapi", "old.txt": b"old"}
        dossier = add_dossier("Maison", user=cast.bob, contacts=[cast.alice], files=contents)
        file, report, genapi, removed = files_of(dossier)
        file = replace_file(file, stored=store_bytes(image(), name="a.png", user=cast.bob), user=cast.bob)
        version = FileVersion.objects.get(file=file)
        remove_file(removed, user=cast.bob)
        checked = add_checked_import()
        message = write_to_firm(subject="Clés", body="Où ?", user=cast.alice.user, link_to=str)
        item, _other, link, sent = add_guest_things(dossier, cast)
        guest_token_of_alpha = guest_token(link)
        diagnostic, step, template, rule, reminder = add_validity_things(dossier, cast)
        sub_account = SubAccount.objects.create(
            contact=cast.alice, user=User.objects.create_user(username="sub", email="sub@client.example", role="client")
        )
        look = cast.alpha.branding
        look.logo_key = default_storage.save("firms/firm_alpha/branding/logo-test.png", ContentFile(image()))
        look.save()
    in_dossier: dict[str, object] = {"code": dossier.code}
    in_file = in_dossier | {"file_code": file.code}
    of_contact: dict[str, object] = {"code": cast.alice.code}
    of_sub_account: dict[str, object] = {"sub_code": sub_account.code}
    of_message: dict[str, object] = {"code": message.code}
    of_import: dict[str, object] = {"code": checked.code}
    of_template: dict[str, object] = {"code": template.code}
    of_rule: dict[str, object] = {"code": rule.code}
    in_request = in_dossier | {"request_code": item.code}
    at_door: dict[str, object] = {"token": guest_token_of_alpha}
    token: dict[str, object] = {"token": "abc"}
    person = {"name": "Eve", "email": "eve@client.example", "username": "eve", "language": "fr", "collaborators": ""}
    return World(
        arguments={
            **dict.fromkeys(
                ["dossier-detail", "dossier-edit", "dossier-zip", "dossier-notify", "access-add", "files-add"],
                in_dossier,
            ),
            "access-remove": in_dossier | {"contact_code": cast.alice.code},
            **dict.fromkeys(["file-download", "file-read", "file-content", "file-edit", "file-remove"], in_file),
            **dict.fromkeys(["file-preview", "file-replace", "file-versions", "file-history"], in_file),
            **dict.fromkeys(["version-download", "version-restore"], in_file | {"version_code": version.code}),
            "file-restore": in_dossier | {"file_code": removed.code},
            **dict.fromkeys(["files-removed", "files-order", "files-section", "dossier-history"], in_dossier),
            **dict.fromkeys(["genapi-download", "complete-dossier", "complete-download"], in_dossier),
            **dict.fromkeys(["contact-detail", "contact-edit", "contact-delete", "contact-codes"], of_contact),
            **dict.fromkeys(
                ["contact-merge", "contact-data", "contact-erase", "contact-sub-account-new"], of_contact
            ),
            **dict.fromkeys(
                ["contact-sub-account", "contact-sub-account-codes", "contact-sub-account-delete"],
                of_contact | of_sub_account,
            ),
            **dict.fromkeys(["sub-account-edit", "sub-account-codes", "sub-account-delete"], of_sub_account),
            "contact-consultations": of_contact,
            **dict.fromkeys(
                [f"contact-import-{what}" for what in ("detail", "columns", "run", "remove", "errors")], of_import
            ),
            **dict.fromkeys(["message-detail", "message-reply", "message-cancel"], of_message),
            "dossier-messages": in_dossier,
            **dict.fromkeys(["guest-add", "documents-add", "documents-mail"], in_dossier),
            **dict.fromkeys(["guest-send", "guest-prolong", "guest-revoke"], in_dossier | {"link_code": link.code}),
            **dict.fromkeys(["document-send", "document-accept", "document-refuse", "document-delete"], in_request),
            **dict.fromkeys(["document-download", "sent-remove"], in_request | {"sent_code": sent.code}),
            **dict.fromkeys(["guest", "guest-code", "guest-open", "guest-zip", "guest-genapi"], at_door),
            **dict.fromkeys(
                ["guest-file-download", "guest-file-read", "guest-file-content"], at_door | {"file_code": file.code}
            ),
            "guest-document-send": at_door | {"request_code": item.code},
            "guest-sent-remove": at_door | {"request_code": item.code, "sent_code": sent.code},
            "reminders-stop": {"token": reminder},
            **dict.fromkeys(["diagnostics-add", "step-add"], in_dossier),
            **dict.fromkeys(
                ["diagnostic-edit", "diagnostic-move", "diagnostic-delete"],
                in_dossier | {"diagnostic_code": diagnostic.code},
            ),
            **dict.fromkeys(["step-edit", "step-tick", "step-remove"], in_dossier | {"step_code": step.code}),
            **dict.fromkeys(["step-template-edit", "step-template-move", "step-template-delete"], of_template),
            **dict.fromkeys(["rule-edit", "rule-delete"], of_rule),
            "rules-restore": {"kind": "erp"},
            **dict.fromkeys(["place-move", "place-find"], in_dossier),
            "map-feed-read": token,
            "team-edit": {"code": cast.bob.code},
            "team-codes": {"code": cast.bob.code},
            "welcome": {"code": cast.anna.code, "token": "abc-def"},
            "account_reset_password_from_key": {"uidb36": "1", "key": "abc-def"},
            "mfa_remove_webauthn": {"pk": 1},
            "mfa_edit_webauthn": {"pk": 1},
            **dict.fromkeys(["signup-confirm", "signup-progress", "signup-resend"], token),
        },
        data={
            "set_language": lambda: {"language": "en"},
            "signup": lambda: {"firm_name": ""},
            "dossier-new": lambda: {"title": "Grange", "comments": "", "contacts": [cast.alice.code], "notify": "1"},
            "dossier-edit": lambda: {"title": "Grange", "comments": "", "version": "1"},
            "access-add": lambda: {"contact": cast.charlie.code},
            "guest-add": lambda: {
                "email": "eve@else.example",
                "valid_until": timezone.localdate().isoformat(),
                "max_uses": "1",
            },
            "place-move": lambda: {"latitude": "48.4", "longitude": "-4.5"},
            "documents-add": lambda: {"kinds": ["plans"]},
            "renewal-remind": lambda: {"code": [dossier.code]},
            "diagnostics-add": lambda: {"kinds": ["dpe"]},
            "diagnostic-edit": lambda: {"kind": "erp", "finding": "clear", "conclusion": "Rien"},
            "diagnostic-move": lambda: {"up": "0"},
            "step-add": lambda: {"name": "Labo", "visibility": "staff"},
            "step-edit": lambda: {"name": "Labo", "visibility": "staff"},
            "step-tick": lambda: {"done": "1"},
            "settings-dossiers": lambda: {"remind_owners": "on", "remind_days_before": "45"},
            "step-template-add": lambda: {"new-name": "Labo", "new-visibility": "staff"},
            "step-template-edit": lambda: {"name": "Labo", "visibility": "staff"},
            "step-template-move": lambda: {"up": "1"},
            "rule-add": lambda: {"kind": "bois", "months": "24"},
            "rule-edit": lambda: {"kind": "bois", "months": "24"},
            "document-send": lambda: {"files": [upload(b"sent", "sent.txt")]},
            "document-refuse": lambda: {"reason": "blurred"},
            "guest-document-send": lambda: {"files": [upload(b"sent", "sent.txt")]},
            "files-add": lambda: {"files": [upload(b"new", "new.txt")]},
            "file-edit": lambda: {
                "name": "b.png",
                "title": "",
                "comment": "",
                "kind": "photo",
                "visibility": "client",
            },
            "files-order": lambda: {"code": [genapi.code, report.code, file.code]},
            "file-replace": lambda: {"file": upload(b"newer", "newer.txt")},
            "file-upload": lambda: {"file": upload(b"sent", "sent.txt")},
            "contact-new": lambda: person | {"send_codes": "on"},
            "contact-import": lambda: {"file": upload(IMPORTED, "contacts.csv")},
            "contact-import-columns": lambda: {"name": "0", "email": "1"},
            "contact-edit": lambda: person,
            **dict.fromkeys(
                ["contact-bulk-codes", "contact-bulk-delete"],
                lambda: {"code": [cast.alice.code, cast.charlie.code], "confirmed": "1"},
            ),
            "contact-merge": lambda: {"other": cast.charlie.code},
            "contact-erase": lambda: {"sure": "on"},
            **dict.fromkeys(
                ["contact-sub-account-new", "contact-sub-account", "sub-account-new", "sub-account-edit"],
                lambda: person | {"send_codes": "on", "is_active": "on"},
            ),
            **dict.fromkeys(
                ["message-new", "message-reply", "dossier-messages"],
                lambda: {"subject": "Clés", "body": "Là.", "contacts": [cast.alice.code]},
            ),
            "branding-edit": lambda: {
                "site_name": "Other",
                "background_color": "#ffffff",
                "button_color": "#000000",
                "language": "fr",
                "rows_per_page": "25",
                "top_offset": "0",
            },
            "team-new": lambda: {"full_name": "Eve", "email": "eve@x.example", "role": "staff"},
            "team-edit": lambda: {"full_name": "Robert", "role": "admin", "is_active": "on"},
        },
        people={
            "anon": at_host("alpha"),
            "alice": logged_in("alpha", cast.alice),
            "charlie": logged_in("alpha", cast.charlie),
            "bob": logged_in("alpha", cast.bob),
            "anna": logged_in("alpha", cast.anna),
            "dora": logged_in("beta", cast.dora),
            "dan": logged_in("beta", cast.dan),
        },
    )


def fingerprint() -> dict[str, str]:
    """Returns a hash of each table's rows in both firms and in public, sessions and caches apart."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname IN ('public', 'firm_alpha', 'firm_beta')"
            " AND tablename NOT IN ('django_session', 'django_cache', 'django_migrations', 'tenants_schematemplate')"
            " AND tablename NOT LIKE 'procrastinate\\_worker%'"
        )
        parts = [
            f"SELECT '{schema}.{table}', md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
            f' FROM "{schema}"."{table}" t'
            for schema, table in cursor.fetchall()
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def ask(client: Client, name: str, method: str, world: World, urlconf: str) -> str:
    """Returns the answer as the table writes it."""
    address = reverse(name, urlconf=urlconf, kwargs=world.arguments.get(name))
    data = world.data[name]() if method == "POST" and name in world.data else {}
    answer = client.get(address) if method == "GET" else client.post(address, data)
    body(answer)
    if answer.status_code not in {301, 302}:
        return str(answer.status_code)
    return "L" if answer.headers["Location"].split("?")[0] == LOGIN else "R"


def refused(method: str, answer: str) -> bool:
    return answer in {"L", "404", "405"} or method == "GET"


def is_ours(name: str) -> bool:
    """Whether the product made the view: there, a POST that is accepted has changed something."""
    return re.match("account_|mfa_|usersessions_|set_language", name) is None


def check(
    client: Client, world: World, urlconf: str, expected: dict[tuple[str, str], str], *, reads_are_recorded: bool
) -> list[str]:
    """Asks for every row, each in a savepoint that is rolled back; returns what is not as expected."""
    wrong: list[str] = []
    before = fingerprint()
    for (name, method), wanted in expected.items():
        cookies = copy.deepcopy(client.cookies)
        with transaction.atomic():
            got = ask(client, name, method, world, urlconf)
            recorded = reads_are_recorded and name in RECORDED
            if got != wanted:
                wrong.append(f"{name} {method}: {got} instead of {wanted}")
            # a method that is not allowed ends before the view
            after = fingerprint() if got != "405" else before
            changed = [table for table in after if after[table] != before.get(table)]
            if changed and refused(method, got) and not recorded:
                wrong.append(f"{name} {method}: answered {got} and changed {changed}")
            if not changed and got == wanted and got in {"R", "201"} and method == "POST" and is_ours(name):
                wrong.append(f"{name} {method}: answered {got} and changed nothing")
            transaction.set_rollback(True)
        client.cookies = cookies
    return wrong


@pytest.mark.parametrize(("urlconf", "table"), [("config.urls_firm", FIRM), ("config.urls_public", PUBLIC)])
def test_every_route_is_in_the_matrix(urlconf: str, table: str) -> None:
    names = routes(urlconf)
    assert len(names) == len(set(names))
    assert set(parse(table)) == {(name, method) for name in names for method in ("GET", "POST")}


@pytest.mark.parametrize("person", PEOPLE)
def test_what_each_person_gets_on_a_firms_host(world: World, person: str) -> None:
    expected = {row: answers[PEOPLE.index(person)] for row, answers in parse(FIRM).items()}
    reads = person in {"alice", "bob", "anna"}
    wrong = check(world.people[person], world, "config.urls_firm", expected, reads_are_recorded=reads)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("person", ["dora", "dan"])
def test_a_session_of_another_firm_is_worth_nothing(world: World, person: str) -> None:
    thief = at_host("alpha")
    thief.cookies["sessionid"] = world.people[person].cookies["sessionid"].value
    expected = {row: answers[PEOPLE.index("anon")] for row, answers in parse(FIRM).items()}
    wrong = check(thief, world, "config.urls_firm", expected, reads_are_recorded=False)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("person", ["anon", "anna", "dan"])
def test_what_the_public_site_answers(world: World, person: str) -> None:
    client = at_host("")
    if person != "anon":
        client.cookies["sessionid"] = world.people[person].cookies["sessionid"].value
    expected = {row: answers[0] for row, answers in parse(PUBLIC).items()}
    wrong = check(client, world, "config.urls_public", expected, reads_are_recorded=False)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("person", ["anon", "anna"])
def test_the_consoles_account_pages_answer_strangers_as_a_firms_do(world: World, person: str) -> None:
    """The console's own pages are in tests/console/test_access.py."""
    shared = {
        name for name in routes("config.urls_firm") if re.match("account_|mfa_|usersessions_|set_lang|theme", name)
    }
    client = at_host("console")
    if person != "anon":
        client.cookies["sessionid"] = world.people[person].cookies["sessionid"].value
    expected = {row: answers[PEOPLE.index("anon")] for row, answers in parse(FIRM).items() if row[0] in shared}
    assert len(expected) > 50
    wrong = check(client, world, "config.urls_console", expected, reads_are_recorded=False)
    assert not wrong, "\n".join(wrong)


def test_other_methods_change_nothing(world: World) -> None:
    before = fingerprint()
    for name in {name for name, _method in parse(FIRM)}:
        address = reverse(name, urlconf="config.urls_firm", kwargs=world.arguments.get(name))
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            answer = world.people["anna"].generic(method, address)
            assert answer.status_code < 500, f"{method} {name}"
            assert not is_ours(name) or method == "OPTIONS" or answer.status_code in {404, 405}, f"{method} {name}"
    assert fingerprint() == before


def test_a_member_who_must_change_the_password_gets_nowhere_else(world: World, cast: Cast) -> None:
    with firm_context("firm_alpha"):
        User.objects.filter(pk=cast.anna.pk).update(must_change_password=True)
    before = fingerprint()
    client = world.people["anna"]
    always = {"theme-css", "branding-logo", "branding-background", "set_language", "account_logout"}
    for name, method in parse(FIRM):
        if name in always or name == "account_change_password":
            continue
        address = reverse(name, urlconf="config.urls_firm", kwargs=world.arguments.get(name))
        data = world.data[name]() if method == "POST" and name in world.data else {}
        answer = client.get(address) if method == "GET" else client.post(address, data)
        assert answer.headers.get("Location") == "/compte/mot-de-passe/", f"{name} {method}"
    assert fingerprint() == before
