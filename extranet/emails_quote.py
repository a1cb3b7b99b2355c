"""The mails of quotes, in the active language: the action that sends one activates its reader's."""

from collections.abc import Sequence

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from extranet.enums_quote import QuoteState
from extranet.models import Quote
from kernel.money import euros
from mail.content import Attachment, Button, MailContent


def quote_issued_mail(quote: Quote, *, link: str, firm_name: str, attachments: Sequence[Attachment]) -> MailContent:
    """Returns the mail by which a quote leaves."""
    return MailContent(
        subject=_("Your quote %(number)s") % {"number": quote.number},
        greeting=_greeting(quote),
        paragraphs=[
            _("Here is the quote of %(firm)s. You can read it, accept it or refuse it on line, without an account.")
            % {"firm": firm_name},
        ],
        facts=_facts(quote),
        button=Button(label=_("Read and answer"), url=link),
        attachments=list(attachments),
    )


def quote_accepted_mail(quote: Quote, *, link: str, firm_name: str, attachments: Sequence[Attachment]) -> MailContent:
    """Returns the mail that confirms to the client what it accepted, with the certificate."""
    return MailContent(
        subject=_("You have accepted the quote %(number)s") % {"number": quote.number},
        greeting=_greeting(quote),
        paragraphs=[
            _("%(firm)s thanks you. The certificate of your acceptance is attached: keep it.") % {"firm": firm_name},
        ],
        facts=_facts(quote),
        button=Button(label=_("See the quote"), url=link),
        attachments=list(attachments),
    )


def quote_answered_mail(quote: Quote, *, name: str, link: str, attachments: Sequence[Attachment]) -> MailContent:
    """Returns the mail that tells the firm what was answered."""
    accepted = quote.state != QuoteState.REFUSED
    subject = _("Quote %(number)s accepted: %(client)s") if accepted else _("Quote %(number)s refused: %(client)s")
    paragraphs = [_("The client has accepted the quote.") if accepted else _("The client has refused the quote.")]
    if not accepted:
        reason = " – ".join(part for part in (quote.get_refuse_reason_display(), quote.refuse_text) if part)
        paragraphs.append(_("Reason: %(reason)s") % {"reason": reason})
    return MailContent(
        subject=subject % {"number": quote.number, "client": quote.client},
        greeting=_("Hello %(name)s,") % {"name": name},
        paragraphs=paragraphs,
        facts=[(_("Client"), quote.client), (_("Property"), quote.property_address), *_facts(quote)],
        button=Button(label=_("See the quote"), url=link),
        attachments=list(attachments),
    )


def quote_prolonged_mail(quote: Quote, *, link: str, firm_name: str) -> MailContent:
    """Returns the mail that tells the client that it has more time."""
    return MailContent(
        subject=_("Your quote %(number)s is prolonged") % {"number": quote.number},
        greeting=_greeting(quote),
        paragraphs=[_("%(firm)s gives you more time to answer; the price does not change.") % {"firm": firm_name}],
        facts=_facts(quote),
        button=Button(label=_("Read and answer"), url=link),
    )


def quote_reminder_mail(quote: Quote, *, link: str, stop_link: str, firm_name: str) -> MailContent:
    """Returns the mail that reminds a client of a quote without an answer."""
    return MailContent(
        subject=_("Your quote %(number)s awaits your answer") % {"number": quote.number},
        greeting=_greeting(quote),
        paragraphs=[
            _("You have not answered yet to the quote of %(firm)s. It takes a minute, on line.") % {"firm": firm_name},
            _("No more reminders of this quote: %(link)s") % {"link": stop_link},
        ],
        facts=_facts(quote),
        button=Button(label=_("Read and answer"), url=link),
    )


def _greeting(quote: Quote) -> str:
    if quote.is_link_only or not quote.client_name:
        return _("Hello,")
    return _("Hello %(name)s,") % {"name": quote.client_name}


def _facts(quote: Quote) -> list[tuple[str, str]]:
    facts = [(_("Number"), quote.number)]
    total = _("Total with VAT") if quote.vat else _("Total")
    facts.append((total, euros(quote.gross)))
    if quote.state == QuoteState.ISSUED and quote.valid_until:
        facts.append((_("Valid until"), formats.date_format(quote.valid_until, "DATE_FORMAT")))
    elif quote.decided_at:
        facts.append((_("Answered on"), formats.date_format(timezone.localtime(quote.decided_at), "DATETIME_FORMAT")))
    return facts
