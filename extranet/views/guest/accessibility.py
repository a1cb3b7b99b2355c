"""How far the portal can be used by everybody."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from extranet.queries.company import company

#: When the pages were last tested: with the texts below, changed by hand.
TESTED_ON = date(2026, 11, 29)
#: Where whoever got no answer complains.
_DEFENDER = "https://formulaire.defenseurdesdroits.fr/"


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Returns the statement that French law asks for (RGAA 4.1, model of the declaration)."""
    context = {"tested_on": TESTED_ON, "defender_url": _DEFENDER, "contact_email": company().email}
    return render(request, "extranet/guest/accessibility.html", context)
