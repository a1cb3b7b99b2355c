"""The addresses under /api/v1/, a module a subject; every one of them ends with a slash."""

from django.urls import path, re_path

from api.urls.order import urlpatterns as order_urlpatterns
from api.views.root import Me, Unknown

urlpatterns = [
    path("me/", Me.as_view(), name="api-me"),
    *order_urlpatterns,
    re_path(r"", Unknown.as_view(), name="api-unknown"),
]
