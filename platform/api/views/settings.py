"""What a program needs of the firm's settings, to read alone."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch
from django.utils.functional import Promise
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope
from api.serializers.settings import (
    BookingSerializer,
    CompanySerializer,
    DiagnosticianSerializer,
    PersonSerializer,
    PriceListSerializer,
    SettingsSerializer,
    ValidityRuleSerializer,
)
from api.views.base import ApiView, ListView, answer_one
from billing.forms.payment import MANUAL_METHODS
from extranet.enums import ContactKind, DiagnosticKind, FileKind, Payer, PropertyKind, Transaction
from extranet.enums_booking import AppointmentState
from extranet.enums_order import OrderState, ZoneKind
from extranet.enums_quote import QuoteState
from extranet.models import (
    DiagnosticDuration,
    Diagnostician,
    PriceList,
    PriceRow,
    StepTemplate,
    ValidityRule,
    WorkingHours,
)
from extranet.queries.company import company
from extranet.queries.order import firm_people
from extranet.queries.slot import booking_settings
from extranet.views.common import firm_of


class Settings(ApiView):
    """The firm, its people and its closed lists."""

    scopes = {"GET": Scope.SETTINGS_READ}
    clients = False

    @extend_schema(operation_id="settings_read", tags=["settings"], responses=SettingsSerializer)
    def get(self, request: Request) -> Response:
        """Returns the firm's name, people and closed lists, in the caller's language."""
        firm = firm_of(request._request)
        data = {
            "firm": firm.branding.site_name or firm.name,
            "time_zone": booking_settings().time_zone,
            "language": firm.branding.language,
            "people": PersonSerializer(firm_people(), many=True).data,
            "diagnosticians": DiagnosticianSerializer(Diagnostician.objects.order_by("name", "id"), many=True).data,
            "steps": list(StepTemplate.objects.values_list("name", flat=True)),
            "lists": {
                "diagnostics": _shown(DiagnosticKind.choices),
                "transactions": _shown(Transaction.choices),
                "property_kinds": _shown(PropertyKind.choices),
                "file_kinds": _shown(FileKind.choices),
                "contact_kinds": _shown(ContactKind.choices),
                "payers": _shown(Payer.choices),
                "order_states": _shown(OrderState.choices),
                "quote_states": _shown(QuoteState.choices),
                "appointment_states": _shown(AppointmentState.choices),
                "payment_methods": _shown(MANUAL_METHODS),
                "zones": _shown(ZoneKind.choices),
            },
        }
        return answer_one(request, data)


class CompanySettings(ApiView):
    """Who the firm is in law."""

    scopes = {"GET": Scope.SETTINGS_READ}
    rights = {"GET": Permission.SETTINGS}
    clients = False

    @extend_schema(operation_id="settings_company", tags=["settings"], responses=CompanySerializer)
    def get(self, request: Request) -> Response:
        """Returns the firm's registration, address and insurance."""
        return answer_one(request, CompanySerializer(company()).data)


class BookingRules(ApiView):
    """The firm's rules of visits."""

    scopes = {"GET": Scope.SETTINGS_READ}
    rights = {"GET": Permission.SETTINGS}
    clients = False

    @extend_schema(operation_id="settings_booking", tags=["settings"], responses=BookingSerializer)
    def get(self, request: Request) -> Response:
        """Returns the rules of visits, with everybody's hours and how long diagnostics take."""
        settings: Any = booking_settings()
        hours = WorkingHours.objects.select_related("diagnostician").order_by("diagnostician_id", "weekday", "starts")
        settings.hours, settings.durations = list(hours), list(DiagnosticDuration.objects.order_by("kind", "id"))
        return answer_one(request, BookingSerializer(settings).data)


class ValidityRules(ListView):
    """How long diagnostics can be used."""

    scopes = {"GET": Scope.SETTINGS_READ}
    rights = {"GET": Permission.SETTINGS}
    clients = False
    orderings = {"kind": "kind"}
    default_ordering = "kind"

    @extend_schema(operation_id="settings_validity", tags=["settings"], responses=ValidityRuleSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Returns the firm's rules of validity."""
        self.query(request)
        return self.answer_page(
            request,
            ValidityRule.objects.all(),
            lambda rows: list(ValidityRuleSerializer(rows, many=True).data),
            names=ValidityRuleSerializer.Meta.fields,
        )


class PriceLists(ListView):
    """The firm's price lists."""

    scopes = {"GET": Scope.SETTINGS_READ}
    rights = {"GET": Permission.PRICES}
    clients = False

    @extend_schema(operation_id="settings_price_lists", tags=["settings"], responses=PriceListSerializer(many=True))
    def get(self, request: Request) -> Response:
        """Returns the price lists with their prices, packs and travels."""
        self.query(request)
        rows = PriceRow.objects.order_by("diagnostic", "transaction", "property_kind", "size_from", "id")
        found = PriceList.objects.select_related("contact").prefetch_related(
            Prefetch("rows", queryset=rows), "packs", "travels"
        )
        return self.answer_page(
            request,
            found,
            lambda lists: list(PriceListSerializer(lists, many=True).data),
            names=PriceListSerializer.Meta.fields,
        )


def _shown(choices: Iterable[tuple[str, str | Promise]]) -> list[dict[str, str]]:
    return [{"value": str(value), "label": str(label)} for value, label in choices]
