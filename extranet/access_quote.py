"""The doors to one quote: what a person may not see does not exist."""

from django.http import Http404

from accounts.models import User
from extranet.models import Quote
from extranet.queries.quote import quote_of_token
from extranet.queries.quote_filter import visible_quotes
from storage.models import StoredFile


def access_quote(user: User, code: str) -> Quote:
    """Returns the quote of this code; raises Http404 when it is not there or not for this person."""
    found = visible_quotes(user).select_related("pdf", "certificate", "order", "contact__user", "replaces")
    quote = found.filter(code=code).first()
    if quote is None:
        raise Http404
    return quote


def access_quote_by_token(token: str) -> Quote:
    """Returns the quote of a mail's link; raises Http404 when the link opens none."""
    quote = quote_of_token(token)
    if quote is None:
        raise Http404
    return quote


def access_quote_paper(quote: Quote, *, certificate: bool) -> StoredFile:
    """Returns the document of a quote that the person has, or its certificate; raises Http404 while it is not there."""
    stored: StoredFile | None = quote.certificate if certificate else quote.pdf
    if stored is None:
        raise Http404
    return stored
