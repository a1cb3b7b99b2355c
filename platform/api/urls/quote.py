"""The addresses of quotes."""

from django.urls import path

from api.views.quote import (
    QuoteAccept,
    QuoteCertificate,
    QuoteDetail,
    QuoteIssue,
    QuoteList,
    QuotePaper,
    QuoteProlong,
    QuoteRecord,
    QuoteRefuse,
    QuoteReplace,
    QuoteWithdraw,
)

_QUOTE = "quotes/<str:code>"

urlpatterns = [
    path("quotes/", QuoteList.as_view(), name="api-quotes"),
    path(f"{_QUOTE}/", QuoteDetail.as_view(), name="api-quote"),
    path(f"{_QUOTE}/issue/", QuoteIssue.as_view(), name="api-quote-issue"),
    path(f"{_QUOTE}/replace/", QuoteReplace.as_view(), name="api-quote-replace"),
    path(f"{_QUOTE}/accept/", QuoteAccept.as_view(), name="api-quote-accept"),
    path(f"{_QUOTE}/refuse/", QuoteRefuse.as_view(), name="api-quote-refuse"),
    path(f"{_QUOTE}/record/", QuoteRecord.as_view(), name="api-quote-record"),
    path(f"{_QUOTE}/withdraw/", QuoteWithdraw.as_view(), name="api-quote-withdraw"),
    path(f"{_QUOTE}/prolong/", QuoteProlong.as_view(), name="api-quote-prolong"),
    path(f"{_QUOTE}/quote.pdf", QuotePaper.as_view(), name="api-quote-pdf"),
    path(f"{_QUOTE}/certificate.pdf", QuoteCertificate.as_view(), name="api-quote-certificate"),
]
