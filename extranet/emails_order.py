"""The mails of orders, in the active language: the action that sends one activates its reader's."""

from django.utils import formats
from django.utils.translation import gettext as _

from extranet.enums_order import OrderOrigin, OrderState
from extranet.models import Order
from extranet.queries.order import diagnostic_labels
from mail.content import Button, MailContent


def order_sent_mail(order: Order, *, link: str, firm_name: str) -> MailContent:
    """Returns the mail that tells who orders that the firm has its order."""
    return MailContent(
        subject=_("Your order %(number)s was sent") % {"number": order.number},
        greeting=_greeting(order),
        paragraphs=[
            _("Your order has reached %(firm)s, which will get in touch with you.") % {"firm": firm_name},
        ],
        facts=_facts(order),
        button=Button(label=_("Follow the order"), url=link),
    )


def order_received_mail(order: Order, *, name: str, link: str) -> MailContent:
    """Returns the mail that tells the firm of a new order."""
    subject = _("Urgent order %(number)s: %(town)s") if order.urgent else _("New order %(number)s: %(town)s")
    return MailContent(
        subject=subject % {"number": order.number, "town": order.city},
        greeting=_("Hello %(name)s,") % {"name": name},
        paragraphs=[_("An order waits to be handled.")],
        facts=[(_("Orderer"), order.orderer), *_facts(order)],
        button=Button(label=_("See the order"), url=link),
    )


def order_state_mail(order: Order, *, link: str, firm_name: str) -> MailContent:
    """Returns the mail that tells who orders where its order stands."""
    told = {"number": order.number, "firm": firm_name}
    text = {
        OrderState.ONGOING: _("%(firm)s has taken charge of your order %(number)s."),
        OrderState.DONE: _("%(firm)s has handled your order %(number)s."),
        OrderState.CANCELLED: _("%(firm)s has cancelled your order %(number)s."),
    }.get(OrderState(order.state), _("%(firm)s has put your order %(number)s back among those to be handled."))
    paragraphs = [text % told]
    if order.state == OrderState.CANCELLED and order.cancel_reason:
        paragraphs.append(_("Reason: %(reason)s") % {"reason": order.cancel_reason})
    return MailContent(
        subject=_("Your order %(number)s: %(state)s")
        % {"number": order.number, "state": order.get_state_display().lower()},
        greeting=_greeting(order),
        paragraphs=paragraphs,
        button=Button(label=_("Follow the order"), url=link),
    )


def order_cancelled_by_client_mail(order: Order, *, name: str, link: str) -> MailContent:
    """Returns the mail that tells the firm that a client cancelled its order."""
    return MailContent(
        subject=_("Order %(number)s cancelled by the client") % {"number": order.number},
        greeting=_("Hello %(name)s,") % {"name": name},
        paragraphs=[
            _("%(orderer)s no longer wants this order.") % {"orderer": order.orderer},
            _("Reason: %(reason)s") % {"reason": order.cancel_reason},
        ],
        button=Button(label=_("See the order"), url=link),
    )


def order_assigned_mail(order: Order, *, name: str, link: str) -> MailContent:
    """Returns the mail that tells somebody of the firm that an order was assigned to it."""
    return MailContent(
        subject=_("Order %(number)s is yours: %(town)s") % {"number": order.number, "town": order.city},
        greeting=_("Hello %(name)s,") % {"name": name},
        paragraphs=[_("This order was assigned to you.")],
        facts=[(_("Orderer"), order.orderer), *_facts(order)],
        button=Button(label=_("See the order"), url=link),
    )


def _greeting(order: Order) -> str:
    # an address that nobody has proved: no text of a stranger's goes there
    if order.origin == OrderOrigin.VISITOR or not order.orderer_name:
        return _("Hello,")
    return _("Hello %(name)s,") % {"name": order.orderer_name}


def _facts(order: Order) -> list[tuple[str, str]]:
    facts = [(_("Number"), order.number)]
    if order.origin != OrderOrigin.VISITOR:
        facts.append((_("Property"), order.address_line))
    facts += [
        (_("Made for"), str(order.get_transaction_display())),
        (_("Diagnostics"), ", ".join(diagnostic_labels(order.diagnostics)) or "—"),
    ]
    if order.wanted_by:
        facts.append((_("Reports wanted by"), formats.date_format(order.wanted_by, "DATE_FORMAT")))
    return facts
