"""The mails of orders, in the active language: the action that sends one activates its reader's."""

from collections.abc import Mapping

from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from extranet.enums_order import OrderOrigin, OrderState
from extranet.mail_tags import ORDER, ORDER_FACTS, ORDERER, REASON, TOWN
from extranet.models import Order
from extranet.queries.order import diagnostic_labels
from mail.content import MailContent
from mail.kinds import FIRM, LINK, READER, MailGroup, MailKind, MailTag, Reader, Trust, Words, hello
from mail.tags import fence
from mail.writing import compose


def order_sent_mail(order: Order, *, link: str, firm_name: str) -> MailContent:
    """Returns the mail that tells who orders that the firm has its order."""
    values = {"commande": order.number, "cabinet": firm_name, "lien": link}
    return compose(ORDER_SENT, {**_reader(order), **values}, facts=_facts(order))


def order_received_mail(order: Order, *, name: str, link: str) -> MailContent:
    """Returns the mail that tells the firm of a new order."""
    kind = ORDER_RECEIVED_URGENT if order.urgent else ORDER_RECEIVED
    return compose(kind, _for_firm(order, name=name, link=link), facts=[(_("Orderer"), order.orderer), *_facts(order)])


def order_state_mail(order: Order, *, link: str, firm_name: str) -> MailContent:
    """Returns the mail that tells who orders where its order stands."""
    told = {"number": order.number, "firm": fence(firm_name)}
    text = {
        OrderState.ONGOING: _("%(firm)s has taken charge of your order %(number)s."),
        OrderState.DONE: _("%(firm)s has handled your order %(number)s."),
        OrderState.CANCELLED: _("%(firm)s has cancelled your order %(number)s."),
    }.get(OrderState(order.state), _("%(firm)s has put your order %(number)s back among those to be handled."))
    reason = ""
    if order.state == OrderState.CANCELLED and order.cancel_reason:
        reason = _("Reason: %(reason)s") % {"reason": fence(order.cancel_reason)}
    values = {
        "commande": order.number,
        "cabinet": firm_name,
        "etat": order.get_state_display().lower(),
        "nouvelle": text % told,
        "motif": reason,
        "lien": link,
    }
    return compose(ORDER_STATE, {**_reader(order), **values})


def order_cancelled_by_client_mail(order: Order, *, name: str, link: str) -> MailContent:
    """Returns the mail that tells the firm that a client cancelled its order."""
    values = {"commande": order.number, "donneur_ordre": order.orderer, "motif": order.cancel_reason, "lien": link}
    return compose(ORDER_WITHDRAWN, {**hello(name), **values})


def order_assigned_mail(order: Order, *, name: str, link: str) -> MailContent:
    """Returns the mail that tells somebody of the firm that an order was assigned to it."""
    told = _for_firm(order, name=name, link=link)
    return compose(ORDER_ASSIGNED, told, facts=[(_("Orderer"), order.orderer), *_facts(order)])


def _reader(order: Order) -> dict[str, str]:
    # an address that nobody has proved: no text of a stranger's goes there
    return hello("" if order.origin == OrderOrigin.VISITOR else order.orderer_name)


def _for_firm(order: Order, *, name: str, link: str) -> dict[str, str]:
    return {
        **hello(name),
        "commande": order.number,
        "ville": order.city,
        "donneur_ordre": order.orderer,
        "lien": link,
    }


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


# --- our words --------------------------------------------------------------------------------------------------------


def _sent(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Your order %(number)s was sent") % {"number": values["commande"]},
        paragraphs=[
            _("Your order has reached %(firm)s, which will get in touch with you.") % {"firm": values["cabinet"]}
        ],
        button=_("Follow the order"),
    )


def _received(values: Mapping[str, str]) -> Words:
    told = {"number": values["commande"], "town": values["ville"]}
    return Words(
        subject=_("New order %(number)s: %(town)s") % told,
        paragraphs=[_("An order waits to be handled.")],
        button=_("See the order"),
    )


