"""Who may read a dossier."""

from http import HTTPStatus

from django.http import Http404
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope
from api.entries import read_sent_dossier
from api.serializers.dossier import DossierAccessSerializer, SentAccessesSerializer
from api.views.base import ApiView, answer_one, validated
from api.views.dossier import accesses_of
from extranet.access import access_dossier
from extranet.actions.dossier_access import give_access, remove_access
from extranet.models import DossierAccess

_LIST = inline_serializer("DossierAccesses", {"results": DossierAccessSerializer(many=True)})


class DossierAccesses(ApiView):
    """The contacts who may read a dossier."""

    scopes = {"GET": Scope.DOSSIERS_READ, "POST": Scope.DOSSIERS_WRITE}
    rights = {"POST": Permission.DOSSIERS}
    clients = False

    @extend_schema(operation_id="accesses_list", tags=["accesses"], responses=_LIST)
    def get(self, request: Request, code: str) -> Response:
        """Returns who may read a dossier, and how much each has downloaded."""
        return answer_one(request, {"results": accesses_of(access_dossier(self.user, code))})

    @extend_schema(operation_id="accesses_give", tags=["accesses"], request=SentAccessesSerializer, responses=_LIST)
    def post(self, request: Request, code: str) -> Response:
        """Lets contacts read a dossier; who could already still can."""
        dossier = access_dossier(self.user, code)
        data = validated(SentAccessesSerializer, request)
        for contact in read_sent_dossier(data, user=self.user).contacts:
            give_access(dossier, contact=contact, user=self.user)
        return answer_one(request, {"results": accesses_of(dossier)})


class DossierAccessDetail(ApiView):
    """One contact's right to read a dossier."""

    scopes = {"DELETE": Scope.DOSSIERS_WRITE}
    rights = {"DELETE": Permission.DOSSIERS}
    clients = False

    @extend_schema(operation_id="accesses_remove", tags=["accesses"], responses={204: None})
    def delete(self, request: Request, code: str, contact: str) -> Response:
        """Takes a contact's right to read a dossier away."""
        dossier = access_dossier(self.user, code)
        found = DossierAccess.objects.select_related("dossier", "contact").filter(
            dossier=dossier, contact__code=contact
        )
        access = found.first()
        if access is None:
            raise Http404
        remove_access(access, user=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)
