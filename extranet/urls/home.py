"""Where a person arrives."""

from django.urls import path

from extranet.views.portal import home

urlpatterns = [
    path("", home.home, name="home"),
]
