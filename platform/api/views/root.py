"""Where a program begins: whose key this is, and what it is for."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.models import ApiToken, Role, Scope
from api.problems import Problem
from api.views.base import ApiView, answer_one, speak
from extranet.models import Contact
from extranet.queries.contact import contact_id_of


class Me(ApiView):
    """The key that is used and its person."""

    @extend_schema(
        operation_id="me",
        tags=["key"],
        responses=inline_serializer(
            "Me",
            {
                "name": serializers.CharField(help_text="What the key is called."),
                "person": serializers.CharField(help_text="Whose key it is."),
                "role": serializers.ChoiceField(choices=[role.value for role in Role]),
                "contact": serializers.CharField(allow_null=True, help_text="Of a client: the code of its contact."),
                "scopes": serializers.ListField(
                    child=serializers.ChoiceField(choices=[scope.value for scope in Scope])
                ),
                "expires_at": serializers.DateTimeField(allow_null=True),
                "firm": serializers.CharField(help_text="The firm's name."),
            },
        ),
    )
    def get(self, request: Request) -> Response:
        """Returns the key that is used: its person, scopes and firm."""
        token = request.auth
        assert isinstance(token, ApiToken)
        contact = None if self.user.is_firm_staff else Contact.objects.filter(pk=contact_id_of(self.user) or 0).first()
        data: dict[str, Any] = {
            "name": token.name,
            "person": str(self.user),
            "role": self.user.role,
            "contact": contact.code if contact else None,
            "scopes": token.scopes,
            "expires_at": token.expires_at,
            "firm": request._request.firm.name,  # type: ignore[attr-defined]
        }
        return answer_one(request, data)


class Unknown(APIView):
    """Every address that is none."""

    authentication_classes = ()
    permission_classes = ()
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Raises Problem `not_found`."""
        speak(request)
        raise Problem(404, "not_found", _("There is nothing at this address."))
