"""The page on which an owner says that it does not want to be reminded again."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from extranet.actions.renewal import address_of_token, stop_reminders
from kernel.signing import BadSignature


@require_http_methods(["GET", "POST"])
def reminders_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Returns the page with its one button, or does what the button says: a mail scanner that looks changes nothing."""
    try:
        email = stop_reminders(token) if request.method == "POST" else address_of_token(token)
    except BadSignature:
        return render(request, "extranet/guest/closed.html", {"state": "unknown"}, status=404)
    context = {"email": email, "done": request.method == "POST"}
    response = render(request, "extranet/guest/reminders_stop.html", context)
    response["Cache-Control"] = "no-store"
    return response
