"""The answers that test_routes.py checks: address × method × person."""

from tests.route_matrix_api import API
from tests.route_matrix_booking import BOOKING
from tests.route_matrix_firm import FIRM_PAPERS
from tests.route_matrix_imports import IMPORTS
from tests.route_matrix_mail import MAIL
from tests.route_matrix_mail_texts import MAIL_TEXTS
from tests.route_matrix_messages import MESSAGES
from tests.route_matrix_missions import MISSIONS
from tests.route_matrix_more import TAKEN_AWAY
from tests.route_matrix_orders import ORDERS
from tests.route_matrix_prices import PRICES
from tests.route_matrix_quotes import QUOTES
from tests.route_matrix_settings import SETTINGS
from tests.route_matrix_site import SITE
from tests.route_matrix_sms import SMS
from tests.route_matrix_visits import VISITS
from tests.route_matrix_webhooks import WEBHOOKS

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

payment-notify                       GET   405 405 405 405 405 405 405
payment-notify                       POST  400 400 400 400 400 404 404

settings-reminders                   GET   L   404 404 404 200 404 200
settings-reminders                   POST  L   404 404 404 R   404 R
settings-reminders-preview           GET   405 405 405 405 405 405 405
settings-reminders-preview           POST  L   404 404 404 200 404 200
settings-reminders-trial             GET   405 405 405 405 405 405 405
settings-reminders-trial             POST  L   404 404 404 200 404 200
unpaid-remind-many                   GET   405 405 405 405 405 405 405
unpaid-remind-many                   POST  L   404 404 R   R   404 404
unpaid-remind                        GET   L   404 404 200 200 404 404
unpaid-remind                        POST  L   404 404 R   R   404 404
unpaid-stop                          GET   405 405 405 405 405 405 405
unpaid-stop                          POST  L   404 404 R   R   404 404
unpaid-resume                        GET   405 405 405 405 405 405 405
unpaid-resume                        POST  L   404 404 R   R   404 404

unpaid-preview                       GET   L   404 404 404 200 404 200
unpaid-preview                       POST  405 405 405 405 405 405 405
unpaid-picture                       GET   L   404 404 404 200 404 200
unpaid-picture                       POST  405 405 405 405 405 405 405
unpaid-sample                        GET   L   404 404 404 200 404 200
unpaid-sample                        POST  405 405 405 405 405 405 405
unpaid-progress                      GET   L   404 404 404 200 404 200
unpaid-progress                      POST  405 405 405 405 405 405 405

settings-unpaid                      GET   L   404 404 404 200 404 200
settings-unpaid                      POST  L   404 404 404 R   404 R
file-as-client                       GET   L   404 404 200 200 404 404
file-as-client                       POST  405 405 405 405 405 405 405
file-as-client-content               GET   L   404 404 200 200 404 404
file-as-client-content               POST  405 405 405 405 405 405 405

pay-choose                           GET   L   200 200 404 404 200 404
pay-choose                           POST  L   422 422 404 404 422 404
pay-offer                            GET   L   200 404 404 404 404 404
pay-offer                            POST  405 405 405 405 405 405 405
pay                                  GET   200 200 200 200 200 404 404
pay                                  POST  R   R   R   R   R   404 404
pay-go                               GET   R   R   R   R   R   404 404
pay-go                               POST  405 405 405 405 405 405 405
pay-status                           GET   200 200 200 200 200 404 404
pay-status                           POST  R   R   R   R   R   404 404
pay-state                            GET   200 200 200 200 200 404 404
pay-state                            POST  405 405 405 405 405 405 405
pay-receipt                          GET   200 200 200 200 200 404 404
pay-receipt                          POST  405 405 405 405 405 405 405
guest-pay                            GET   R   R   R   R   R   404 404
guest-pay                            POST  405 405 405 405 405 405 405

settings-payment                     GET   L   404 404 404 200 404 200
settings-payment                     POST  405 405 405 405 405 405 405
account-add                          GET   L   404 404 404 200 404 200
account-add                          POST  L   404 404 404 R   404 R
account-edit                         GET   L   404 404 404 200 404 404
account-edit                         POST  L   404 404 404 R   404 404
account-verify                       GET   405 405 405 405 405 405 405
account-verify                       POST  L   404 404 404 R   404 404
account-switch                       GET   405 405 405 405 405 405 405
account-switch                       POST  L   404 404 404 R   404 404
account-move                         GET   405 405 405 405 405 405 405
account-move                         POST  L   404 404 404 R   404 404
account-delete                       GET   405 405 405 405 405 405 405
account-delete                       POST  L   404 404 404 R   404 404
account-token                        GET   405 405 405 405 405 405 405
account-token                        POST  L   404 404 404 R   404 404
settings-billing                     GET   L   404 404 404 200 404 200
settings-billing                     POST  L   404 404 404 R   404 R
settings-receipt                     GET   L   404 404 404 200 404 200
settings-receipt                     POST  405 405 405 405 405 405 405

