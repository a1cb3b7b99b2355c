"""Pages by a cursor: what is inserted meanwhile shifts nothing, and page 1,000 costs what page 1 does."""

from collections.abc import Mapping
from contextlib import nullcontext
from http import HTTPStatus
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

from api.problems import Problem


class Cursors(CursorPagination):
    """`?limit=` rows (50, at most 200) and the addresses of the pages beside, in one of the view's `orderings`."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    cursor_query_param = "cursor"
    offset_cutoff = 10_000

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        """Returns the columns to sort by, the key last; raises Problem `unknown_ordering`."""
        orderings: Mapping[str, str] = view.orderings
        asked = request.query_params.get("ordering", "") or str(view.default_ordering)
        column = orderings.get(asked.removeprefix("-"))
        if column is None:
            text = _("One can sort by: %(names)s.") % {"names": ", ".join(orderings)}
            raise Problem(HTTPStatus.BAD_REQUEST, "unknown_ordering", text)
        sign = "-" if asked.startswith("-") else ""
        return (f"{sign}{column}", f"{sign}id")

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Returns the schema of a page; an address that is not there is null, as OpenAPI 3.1 says it."""
        found: dict[str, Any] = super().get_paginated_response_schema(schema)
        for name in ("next", "previous"):
            del found["properties"][name]["nullable"]
            found["properties"][name]["type"] = ["string", "null"]
        return found

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """Returns the rows of the page; raises Problem `bad_cursor` for one that this interface has not given."""
        # what may break the transaction is a cursor that somebody made up
        guard = transaction.atomic() if request.query_params.get(self.cursor_query_param) else nullcontext()
        try:
            with guard:
                return super().paginate_queryset(queryset, request, view)
        except (NotFound, ValidationError, ValueError, DataError) as error:
            text = _("This cursor is none of ours: follow “next” and “previous” as they are.")
            raise Problem(HTTPStatus.BAD_REQUEST, "bad_cursor", text) from error
