"""Dossiers: read as the person of the key sees them, sent whole by other software."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, cast

from django.db.models import F, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope
from api.entries import read_sent_dossier
from api.fields import EXTERNAL_ID_LENGTH
from api.problems import Problem
from api.serializers.dossier import (
    CLIENT_FIELDS,
    CLIENT_FILE_FIELDS,
    DiagnosticSerializer,
    DossierAccessSerializer,
    DossierDetailSerializer,
    DossierFileSerializer,
    DossierPutSerializer,
    DossierQuerySerializer,
    DossierSerializer,
    NewDossierSerializer,
    SentDossierSerializer,
    columns_for,
)
from api.views.base import ApiView, ListView, answer_one, check_match, only, validated
from extranet.access import access_dossier
from extranet.actions.dossier_access import notify_clients
from extranet.actions.dossier_life import archive_dossiers, delete_dossiers, restore_dossiers
from extranet.actions.dossier_put import Put, add_dossier, put_dossier, update_dossier
from extranet.actions.payment_state import set_paid
from extranet.models import Diagnostic, Dossier, DossierAccess
from extranet.queries.dossier_file import visible_files
from extranet.queries.dossier_filter import DossierFilter, filtered_dossiers, visible_dossiers
from tenants.links import here_url

_EXAMPLE = OpenApiExample(
    "A dossier with a report",
    value={
        "title": "Maison Le Goff, 12 rue de la Paix, Brest",
        "reference": "2026-0417",
        "street": "12 rue de la Paix",
        "postcode": "29200",
        "city": "Brest",
        "amount": "390.00",
        "files": [{"upload": "7k2m9q4x1z8p", "external_id": "DPE.pdf", "kind": "report"}],
        "diagnostics": [{"kind": "dpe", "performed_on": "2026-04-17", "energy_letter": "C", "climate_letter": "B"}],
        "accesses": [{"email": "agence@exemple.fr"}],
        "notify": True,
    },
    request_only=True,
)


def _move[T: type[ApiView]](name: str, sentence: str) -> Callable[[T], T]:
    said = extend_schema(
        operation_id=f"dossiers_{name}",
        tags=["dossiers"],
        description=sentence,
        request=None,
        responses=DossierDetailSerializer,
    )
    return cast("Callable[[T], T]", extend_schema_view(post=said))


class DossierList(ListView):
    """The dossiers that the person of the key sees."""

    scopes = {"GET": Scope.DOSSIERS_READ, "POST": Scope.DOSSIERS_WRITE}
    rights = {"POST": Permission.DOSSIERS}
    query_serializer = DossierQuerySerializer
    orderings = {"created_at": "created_at", "updated_at": "updated_at", "title": "title", "reference": "reference"}

    @extend_schema(
        operation_id="dossiers_list",
        tags=["dossiers"],
        parameters=[DossierQuerySerializer],
        responses=DossierSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Returns dossiers, the newest first; those in the bin only when asked for, and to the firm alone."""
        found = _narrowed(self.query(request), self)
        columns = columns_for(self.user)
        if not self.user.is_firm_staff:
            found = found.annotate(own_state=F("accesses__download_state"))
        # as dictionaries: making objects of them costs more than all the rest
        rows_of = found.values("id", *columns, *found.query.annotations)
        return self.answer_page(request, rows_of, lambda rows: [line_of(row, columns) for row in rows], names=columns)

    @extend_schema(
        operation_id="dossiers_create",
        tags=["dossiers"],
        request=NewDossierSerializer,
        responses={201: DossierPutSerializer},
        examples=[_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Publishes a dossier with its files and those who may read it, all at once."""
        self.refuse_clients()
        data = validated(NewDossierSerializer, request)
        external_id = data.pop("external_id", "")
        if external_id and Dossier.objects.filter(external_id=external_id).exists():
            raise Problem(HTTPStatus.CONFLICT, "external_id_taken", _("A dossier has this external_id already."))
        sent = read_sent_dossier(data, user=self.user)
        put = add_dossier(sent, external_id=external_id, user=self.user)
        return answer_put(self, request, put, notify=data["notify"])


class DossierByExternalId(ApiView):
    """The dossier that other software calls so."""

    scopes = {"GET": Scope.DOSSIERS_READ, "PUT": Scope.DOSSIERS_WRITE}
    rights = {"PUT": Permission.DOSSIERS}
    clients = False

    @extend_schema(operation_id="dossiers_read_external", tags=["dossiers"], responses=DossierDetailSerializer)
    def get(self, request: Request, external_id: str) -> Response:
        """Returns a dossier with its files, diagnostics and accesses."""
        dossier = visible_dossiers(self.user).filter(external_id=external_id).first()
        if dossier is None:
            raise Http404
        return answer_one(request, detail_of(dossier, self))

    @extend_schema(
        operation_id="dossiers_put",
        tags=["dossiers"],
        request=SentDossierSerializer,
        responses={200: DossierPutSerializer, 201: DossierPutSerializer},
        examples=[_EXAMPLE],
    )
    def put(self, request: Request, external_id: str) -> Response:
        """Makes the dossier of that name, or brings it to what is sent; the same twice changes nothing.

        Files that are not sent stay; a file whose bytes are others than before becomes a new version.
        """
        check_external_id(external_id)
        data = validated(SentDossierSerializer, request)
        present = visible_dossiers(self.user).filter(external_id=external_id).first()
        if present is not None:
            check_match(request, detail_of(present, self))
        elif request.headers.get("If-Match"):
            raise Problem(HTTPStatus.PRECONDITION_FAILED, "changed_meanwhile", _("There is no such dossier."))
        sent = read_sent_dossier(data, user=self.user)
        put = put_dossier(sent, external_id=external_id, user=self.user)
        return answer_put(self, request, put, notify=data["notify"])


class DossierDetail(ApiView):
    """One dossier."""

    scopes = {"GET": Scope.DOSSIERS_READ, "PATCH": Scope.DOSSIERS_WRITE, "DELETE": Scope.DOSSIERS_WRITE}
    rights = {"PATCH": Permission.DOSSIERS, "DELETE": Permission.DELETE}

    @extend_schema(operation_id="dossiers_read", tags=["dossiers"], responses=DossierDetailSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Returns a dossier with its files, diagnostics and, to the firm, who may read it."""
        return answer_one(request, detail_of(access_dossier(self.user, code), self))

    @extend_schema(
        operation_id="dossiers_update",
        tags=["dossiers"],
        request=SentDossierSerializer,
        responses=DossierPutSerializer,
        examples=[_EXAMPLE],
    )
    def patch(self, request: Request, code: str) -> Response:
        """Changes what is sent of a dossier; with If-Match only if nobody changed it since it was read."""
        self.refuse_clients()
        dossier = access_dossier(self.user, code)
        data = validated(SentDossierSerializer, request)
        Dossier.objects.select_for_update().get(pk=dossier.pk)
        check_match(request, detail_of(access_dossier(self.user, code), self))
        sent = read_sent_dossier(data, user=self.user)
        return answer_put(self, request, update_dossier(dossier, sent, user=self.user), notify=data["notify"])

    @extend_schema(operation_id="dossiers_delete", tags=["dossiers"], responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        """Puts a dossier into the bin, where it waits 30 days."""
        self.refuse_clients()
        delete_dossiers([access_dossier(self.user, code)], user=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)


class _DossierMove(ApiView):
    """Something done to a dossier once."""

    scopes = {"POST": Scope.DOSSIERS_WRITE}
    rights = {"POST": Permission.DOSSIERS}
    clients = False

    def act(self, dossier: Dossier) -> object:
        """Does it."""
        raise NotImplementedError

    def post(self, request: Request, code: str) -> Response:
        """Does it; returns the dossier as it is then."""
        self.act(access_dossier(self.user, code))
        return answer_one(request, detail_of(access_dossier(self.user, code), self))


@_move("archive", "Takes a dossier out of the lists")
class DossierArchive(_DossierMove):
    """Takes a dossier out of the lists; those who may read it still do."""

    def act(self, dossier: Dossier) -> object:
        """Archives it."""
        return archive_dossiers([dossier], user=self.user)


@_move("restore", "Puts an archived dossier back into the lists")
class DossierRestore(_DossierMove):
    """Puts an archived dossier back into the lists."""

    def act(self, dossier: Dossier) -> object:
        """Takes it out of the archive."""
        return restore_dossiers([dossier], user=self.user)


@_move("notify", "Tells those who may read a dossier that it is available")
class DossierNotify(_DossierMove):
    """Tells those who may read a dossier by e-mail that it is available."""

    def act(self, dossier: Dossier) -> object:
        """Notifies them."""
        return notify_clients(dossier, user=self.user, link=here_url("dossier-detail", dossier.code))


@_move("paid", "Marks a dossier as paid")
class DossierPaid(_DossierMove):
    """Marks a dossier as paid."""

    rights = {"POST": Permission.PAYMENTS}

    def act(self, dossier: Dossier) -> object:
        """Marks it."""
        return set_paid([dossier], paid=True, user=self.user)


@_move("unpaid", "Marks a dossier as unpaid")
class DossierUnpaid(_DossierMove):
    """Marks a dossier as unpaid."""

    rights = {"POST": Permission.PAYMENTS}

    def act(self, dossier: Dossier) -> object:
        """Marks it."""
        return set_paid([dossier], paid=False, user=self.user)


def row_of(dossier: Dossier, columns: Sequence[str]) -> dict[str, Any]:
    """Returns a dossier with these columns."""
    own = {"own_state": dossier.own_state} if columns is CLIENT_FIELDS else {}  # type: ignore[attr-defined]
    return line_of({name: getattr(dossier, name) for name in columns} | own, columns)


def line_of(row: Mapping[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    """Returns the columns of a dossier as a line of a list."""
    drawn = {name: row[name] for name in columns}
    if drawn["amount"] is not None:
        drawn["amount"] = str(drawn["amount"])
    if columns is CLIENT_FIELDS:
        drawn["download_state"] = row["own_state"]
    return drawn


def detail_of(dossier: Dossier, view: ApiView) -> dict[str, Any]:
    """Returns a dossier with its files, diagnostics and, for the firm, accesses, as this person sees them."""
    user = view.user
    drawn = row_of(dossier, columns_for(user))
    files = cast("Sequence[Mapping[str, Any]]", DossierFileSerializer(files_of(dossier, view), many=True).data)
    drawn["files"] = [dict(file) if user.is_firm_staff else only(file, frozenset(CLIENT_FILE_FIELDS)) for file in files]
    drawn["diagnostics"] = DiagnosticSerializer(Diagnostic.objects.filter(dossier=dossier), many=True).data
    if user.is_firm_staff:
        drawn["accesses"] = accesses_of(dossier)
    return drawn


def files_of(dossier: Dossier, view: ApiView) -> QuerySet[Any]:
    """Returns the files of a dossier that this person sees."""
    return visible_files(dossier, view.user).select_related("stored")


def accesses_of(dossier: Dossier) -> Sequence[Mapping[str, Any]]:
    """Returns who may read a dossier, as the firm sees it."""
    accesses = DossierAccess.objects.filter(dossier=dossier).select_related("contact__user").order_by("pk")
    return cast("Sequence[Mapping[str, Any]]", DossierAccessSerializer(accesses, many=True).data)


def answer_put(view: ApiView, request: Request, put: Put, *, notify: bool) -> Response:
    """Returns the answer to a dossier that was sent, and tells those who may read it if that was asked for."""
    dossier = put.dossier
    if notify:
        notify_clients(dossier, user=view.user, link=here_url("dossier-detail", dossier.code))
        dossier.refresh_from_db()
    data = detail_of(dossier, view)
    response = answer_one(request, data, status=HTTPStatus.CREATED if put.is_new else HTTPStatus.OK)
    if response.data is not None and not request.query_params.get("fields"):
        response.data |= {"twins": put.twins, "removed_here": put.removed_here}
    if put.is_new:
        response["Location"] = here_url("api-dossier", dossier.code)
    return response


def check_external_id(text: str) -> None:
    """Raises Problem `bad_external_id` for what cannot be one."""
    if not text.isprintable() or len(text) > EXTERNAL_ID_LENGTH:
        raise Problem(HTTPStatus.UNPROCESSABLE_CONTENT, "bad_external_id", _("One line of at most 100 characters."))


def _narrowed(asked: dict[str, Any], view: ApiView) -> QuerySet[Dossier]:
    wanted = DossierFilter(
        q=asked.get("q", ""),
        state=asked.get("state", ""),
        paid=asked.get("paid", ""),
        box=asked.get("box", ""),
        since=str(asked.get("since", "")),
        until=str(asked.get("until", "")),
        client=asked.get("client", ""),
    )
    found = filtered_dossiers(view.user, wanted)
    for name in ("reference", "external_id"):
        if value := asked.get(name):
            found = found.filter(**{name: value})
    if since := asked.get("updated_since"):
        found = found.filter(updated_at__gte=since)
    return found
