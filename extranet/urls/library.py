"""Addresses of the firm's own documents."""

from django.urls import path

from extranet.views.office import library as office
from extranet.views.office import library_category as category
from extranet.views.portal import library

_CATEGORY = "documents/rubriques"
_ONE = "documents/<str:document_code>"

urlpatterns = [
    path("documents/", library.library, name="library"),
    path("documents/nouveau/", office.document_new, name="library-new"),
    path("documents/ordre/", office.documents_place, name="library-place"),
    path("documents/echeances/", office.library_deadlines, name="library-deadlines"),
    path(f"{_CATEGORY}/", category.category_add, name="library-category-add"),
    path(f"{_CATEGORY}/<str:category_code>/", category.category_edit, name="library-category-edit"),
    path(f"{_CATEGORY}/<str:category_code>/deplacer/", category.category_move, name="library-category-move"),
    path(f"{_CATEGORY}/<str:category_code>/supprimer/", category.category_delete, name="library-category-delete"),
    path(f"{_ONE}/", library.document_read, name="library-read"),
    path(f"{_ONE}/contenu/", library.document_content, name="library-content"),
    path(f"{_ONE}/telecharger/", library.document_download, name="library-download"),
    path(f"{_ONE}/modifier/", office.document_edit, name="library-edit"),
    path(f"{_ONE}/deplacer/", office.document_move, name="library-move"),
    path(f"{_ONE}/supprimer/", office.document_delete, name="library-delete"),
    path(f"{_ONE}/versions/<str:docversion_code>/", office.version_download, name="library-version"),
]
