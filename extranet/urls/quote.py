"""Addresses of quotes and of the page of prices."""

from django.urls import path

from extranet.views.guest import instant
from extranet.views.guest import quote as guest
from extranet.views.office import quote as office
from extranet.views.portal import quote

_QUOTE = "devis/<str:code>"
_LINK = "devis/lien/<str:token>"

urlpatterns = [
    path("devis/", quote.quote_list, name="quote-list"),
    path("devis/export.xlsx", quote.quote_export, name="quote-export"),
    path("devis/nouveau/", office.quote_new, name="quote-new"),
    path("commandes/<str:code>/devis/", office.order_quote, name="order-quote"),
    path("reglages/devis/", office.settings_quotes, name="settings-quotes"),
    path("tarif/", instant.instant, name="instant"),
    path("tarif/cadre/", instant.instant_frame, name="instant-frame"),
    path(f"{_LINK}/", guest.quote_read, name="quote-guest"),
    path(f"{_LINK}/devis.pdf", guest.quote_pdf, name="quote-guest-pdf"),
    path(f"{_LINK}/certificat.pdf", guest.quote_certificate, name="quote-guest-certificate"),
    path(f"{_LINK}/accepter/", guest.quote_accept, name="quote-guest-accept"),
    path(f"{_LINK}/refuser/", guest.quote_refuse, name="quote-guest-refuse"),
    path(f"{_LINK}/relances/", guest.quote_stop, name="quote-guest-stop"),
    path(f"{_QUOTE}/", quote.quote_detail, name="quote-detail"),
    path(f"{_QUOTE}/devis.pdf", quote.quote_pdf, name="quote-pdf"),
    path(f"{_QUOTE}/certificat.pdf", quote.quote_certificate, name="quote-certificate"),
    path(f"{_QUOTE}/accepter/", quote.quote_accept, name="quote-accept"),
    path(f"{_QUOTE}/refuser/", quote.quote_refuse, name="quote-refuse"),
    path(f"{_QUOTE}/modifier/", office.quote_edit, name="quote-edit"),
    path(f"{_QUOTE}/apercu.pdf", office.quote_preview, name="quote-preview"),
    path(f"{_QUOTE}/emettre/", office.quote_issue, name="quote-issue"),
    path(f"{_QUOTE}/remplacer/", office.quote_copy, name="quote-copy"),
    path(f"{_QUOTE}/supprimer/", office.quote_delete, name="quote-delete"),
    path(f"{_QUOTE}/acceptation/", office.quote_record, name="quote-record"),
    path(f"{_QUOTE}/retirer/", office.quote_withdraw, name="quote-withdraw"),
    path(f"{_QUOTE}/prolonger/", office.quote_prolong, name="quote-prolong"),
    path(f"{_QUOTE}/relances/", office.quote_reminders, name="quote-reminders"),
]
