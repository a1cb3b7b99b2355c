"""The addresses of the firm's documents and settings."""

from django.urls import path

from api.views.document import DocumentContent, DocumentDetail, DocumentList
from api.views.settings import BookingRules, CompanySettings, PriceLists, Settings, ValidityRules

urlpatterns = [
    path("documents/", DocumentList.as_view(), name="api-documents"),
    path("documents/<str:code>/", DocumentDetail.as_view(), name="api-document"),
    path("documents/<str:code>/content/", DocumentContent.as_view(), name="api-document-content"),
    path("settings/", Settings.as_view(), name="api-settings"),
    path("settings/company/", CompanySettings.as_view(), name="api-settings-company"),
    path("settings/booking/", BookingRules.as_view(), name="api-settings-booking"),
    path("settings/validity/", ValidityRules.as_view(), name="api-settings-validity"),
    path("settings/price-lists/", PriceLists.as_view(), name="api-settings-prices"),
]
