"""The categories of the firm's own documents."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import current_user, for_staff
from extranet.access_library import access_category
from extranet.actions.library_category import add_category, delete_category, move_category, rename_category
from extranet.forms.library import CategoryForm
from extranet.models import DocumentCategory
from kernel.errors import DomainError


@require_POST
@for_staff
def category_add(request: HttpRequest) -> HttpResponse:
    """Adds a category of documents."""
    form = CategoryForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the category a name of at most 80 characters."))
        return redirect(f"{reverse('library')}#new-category")
    try:
        category = add_category(name=form.cleaned_data["name"])
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("library")
    messages.success(request, _("“%(name)s” is a category of documents.") % {"name": category.name})
    return _back(category)


@require_http_methods(["GET", "POST"])
@for_staff
def category_edit(request: HttpRequest, category_code: str) -> HttpResponse:
    """Returns the form of a category's name, or saves it."""
    category = access_category(current_user(request), category_code)
    data = request.POST if request.method == "POST" else None
    form = CategoryForm(data, initial={"name": category.name})
    if form.is_bound and form.is_valid():
        rename_category(category, name=form.cleaned_data["name"])
        messages.success(request, _("Saved."))
        return _back(category)
    context = {"form": form, "back": reverse("library"), "back_label": _("Documents"), "nav": "library"}
    return render(request, "extranet/office/library_category.html", context, status=422 if form.is_bound else 200)


@require_POST
@for_staff
def category_move(request: HttpRequest, category_code: str) -> HttpResponse:
    """Moves a category one place up or down."""
    category = access_category(current_user(request), category_code)
    move_category(category, up=request.POST.get("up") == "1")
    return _back(category)


@require_POST
@for_staff
def category_delete(request: HttpRequest, category_code: str) -> HttpResponse:
    """Deletes a category that has no documents."""
    category = access_category(current_user(request), category_code)
    try:
        delete_category(category)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The category “%(name)s” was deleted.") % {"name": category.name})
    return redirect("library")


def _back(category: DocumentCategory) -> HttpResponse:
    return redirect(f"{reverse('library')}#category-{category.code}")
