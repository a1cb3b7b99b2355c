"""Where a person arrives."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.access import for_members


@require_safe
@for_members
def home(request: HttpRequest) -> HttpResponse:
    """Sends a person to its dossiers."""
    return redirect("dossier-list")
