"""The platform's own site: what it is, and sign-up."""

from django.urls import include, path

from accounts.urls import public_urlpatterns

urlpatterns = [path("", include("themes.urls")), *public_urlpatterns]