payment-list                         GET   L   200 200 200 200 200 200
payment-list                         POST  405 405 405 405 405 405 405
payment-export                       GET   L   404 404 200 200 404 200
payment-export                       POST  405 405 405 405 405 405 405
payment-alerts                       GET   L   404 404 200 200 404 200
payment-alerts                       POST  405 405 405 405 405 405 405
payment-record                       GET   L   404 404 200 200 404 200
payment-record                       POST  L   404 404 R   R   404 404
payment-dossiers                     GET   L   404 404 200 200 404 200
payment-dossiers                     POST  405 405 405 405 405 405 405
reconcile                            GET   L   404 404 200 200 404 200
reconcile                            POST  L   404 404 R   R   404 R
issue-resolve                        GET   405 405 405 405 405 405 405
issue-resolve                        POST  L   404 404 R   R   404 404
issue-reopen                         GET   405 405 405 405 405 405 405
issue-reopen                         POST  L   404 404 R   R   404 404
payment-detail                       GET   L   200 404 200 200 404 404
payment-detail                       POST  405 405 405 405 405 405 405
payment-receipt                      GET   L   200 404 200 200 404 404
payment-receipt                      POST  405 405 405 405 405 405 405
payment-refund                       GET   L   404 404 200 200 404 404
payment-refund                       POST  L   404 404 R   R   404 404
payment-confirm                      GET   L   404 404 200 200 404 404
payment-confirm                      POST  L   404 404 R   R   404 404
payment-cancel                       GET   405 405 405 405 405 405 405
payment-cancel                       POST  L   404 404 R   R   404 404
payment-reread                       GET   405 405 405 405 405 405 405
payment-reread                       POST  L   404 404 R   R   404 404
payment-notice                       GET   L   404 404 404 200 404 404
payment-notice                       POST  405 405 405 405 405 405 405
dossier-payments                     GET   L   200 404 200 200 404 404
dossier-payments                     POST  405 405 405 405 405 405 405

home                                 GET   200 200 200 200 200 200 200
home                                 POST  405 405 405 405 405 405 405
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
bulk-notify                          GET   405 405 405 405 405 405 405
bulk-notify                          POST  L   404 404 R   R   404 404
bulk-paid                            GET   405 405 405 405 405 405 405
bulk-paid                            POST  L   404 404 R   R   404 404
bulk-archive                         GET   405 405 405 405 405 405 405
bulk-archive                         POST  L   404 404 R   R   404 404
bulk-undelete                        GET   405 405 405 405 405 405 405
bulk-undelete                        POST  L   404 404 R   R   404 404
bulk-delete                          GET   405 405 405 405 405 405 405
bulk-delete                          POST  L   404 404 R   R   404 404
bulk-zip                             GET   405 405 405 405 405 405 405
bulk-zip                             POST  L   404 404 200 200 404 404
dossier-undo                         GET   405 405 405 405 405 405 405
dossier-undo                         POST  L   404 404 R   R   404 R
trace-list                           GET   L   404 404 404 200 404 200
trace-list                           POST  405 405 405 405 405 405 405
amount-edit                          GET   L   404 404 200 200 404 404
amount-edit                          POST  L   404 404 R   R   404 404
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
map-feed-file                        POST L   422 422 422 422 422 422
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
contact-reach                        GET   L   404 404 200 200 404 404
contact-reach                        POST  405 405 405 405 405 405 405
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
# mission orders first: a client that is erased takes what it has not signed with it, its objects too
FIRM = (
    MESSAGES
    + MISSIONS
    + FIRM
    + ORDERS
    + PRICES
    + BOOKING
    + VISITS
    + QUOTES
    + SETTINGS
    + MAIL
    + MAIL_TEXTS
    + SMS
    + WEBHOOKS
    + FIRM_PAPERS
    + SITE
    + API
    + TAKEN_AWAY
    + IMPORTS
)
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