def _received_urgent(values: Mapping[str, str]) -> Words:
    told = {"number": values["commande"], "town": values["ville"]}
    return Words(
        subject=_("Urgent order %(number)s: %(town)s") % told,
        paragraphs=[_("An order waits to be handled.")],
        button=_("See the order"),
    )


def _state(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Your order %(number)s: %(state)s") % {"number": values["commande"], "state": values["etat"]},
        paragraphs=[values["nouvelle"], values["motif"]],
        button=_("Follow the order"),
    )


def _withdrawn(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Order %(number)s cancelled by the client") % {"number": values["commande"]},
        paragraphs=[
            _("%(orderer)s no longer wants this order.") % {"orderer": values["donneur_ordre"]},
            _("Reason: %(reason)s") % {"reason": values["motif"]},
        ],
        button=_("See the order"),
    )


def _assigned(values: Mapping[str, str]) -> Words:
    return Words(
        subject=_("Order %(number)s is yours: %(town)s") % {"number": values["commande"], "town": values["ville"]},
        paragraphs=[_("This order was assigned to you.")],
        button=_("See the order"),
    )


_STAFF_TAGS = (*READER, ORDER, ORDERER, TOWN, LINK)
_STAFF_FACTS = ((gettext_lazy("Orderer"), gettext_lazy("Harbour Agency")), *ORDER_FACTS)

ORDER_SENT = MailKind(
    key="order_sent",
    group=MailGroup.ORDERS,
    reader=Reader.CLIENT,
    label=gettext_lazy("Order sent"),
    tags=(*READER, FIRM, ORDER, LINK),
    words=_sent,
    facts=ORDER_FACTS,
)
ORDER_RECEIVED = MailKind(
    key="order_received",
    group=MailGroup.ORDERS,
    reader=Reader.FIRM,
    label=gettext_lazy("New order"),
    tags=_STAFF_TAGS,
    words=_received,
    facts=_STAFF_FACTS,
)
ORDER_RECEIVED_URGENT = MailKind(
    key="order_received_urgent",
    group=MailGroup.ORDERS,
    reader=Reader.FIRM,
    label=gettext_lazy("New urgent order"),
    tags=_STAFF_TAGS,
    words=_received_urgent,
    facts=_STAFF_FACTS,
)
ORDER_STATE = MailKind(
    key="order_state",
    group=MailGroup.ORDERS,
    reader=Reader.CLIENT,
    label=gettext_lazy("New state of an order"),
    tags=(
        *READER,
        FIRM,
        ORDER,
        MailTag("etat", gettext_lazy("the state"), gettext_lazy("ongoing"), Trust.WORDS),
        MailTag(
            "nouvelle",
            gettext_lazy("what became of the order"),
            gettext_lazy("Armor Diagnostics has taken charge of your order C-2026-0042."),
            Trust.WORDS,
        ),
        MailTag("motif", gettext_lazy("the reason of a cancellation, if any"), "", Trust.WORDS),
        LINK,
    ),
    words=_state,
)
ORDER_WITHDRAWN = MailKind(
    key="order_withdrawn",
    group=MailGroup.ORDERS,
    reader=Reader.FIRM,
    label=gettext_lazy("Order cancelled by the client"),
    tags=(*READER, ORDER, ORDERER, REASON, LINK),
    words=_withdrawn,
)
ORDER_ASSIGNED = MailKind(
    key="order_assigned",
    group=MailGroup.ORDERS,
    reader=Reader.FIRM,
    label=gettext_lazy("Order assigned"),
    tags=_STAFF_TAGS,
    words=_assigned,
    facts=_STAFF_FACTS,
)
MAILS = (ORDER_SENT, ORDER_STATE, ORDER_RECEIVED, ORDER_RECEIVED_URGENT, ORDER_WITHDRAWN, ORDER_ASSIGNED)
