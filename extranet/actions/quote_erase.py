"""Taking a person out of the quotes of a firm (GDPR, article 17)."""

from django.db.models import Q
from django.db.models.functions import Lower

from accounts.models import Role
from extranet.actions.quote_history import quote_search_text
from extranet.enums_quote import QuoteState
from extranet.models import Contact, Quote, QuoteEvent
from storage.actions.files import delete_stored_file


def erase_quotes(contact: Contact, addresses: list[str], *, name: str) -> None:
    """Takes names, addresses and what was typed out of a contact's quotes, in the caller's transaction.

    Drafts go altogether; so do the documents of what was never accepted. Those of an agreement, and its certificate,
    are proofs that the firm must keep: they stay.
    """
    folded = Quote.objects.annotate(folded=Lower("client_email"))
    keys = list(folded.filter(Q(contact=contact) | Q(folded__in=addresses)).values_list("pk", flat=True))
    found = Quote.objects.select_for_update(of=("self",)).select_related("order", "pdf").filter(pk__in=keys)
    for quote in found.order_by("pk"):
        if quote.state == QuoteState.DRAFT:
            quote.delete()
            continue
        quote.client_name, quote.client_company, quote.client_email = name[:120], "", ""
        quote.client_phone = quote.client_address = quote.note = ""
        quote.refuse_text, quote.accepted_agent, quote.accepted_address = "", "", None
        quote.accepted_name = name[:120] if quote.accepted_name else ""
        paper = quote.pdf if not quote.accepted_by else None
        if paper is not None:
            quote.pdf = None
        quote.search = quote_search_text(quote)
        quote.save()
        if paper is not None:
            delete_stored_file(paper)
    events = QuoteEvent.objects.filter(quote__in=keys)
    events.exclude(actor__role__in=[Role.ADMIN, Role.STAFF]).update(actor_name=name[:120], address=None)
    events.update(subject="")
