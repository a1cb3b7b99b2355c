"""The operators' console."""

from django.urls import include, path

from accounts.urls import login_urlpatterns

urlpatterns = [
    path("", include("themes.urls")),
    *login_urlpatterns,
    path("", include("console.urls")),
]
