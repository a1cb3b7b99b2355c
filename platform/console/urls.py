"""The console's addresses."""

from django.urls import path

from console.site import site

urlpatterns = [path("", site.urls)]
