"""The mails of quotes, in the active language: the action that sends one activates its reader's."""

from collections.abc import Mapping, Sequence

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.enums_quote import QuoteState
from extranet.mail_tags import PROPERTY_FACT, QUOTE, QUOTE_FACTS, REASON, STOP, TOTAL
from extranet.models import Quote
from kernel.money import euros
from mail.content import Attachment, MailContent
from mail.kinds import FIRM, LINK, READER, MailGroup, MailKind, MailTag, Reader, Words, hello
from mail.writing import compose


def quote_issued_mail(quote: Quote, *, link: str, firm_name: str, attachments: Sequence[Attachment]) -> MailContent:
    """Returns the mail by which a quote leaves."""
    values = _for_client(quote, link=link, firm_name=firm_name)
    return compose(QUOTE_ISSUED, values, facts=_facts(quote), attachments=attachments)


def quote_accepted_mail(quote: Quote, *, link: str, firm_name: str, attachments: Sequence[Attachment]) -> MailContent:
    """Returns the mail that confirms to the client what it accepted, with the certificate."""
    values = _for_client(quote, link=link, firm_name=firm_name)
    return compose(QUOTE_ACCEPTED, values, facts=_facts(quote), attachments=attachments)


def quote_answered_mail(quote: Quote, *, name: str, link: str, attachments: Sequence[Attachment]) -> MailContent:
    """Returns the mail that tells the firm what was answered."""
    refused = quote.state == QuoteState.REFUSED
    values = {
        **hello(name),
        "devis": quote.number,
        "client": quote.client,
        "total": euros(quote.gross),
        "lien": link,
    }
    if refused:
        values["motif"] = " – ".join(part for part in (quote.get_refuse_reason_display(), quote.refuse_text) if part)
    return compose(
        QUOTE_REFUSED if refused else QUOTE_ANSWERED,
        values,
        facts=[(_("Client"), quote.client), (_("Property"), quote.property_address), *_facts(quote)],
        attachments=attachments,
    )


def quote_prolonged_mail(quote: Quote, *, link: str, firm_name: str) -> MailContent:
    """Returns the mail that tells the client that it has more time."""
    return compose(QUOTE_PROLONGED, _for_client(quote, link=link, firm_name=firm_name), facts=_facts(quote))


def quote_reminder_mail(quote: Quote, *, link: str, stop_link: str, firm_name: str) -> MailContent:
    """Returns the mail that reminds a client of a quote without an answer."""
    values = {**_for_client(quote, link=link, firm_name=firm_name), "lien_arret": stop_link}
    return compose(QUOTE_REMINDER, values, facts=_facts(quote))


def _for_client(quote: Quote, *, link: str, firm_name: str) -> dict[str, str]:
    return {
        **hello("" if quote.is_link_only else quote.client_name),
        "cabinet": firm_name,
        "devis": quote.number,
        "total": euros(quote.gross),
        "lien": link,
    }


def _facts(quote: Quote) -> list[tuple[str, str]]:
    facts = [(_("Number"), quote.number)]
    total = _("Total with VAT") if quote.vat else _("Total")
    facts.append((total, euros(quote.gross)))
    if quote.state == QuoteState.ISSUED and quote.valid_until:
        facts.append((_("Valid until"), formats.date_format(quote.valid_until, "DATE_FORMAT")))
    elif quote.decided_at:
        facts.append((_("Answered on"), formats.date_format(timezone.localtime(quote.decided_at), "DATETIME_FORMAT")))
    return facts


# --- our words --------------------------------------------------------------------------------------------------------


def _issued(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Your quote %(number)s") % {"number": values["devis"]},
        paragraphs=[
            _("Here is the quote of %(firm)s. You can read it, accept it or refuse it on line, without an account.")
            % {"firm": values["cabinet"]}
        ],
        button=_("Read and answer"),
    )


def _accepted(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("You have accepted the quote %(number)s") % {"number": values["devis"]},
        paragraphs=[
            _("%(firm)s thanks you. The certificate of your acceptance is attached: keep it.")
            % {"firm": values["cabinet"]}
        ],
        button=_("See the quote"),
    )


