"""The addresses of the documentation, below /api/v1/."""

from django.urls import path

from api.views import docs

urlpatterns = [
    path("openapi.json", docs.openapi, name="api-openapi"),
    path("docs/", docs.reference, name="api-docs"),
    path("docs/guide/", docs.guide, name="api-docs-guide"),
    path("docs/problems/", docs.problems, name="api-docs-problems"),
    path("docs/changelog/", docs.changelog, name="api-docs-changelog"),
]
