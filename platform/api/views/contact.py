"""The firm's contacts."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Permission, Scope
from api.problems import Problem
from api.serializers.contact import (
    ContactQuerySerializer,
    ContactSerializer,
    NewContactSerializer,
    SentContactSerializer,
)
from api.views.base import ApiView, ListView, answer_one, check_match, validated
from api.views.dossier import check_external_id
from extranet.access import access_contact
from extranet.actions.contact import create_contact, delete_contact, edit_contact
from extranet.models import Contact
from extranet.queries.contact import matching_contacts
from extranet.views.common import firm_of
from tenants.links import here_url

_NAMES = tuple(ContactSerializer.Meta.fields)


class ContactList(ListView):
    """The firm's contacts."""

    scopes = {"GET": Scope.CONTACTS_READ, "POST": Scope.CONTACTS_WRITE}
    rights = {"GET": Permission.CONTACTS, "POST": Permission.CONTACTS}
    clients = False
    query_serializer = ContactQuerySerializer
    orderings = {"created_at": "created_at", "name": "name"}

    @extend_schema(
        operation_id="contacts_list",
        tags=["contacts"],
        parameters=[ContactQuerySerializer],
        responses=ContactSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Returns contacts, the newest first."""
        asked = self.query(request)
        found = matching_contacts(asked.get("q", "")).select_related("user").prefetch_related("collaborators")
        for name in ("kind", "external_id"):
            if value := asked.get(name):
                found = found.filter(**{name: value})
        if email := asked.get("email"):
            found = found.annotate(folded_email=Lower("user__email")).filter(folded_email=email.lower())
        return self.answer_page(
            request, found, lambda rows: list(ContactSerializer(rows, many=True).data), names=_NAMES
        )

    @extend_schema(
        operation_id="contacts_create",
        tags=["contacts"],
        request=NewContactSerializer,
        responses={201: ContactSerializer},
    )
    def post(self, request: Request) -> Response:
        """Makes a contact with its account."""
        contact = _create(request, validated(NewContactSerializer, request), self)
        return _created(request, contact)


class ContactByExternalId(ApiView):
    """The contact that other software calls so."""

    scopes = {"GET": Scope.CONTACTS_READ, "PUT": Scope.CONTACTS_WRITE}
    rights = {"GET": Permission.CONTACTS, "PUT": Permission.CONTACTS}
    clients = False

    @extend_schema(operation_id="contacts_read_external", tags=["contacts"], responses=ContactSerializer)
    def get(self, request: Request, external_id: str) -> Response:
        """Returns a contact."""
        contact = _whole().filter(external_id=external_id).first()
        if contact is None:
            raise Http404
        return answer_one(request, _drawn(contact))

    @extend_schema(
        operation_id="contacts_put",
        tags=["contacts"],
        request=SentContactSerializer,
        responses={200: ContactSerializer, 201: ContactSerializer},
    )
    def put(self, request: Request, external_id: str) -> Response:
        """Makes the contact of that name, or changes what is sent of it.

        One that has the e-mail and no external_id yet becomes that contact: nobody is doubled.
        """
        check_external_id(external_id)
        data = validated(SentContactSerializer, request)
        data["external_id"] = external_id
        contact = _whole().select_for_update(of=("self",)).filter(external_id=external_id).first()
        if contact is None and data.get("email"):
            same = _whole().select_for_update(of=("self",)).annotate(folded_email=Lower("user__email"))
            contact = same.filter(folded_email=data["email"].lower(), external_id="", erased_at=None).first()
        if contact is not None:
            check_match(request, _drawn(contact))
            return answer_one(request, _drawn(_edit(contact, data, self)))
        if missing := [name for name in ("name", "email") if not data.get(name)]:
            detail = _("A new contact needs: %(names)s.") % {"names": ", ".join(missing)}
            raise Problem(HTTPStatus.UNPROCESSABLE_CONTENT, "required", detail)
        return _created(request, _create(request, data, self))


class ContactDetail(ApiView):
    """One contact."""

    scopes = {"GET": Scope.CONTACTS_READ, "PATCH": Scope.CONTACTS_WRITE, "DELETE": Scope.CONTACTS_WRITE}
    rights = {"GET": Permission.CONTACTS, "PATCH": Permission.CONTACTS, "DELETE": Permission.CONTACTS}
    clients = False

    @extend_schema(operation_id="contacts_read", tags=["contacts"], responses=ContactSerializer)
    def get(self, request: Request, code: str) -> Response:
        """Returns a contact."""
        return answer_one(request, _drawn(access_contact(self.user, code)))

    @extend_schema(
        operation_id="contacts_update", tags=["contacts"], request=SentContactSerializer, responses=ContactSerializer
    )
    def patch(self, request: Request, code: str) -> Response:
        """Changes what is sent of a contact."""
        contact = access_contact(self.user, code)
        data = validated(SentContactSerializer, request)
        Contact.objects.select_for_update().get(pk=contact.pk)
        check_match(request, _drawn(access_contact(self.user, code)))
        return answer_one(request, _drawn(_edit(contact, data, self)))

    @extend_schema(operation_id="contacts_delete", tags=["contacts"], responses={204: None})
    def delete(self, request: Request, code: str) -> Response:
        """Deletes a contact, its accounts and its accesses; its dossiers stay."""
        delete_contact(access_contact(self.user, code), user=self.user)
        return Response(status=HTTPStatus.NO_CONTENT)


def _whole() -> QuerySet[Contact]:
    return Contact.objects.select_related("user").prefetch_related("collaborators")


def _drawn(contact: Contact) -> dict[str, Any]:
    return cast("dict[str, Any]", dict(ContactSerializer(contact).data))


def _created(request: Request, contact: Contact) -> Response:
    response = answer_one(request, _drawn(contact), status=HTTPStatus.CREATED)
    response["Location"] = here_url("api-contact", contact.code)
    return response


def _create(request: Request, data: Mapping[str, Any], view: ApiView) -> Contact:
    http = request._request
    firm = firm_of(http)
    contact = create_contact(
        name=data["name"],
        company=data.get("company", ""),
        phone=data.get("phone", ""),
        email=data["email"],
        username=data.get("username", data["email"]),
        collaborators=data.get("collaborators", []),
        language=data.get("language", firm.branding.language or get_language() or "fr"),
        send_codes=data["send_codes"],
        firm_name=firm.branding.site_name,
        link=http.build_absolute_uri(reverse("account_login")),
        kind=data.get("kind", ""),
        street=data.get("street", ""),
        postcode=data.get("postcode", ""),
        city=data.get("city", ""),
        notes=data.get("notes", ""),
        reads_unpaid=data.get("reads_unpaid", False),
        user=view.user,
    )
    return _named(contact, data)


def _edit(contact: Contact, data: Mapping[str, Any], view: ApiView) -> Contact:
    account = contact.user
    email = data.get("email", account.email)
    follows = account.username == account.email.lower()
    edit_contact(
        contact,
        name=data.get("name", contact.name),
        company=data.get("company", contact.company),
        phone=data.get("phone", contact.phone),
        email=email,
        username=data.get("username", email if follows else account.username),
        collaborators=data.get("collaborators", [row.email for row in contact.collaborators.all()]),
        language=data.get("language", account.language),
        kind=data.get("kind"),
        street=data.get("street"),
        postcode=data.get("postcode"),
        city=data.get("city"),
        notes=data.get("notes"),
        reads_unpaid=data.get("reads_unpaid"),
        user=view.user,
    )
    return _whole().get(pk=_named(contact, data).pk)


def _named(contact: Contact, data: Mapping[str, Any]) -> Contact:
    name = data.get("external_id", contact.external_id)
    if name != contact.external_id:
        contact.external_id = name
        try:
            with transaction.atomic():
                contact.save(update_fields=["external_id"])
        except IntegrityError as error:
            text = _("A contact has this external_id already.")
            raise Problem(HTTPStatus.CONFLICT, "external_id_taken", text) from error
    return contact