def _answered(values: Mapping[str, str]) -> Words:
    told = {"number": values["devis"], "client": values["client"]}
    return Words(
        subject=_("Quote %(number)s accepted: %(client)s") % told,
        paragraphs=[_("The client has accepted the quote.")],
        button=_("See the quote"),
    )


def _refused(values: Mapping[str, str]) -> Words:
    told = {"number": values["devis"], "client": values["client"]}
    return Words(
        subject=_("Quote %(number)s refused: %(client)s") % told,
        paragraphs=[_("The client has refused the quote."), _("Reason: %(reason)s") % {"reason": values["motif"]}],
        button=_("See the quote"),
    )


def _prolonged(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Your quote %(number)s is prolonged") % {"number": values["devis"]},
        paragraphs=[
            _("%(firm)s gives you more time to answer; the price does not change.") % {"firm": values["cabinet"]}
        ],
        button=_("Read and answer"),
    )


def _reminder(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Your quote %(number)s awaits your answer") % {"number": values["devis"]},
        paragraphs=[
            _("You have not answered yet to the quote of %(firm)s. It takes a minute, on line.")
            % {"firm": values["cabinet"]},
            _("No more reminders of this quote: %(link)s") % {"link": values["lien_arret"]},
        ],
        button=_("Read and answer"),
    )


_TAGS = (*READER, FIRM, QUOTE, TOTAL, LINK)
_CLIENT = MailTag("client", gettext_lazy("the client"), gettext_lazy("Harbour Agency"))
_STAFF_FACTS = ((gettext_lazy("Client"), gettext_lazy("Harbour Agency")), PROPERTY_FACT, *QUOTE_FACTS)

QUOTE_ISSUED = MailKind(
    key="quote_issued",
    group=MailGroup.QUOTES,
    reader=Reader.CLIENT,
    label=gettext_lazy("Quote issued"),
    tags=_TAGS,
    words=_issued,
    secrets=("lien",),
    facts=QUOTE_FACTS,
)
QUOTE_ACCEPTED = MailKind(
    key="quote_accepted",
    group=MailGroup.QUOTES,
    reader=Reader.CLIENT,
    label=gettext_lazy("Quote accepted: to the client"),
    tags=_TAGS,
    words=_accepted,
    secrets=("lien",),
    facts=QUOTE_FACTS,
)
QUOTE_PROLONGED = MailKind(
    key="quote_prolonged",
    group=MailGroup.QUOTES,
    reader=Reader.CLIENT,
    label=gettext_lazy("Quote prolonged"),
    tags=_TAGS,
    words=_prolonged,
    secrets=("lien",),
    facts=QUOTE_FACTS,
)
QUOTE_REMINDER = MailKind(
    key="quote_reminder",
    group=MailGroup.QUOTES,
    reader=Reader.CLIENT,
    label=gettext_lazy("Reminder of a quote"),
    tags=(*_TAGS, STOP),
    words=_reminder,
    # whoever is reminded can end it
    secrets=("lien", "lien_arret"),
    facts=QUOTE_FACTS,
)
QUOTE_ANSWERED = MailKind(
    key="quote_answered",
    group=MailGroup.QUOTES,
    reader=Reader.FIRM,
    label=gettext_lazy("Quote accepted: to the firm"),
    tags=(*READER, QUOTE, _CLIENT, TOTAL, LINK),
    words=_answered,
    facts=_STAFF_FACTS,
)
QUOTE_REFUSED = MailKind(
    key="quote_refused",
    group=MailGroup.QUOTES,
    reader=Reader.FIRM,
    label=gettext_lazy("Quote refused: to the firm"),
    tags=(*READER, QUOTE, _CLIENT, TOTAL, REASON, LINK),
    words=_refused,
    facts=_STAFF_FACTS,
)
MAILS = (QUOTE_ISSUED, QUOTE_ACCEPTED, QUOTE_PROLONGED, QUOTE_REMINDER, QUOTE_ANSWERED, QUOTE_REFUSED)
