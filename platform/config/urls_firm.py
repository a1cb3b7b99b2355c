"""A firm's host: its portal, for its people and its clients."""

from django.urls import include, path

from accounts.urls import firm_urlpatterns, login_urlpatterns
from extranet.urls.site import page_urlpatterns

urlpatterns = [
    # first: programs call often, and a resolver reads from the top
    path("api/v1/", include("api.urls")),
    path("", include("themes.urls")),
    path("", include("extranet.urls")),
    path("", include("billing.urls")),
    *firm_urlpatterns,
    *login_urlpatterns,
    *page_urlpatterns,
]
