"""The addresses under /api/v1/, a module a subject; every one of them ends with a slash."""

from django.urls import include, path, re_path

from api.views.root import Me, Unknown

urlpatterns = [
    path("me/", Me.as_view(), name="api-me"),
    path("uploads/resumable/", include("api.urls.resumable")),
    re_path(r"", Unknown.as_view(), name="api-unknown"),
]
