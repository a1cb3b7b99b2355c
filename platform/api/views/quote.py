"""Quotes: read, prepared and sent by the firm, answered by its clients."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope, User
from api.bodies import contact_of, refuse_errors, wrong
from api.serializers.quote import (
    AcceptSerializer,
    NewQuoteSerializer,
    ProlongSerializer,
    QuoteDetailSerializer,
    QuoteEventSerializer,
    QuoteLineSerializer,
    QuoteQuerySerializer,
    QuoteSerializer,
    RecordSerializer,
    RefuseSerializer,
    SentQuoteSerializer,
    WithdrawSerializer,
    columns_for,
)
from api.views.base import ApiView, ListView, answer_one, check_match, only, validated
from api.views.content import ContentView
from extranet.access_order import access_order
from extranet.access_quote import access_quote, access_quote_paper
from extranet.actions.quote import (
    FIELDS,
    begin_quote,
    copy_quote,
    delete_quote,
    issue_quote,
    prepare_quote,
    save_quote,
)
from extranet.actions.quote_answer import accept_quote, prolong_quote, record_acceptance, refuse_quote, withdraw_quote
from extranet.actions.quote_paper import certificate_file_name, quote_file_name
from extranet.enums_quote import AcceptedBy
from extranet.forms.quote import RefuseForm, kind_of_line
from extranet.models import Quote
from extranet.queries.order_filter import visible_orders
from extranet.queries.quote import events_of_quote, lines_of_quote, terms_of
from extranet.queries.quote_filter import QuoteFilter, filtered_quotes
from extranet.quoting import QuoteTerms
from extranet.views.common import visit_of
from tenants.links import here_url

_READ, _WRITE = Scope.QUOTES_READ, Scope.QUOTES_WRITE
_RIGHT = Permission.QUOTES
_EXAMPLE = OpenApiExample(
    "A quote for a contact",
    value={
        "contact": "k3v9x2p7m4qd",
        "property_address": "12 rue de Siam, 29200 Brest",
        "lines": [
            {"label": "DPE", "unit": "110.00", "diagnostic": "dpe"},
            {"label": "Remise", "unit": "-10.00"},
        ],
        "issue": True,
    },
    request_only=True,
)


class QuoteList(ListView):
    """The quotes that the person of the key sees."""

    scopes = {"GET": _READ, "POST": _WRITE}
    rights = {"GET": _RIGHT, "POST": _RIGHT}
    query_serializer = QuoteQuerySerializer
    orderings = {"created_at": "created_at", "updated_at": "updated_at", "amount": "gross"}

    @extend_schema(
        operation_id="quotes_list",
        tags=["quotes"],
        parameters=[QuoteQuerySerializer],
        responses=QuoteSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Returns quotes, the newest first; a client's once they are sent."""
        found = _narrowed(self.user, self.query(request)).select_related("order", "contact", "replaces")
        found = found.defer("search", "order__search", "contact__search", "replaces__search")
        return self.answer_page(request, found, lambda rows: drawn(rows, self.user), names=columns_for(self.user))

    @extend_schema(
        operation_id="quotes_create",
        tags=["quotes"],
        request=NewQuoteSerializer,
        responses={201: QuoteDetailSerializer},
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Prepares a quote, and sends it if asked to; of an order whose draft waits already it is that draft."""
        self.refuse_clients()
        data = validated(NewQuoteSerializer, request)
        quote = _begun(data, self.user)
        if data.keys() & {*FIELDS, "lines"}:
            quote = edit_quote(quote, data, self.user)
        if data["issue"]:
            quote = issue_quote(quote, user=self.user)
        found = detail_of(access_quote(self.user, quote.code), self.user)
        response = answer_one(request, found, status=HTTPStatus.CREATED)
        response["Location"] = here_url("api-quote", quote.code)
        return response


class QuoteDetail(ApiView):
    """One quote."""

    scopes = {"GET": _READ, "PATCH": _WRITE, "DELETE": _WRITE}
    rights = {"GET": _RIGHT, "PATCH": _RIGHT, "DELETE": _RIGHT}

    @extend_schema(operation_id="quotes_read", tags=["quotes"], responses=QuoteDetailSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Returns a quote with its lines."""
        return answer_one(request, detail_of(access_quote(self.user, code), self.user))

    @extend_schema(
        operation_id="quotes_update", tags=["quotes"], request=SentQuoteSerializer, responses=QuoteDetailSerializer
    )
    def patch(self, request: Request, code: str) -> Response:
        """Changes what is sent of a draft."""
        self.refuse_clients()
        quote = access_quote(self.user, code)
        check_match(request, detail_of(quote, self.user))
        edit_quote(quote, validated(SentQuoteSerializer, request), self.user)
        return answer_one(request, detail_of(access_quote(self.user, code), self.user))

    @extend_schema(operation_id="quotes_delete", tags=["quotes"], responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        """Deletes a draft; what was sent is withdrawn."""
        self.refuse_clients()
        quote = access_quote(self.user, code)
        check_match(request, detail_of(quote, self.user))
        delete_quote(quote)
        return Response(status=HTTPStatus.NO_CONTENT)


class _QuoteStep(ApiView):
    """Something done to a quote once."""

    scopes = {"POST": _WRITE}
    rights = {"POST": _RIGHT}

    def answer(self, request: Request, code: str, step: Callable[[Quote], Quote]) -> Response:
        """Returns the quote after a step; raises what the step raises."""
        quote = access_quote(self.user, code)
        check_match(request, detail_of(quote, self.user))
        step(quote)
        return answer_one(request, detail_of(access_quote(self.user, code), self.user))


class QuoteIssue(_QuoteStep):
    """A draft that is sent."""

    clients = False

    @extend_schema(operation_id="quotes_issue", tags=["quotes"], request=None, responses=QuoteDetailSerializer)
    def post(self, request: Request, code: str) -> Response:
        """Sends a draft under the next number; its document and its mail follow in a moment."""
        return self.answer(request, code, lambda quote: issue_quote(quote, user=self.user))


class QuoteReplace(ApiView):
    """A quote that is to take the place of another one."""

    scopes = {"POST": _WRITE}
    rights = {"POST": _RIGHT}
    clients = False

    @extend_schema(operation_id="quotes_replace", tags=["quotes"], request=None, responses={201: QuoteDetailSerializer})
    def post(self, request: Request, code: str) -> Response:
        """Prepares a draft with all that a quote says; the former is replaced once the draft is sent."""
        made = copy_quote(access_quote(self.user, code), user=self.user)
        found = detail_of(access_quote(self.user, made.code), self.user)
        response = answer_one(request, found, status=HTTPStatus.CREATED)
        response["Location"] = here_url("api-quote", made.code)
        return response


class QuoteAccept(_QuoteStep):
    """A client's agreement."""

    @extend_schema(
        operation_id="quotes_accept", tags=["quotes"], request=AcceptSerializer, responses=QuoteDetailSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Accepts a quote for the client of the key, who has read its document; the proof is kept with it."""
        _refuse_staff(self.user)
        data, visit = validated(AcceptSerializer, request), visit_of(request._request)
        return self.answer(request, code, lambda quote: accept_quote(quote, **data, visit=visit, user=self.user))


class QuoteRefuse(_QuoteStep):
    """A client's refusal."""

    @extend_schema(
        operation_id="quotes_refuse", tags=["quotes"], request=RefuseSerializer, responses=QuoteDetailSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Refuses a quote for the client of the key; the firm is told."""
        _refuse_staff(self.user)
        data, visit = validated(RefuseSerializer, request), visit_of(request._request)
        refuse_errors(RefuseForm(data))
        return self.answer(request, code, lambda quote: refuse_quote(quote, **data, visit=visit, user=self.user))


class QuoteRecord(_QuoteStep):
    """An agreement that did not come on line."""

    clients = False

    @extend_schema(
        operation_id="quotes_record", tags=["quotes"], request=RecordSerializer, responses=QuoteDetailSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Records an acceptance by phone, on paper or by e-mail."""
        data = validated(RecordSerializer, request)
        how = AcceptedBy(data.pop("how"))
        return self.answer(request, code, lambda quote: record_acceptance(quote, how=how, **data, user=self.user))


class QuoteWithdraw(_QuoteStep):
    """A quote that no longer holds."""

    clients = False

    @extend_schema(
        operation_id="quotes_withdraw", tags=["quotes"], request=WithdrawSerializer, responses=QuoteDetailSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Withdraws a quote for a reason."""
        data = validated(WithdrawSerializer, request)
        return self.answer(request, code, lambda quote: withdraw_quote(quote, **data, user=self.user))


class QuoteProlong(_QuoteStep):
    """More time for the client."""

    clients = False

    @extend_schema(
        operation_id="quotes_prolong", tags=["quotes"], request=ProlongSerializer, responses=QuoteDetailSerializer
    )
    def post(self, request: Request, code: str) -> Response:
        """Gives the client more time; the client is told."""
        data = validated(ProlongSerializer, request)
        return self.answer(request, code, lambda quote: prolong_quote(quote, **data, user=self.user))


class QuotePaper(ContentView):
    """The document of a quote."""

    gives_stored = True
    scopes = {"GET": _READ}
    rights = {"GET": _RIGHT}

    @extend_schema(
        operation_id="quotes_pdf", tags=["quotes"], responses={(200, "application/pdf"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, code: str) -> HttpResponseBase:
        """Returns the document as it was sent; it is there a moment after that."""
        quote = access_quote(self.user, code)
        return self.stored(request, access_quote_paper(quote, certificate=False), name=quote_file_name(quote))


class QuoteCertificate(ContentView):
    """The certificate of an acceptance."""

    gives_stored = True
    scopes = {"GET": _READ}
    rights = {"GET": _RIGHT}

    @extend_schema(
        operation_id="quotes_certificate", tags=["quotes"], responses={(200, "application/pdf"): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, code: str) -> HttpResponseBase:
        """Returns the certificate of an acceptance; it is there a moment after that."""
        quote = access_quote(self.user, code)
        return self.stored(request, access_quote_paper(quote, certificate=True), name=certificate_file_name(quote))


def drawn(quotes: Sequence[Quote], user: User) -> list[dict[str, Any]]:
    """Returns quotes as this person's lists show them."""
    columns = frozenset(columns_for(user))
    return [only(row, columns) for row in QuoteSerializer(quotes, many=True).data]


def detail_of(quote: Quote, user: User) -> dict[str, Any]:
    """Returns a quote with its lines and, for the firm, its history."""
    (found,) = drawn([quote], user)
    found["lines"] = QuoteLineSerializer(lines_of_quote(quote), many=True).data
    if user.is_firm_staff:
        found["history"] = QuoteEventSerializer(events_of_quote(quote), many=True).data
    return found


def edit_quote(quote: Quote, data: Mapping[str, Any], user: User) -> Quote:
    """Returns the draft as it is sent, in the caller's transaction; raises ValidationError or DomainError."""
    values = {name: value for name, value in data.items() if name in FIELDS}
    if values.keys() & {"client_name", "client_company"} and not (
        values.get("client_name", quote.client_name) or values.get("client_company", quote.client_company)
    ):
        raise wrong("client_name", _("Say for whom the quote is."), code="nobody")
    lines = [_line(line) for line in data["lines"]] if "lines" in data else terms_of(lines_of_quote(quote))
    return save_quote(quote, version=quote.version, values=values, lines=lines, user=user)


def _line(data: Mapping[str, Any]) -> QuoteTerms:
    # a discount bears no diagnostic
    diagnostic = "" if data["unit"] < 0 else data["diagnostic"]
    return QuoteTerms(
        label=data["label"],
        detail=data["detail"],
        quantity=data["quantity"],
        unit=data["unit"],
        vat_rate=Decimal(data["vat_rate"]) if data["vat_rate"] else None,
        diagnostic=diagnostic,
        kind=kind_of_line(unit=data["unit"], diagnostic=diagnostic, kind=data["kind"]),
    )


def _begun(data: Mapping[str, Any], user: User) -> Quote:
    if data.get("order"):
        order = visible_orders(user).filter(code=data["order"]).first()
        if order is None:
            raise wrong("order", _("There is no such order."), code="unknown_order")
        return prepare_quote(access_order(user, order.code), user=user)
    return begin_quote(user=user, contact=contact_of(data["contact"]) if data.get("contact") else None)


def _narrowed(user: User, asked: Mapping[str, Any]) -> QuerySet[Quote]:
    wanted = QuoteFilter(
        q=asked.get("q", ""),
        state=asked.get("state", ""),
        since=str(asked.get("since", "")),
        until=str(asked.get("until", "")),
        client=asked.get("contact", ""),
    )
    found = filtered_quotes(user, wanted)
    if code := asked.get("order"):
        found = found.filter(order__code=code)
    if since := asked.get("updated_since"):
        found = found.filter(updated_at__gte=since)
    return found


def _refuse_staff(user: User) -> None:
    """The firm's people record an answer otherwise."""
    if user.is_firm_staff:
        raise Http404
