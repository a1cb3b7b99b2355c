"""The documents of a quote: made once, kept with their sum, mailed; never made again."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from extranet.actions.quote_mail import tell_quote_answered, tell_quote_issued
from extranet.enums_quote import QuoteState
from extranet.models import Quote
from extranet.queries.quote import lines_of_quote
from extranet.quote_letter import certificate_pdf, quote_pdf
from kernel.jobs import firm_job
from storage.actions.files import claim, delete_stored_file, store_bytes


@firm_job(queue="documents")
def file_quote(*, quote_id: int) -> None:
    """Makes and keeps the document of a quote that was issued, and mails it; a second run does nothing."""
    quote = Quote.objects.select_related("order").filter(pk=quote_id, pdf__isnull=True).first()
    if quote is None or quote.is_draft:
        return
    with translation.override(quote.language):
        data = quote_pdf(quote, lines_of_quote(quote))
        stored = store_bytes(data, name=quote_file_name(quote))
    with transaction.atomic():
        locked = Quote.objects.select_for_update(of=("self",)).select_related("order").get(pk=quote_id)
        if locked.pdf_id is not None:  # another run was faster
            delete_stored_file(stored)
            return
        locked.pdf, locked.pdf_sha256 = claim(stored), stored.sha256
        locked.save(update_fields=["pdf", "pdf_sha256", "updated_at"])
        if locked.state == QuoteState.ISSUED:
            tell_quote_issued(locked, data=data)


@firm_job(queue="documents")
def file_certificate(*, quote_id: int) -> None:
    """Makes and keeps the certificate of an acceptance, and mails it to both; a second run does nothing."""
    quote = Quote.objects.filter(pk=quote_id, certificate__isnull=True).exclude(accepted_by="").first()
    if quote is None:
        return
    with translation.override(quote.language):
        data = certificate_pdf(quote)
        stored = store_bytes(data, name=certificate_file_name(quote))
    with transaction.atomic():
        locked = Quote.objects.select_for_update(of=("self",)).select_related("order").get(pk=quote_id)
        if locked.certificate_id is not None:
            delete_stored_file(stored)
            return
        locked.certificate = claim(stored)
        locked.save(update_fields=["certificate", "updated_at"])
        tell_quote_answered(locked, data=data)


def quote_file_name(quote: Quote) -> str:
    """Returns what the document is called when it is downloaded."""
    return f"{_('quote')}-{quote.number}.pdf"


def certificate_file_name(quote: Quote) -> str:
    """Returns what the certificate is called when it is downloaded."""
    return f"{_('acceptance')}-{quote.number}.pdf"
