"""What a line of an import becomes: a new contact, a changed one, nothing new, or an error."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.db.models import F
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.models import User
from extranet.actions.contact import create_contact, edit_contact, send_access_codes
from extranet.enums import ContactKind
from extranet.importers.contacts import FIELDS, LineError, Person, read_person
from extranet.importers.table import Line
from extranet.models import Contact
from kernel.errors import DomainError

_TEXTS = ("name", "company", "kind", "phone", "street", "postcode", "city")


class Outcome(Enum):
    """What becomes of a line."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    REFUSED = "refused"


@dataclass(frozen=True)
class Plan:
    """What is to be done for a line; the contact is the one of its e-mail."""

    line: Line
    outcome: Outcome
    person: Person | None = None
    contact: Contact | None = None
    errors: tuple[LineError, ...] = ()


@dataclass
class Counts:
    """What became of some lines."""

    lines: int = 0
    created: int = 0
    updated: int = 0
    refused: int = 0
    errors: list[dict[str, Any]] = field(default_factory=list)

    def add(self, outcome: Outcome, errors: Sequence[LineError], line: int) -> None:
        """Counts a line."""
        self.lines += 1
        if outcome is not Outcome.UNCHANGED:
            setattr(self, outcome.value, getattr(self, outcome.value) + 1)
        self.errors += [error.at(line) for error in errors]


class Planner:
    """Plans lines in their order, a batch at three queries; it remembers which e-mails it has met."""

    def __init__(self) -> None:
        self._emails: dict[str, int] = {}
        self._usernames: dict[str, int] = {}

    def skip(self, lines: Sequence[Line], columns: Mapping[str, int]) -> None:
        """Remembers lines that are done."""
        for line in lines:
            person, _errors = read_person(line, columns)
            if person is not None:
                self._meet(person, line)

    def plan(self, lines: Sequence[Line], columns: Mapping[str, int]) -> list[Plan]:
        """Returns a plan for each line."""
        read = [(line, *read_person(line, columns)) for line in lines]
        people = [person for _line, person, _errors in read if person is not None]
        users = _users_of(people)
        contacts = _contacts_of(users)
        plans = []
        for line, person, errors in read:
            if person is None:
                plans.append(Plan(line, Outcome.REFUSED, errors=tuple(errors)))
                continue
            error = self._meet(person, line)
            if error is None:
                plans.append(_plan(line, person, users, contacts))
            else:
                plans.append(Plan(line, Outcome.REFUSED, errors=(error,)))
        return plans

    def _meet(self, person: Person, line: Line) -> LineError | None:
        """Returns the error of a line whose e-mail or identifier stood in an earlier one."""
        for known, name in ((self._emails, "email"), (self._usernames, "username")):
            value: str = getattr(person, name)
            if value and value in known:
                return LineError(
                    str(FIELDS[name]), value, _("It is in line %(line)s already.") % {"line": known[value]}
                )
        self._emails[person.email] = line.number
        if person.username:
            self._usernames[person.username] = line.number
        return None


@dataclass(frozen=True)
class Importer:
    """Carries plans out."""

    send_codes: bool
    firm_name: str
    link: str
    #: Of new contacts.
    contact_language: str

    def do(self, plan: Plan) -> tuple[Outcome, Sequence[LineError]]:
        """Returns what became of a plan, and the errors; each line is written whole or not at all."""
        person = plan.person
        if person is None or plan.outcome not in {Outcome.CREATED, Outcome.UPDATED}:
            return plan.outcome, plan.errors
        try:
            if plan.contact is None:
                self._create(person)
            else:
                self._update(plan.contact, person)
        except DomainError as error:
            name = "username" if error.code == "username_taken" else "email"
            return Outcome.REFUSED, [LineError(str(FIELDS[name]), getattr(person, name) or person.email, str(error))]
        return plan.outcome, plan.errors

    def _create(self, person: Person) -> None:
        contact = create_contact(
            name=person.name or person.company,
            company=person.company,
            kind=person.kind or ContactKind.OTHER,
            phone=person.phone,
            street=person.street,
            postcode=person.postcode,
            city=person.city,
            email=person.email,
            username=person.username or person.email,
            collaborators=person.collaborators,
            language=self.contact_language,
            send_codes=False,
            firm_name=self.firm_name,
            link=self.link,
        )
        if self.send_codes:
            send_access_codes(contact, firm_name=self.firm_name, link=self.link)

    def _update(self, contact: Contact, person: Person) -> None:
        known = [entry.email for entry in contact.collaborators.all()]
        texts = {name: getattr(person, name) or getattr(contact, name) for name in _TEXTS}
        edit_contact(
            contact,
            **texts,
            email=contact.user.email,
            username=person.username or contact.user.username,
            collaborators=[*known, *(email for email in person.collaborators if email not in known)],
            language=contact.user.language or self.contact_language,
        )


def _users_of(people: Sequence[Person]) -> Mapping[str, User]:
    """Returns the accounts that have one of the people's e-mails or identifiers, by `e:` or `u:` and that."""
    emails = [person.email for person in people]
    names = [person.username or person.email for person in people]
    users = User.objects.annotate(folded_email=Lower("email"), folded_name=Lower("username"))
    by_email = users.filter(folded_email__in=emails)
    by_name = users.filter(folded_name__in=names)
    found = {f"e:{user.email.lower()}": user for user in by_email}
    return found | {f"u:{user.username.lower()}": user for user in by_name}


def _contacts_of(users: Mapping[str, User]) -> dict[int, Contact]:
    ids = {user.pk for key, user in users.items() if key.startswith("e:")}
    if not ids:
        return {}
    found = Contact.objects.filter(user_id__in=ids).select_related("user").prefetch_related("collaborators")
    return {contact.user_id: contact for contact in found.order_by(F("pk"))}


def _plan(line: Line, person: Person, users: Mapping[str, User], contacts: Mapping[int, Contact]) -> Plan:
    user = users.get(f"e:{person.email}")
    contact = contacts.get(user.pk) if user is not None else None

    def refused(name: str, value: str, text: str) -> Plan:
        return Plan(line, Outcome.REFUSED, errors=(LineError(str(FIELDS[name]), value, text),))

    if user is not None and contact is None:
        if user.is_firm_staff:
            return refused("email", person.email, _("This is the e-mail of a member of the firm's staff."))
        return refused("email", person.email, _("This is the e-mail of another contact's sub-account."))
    if contact is not None and contact.erased_at is not None:
        return refused("email", person.email, _("The data of this contact were erased on request."))
    wanted = person.username or ("" if contact is not None else person.email)
    holder = users.get(f"u:{wanted}") if wanted else None
    if holder is not None and (contact is None or holder.pk != contact.user_id):
        return refused("username", wanted, _("Another account already uses this identifier."))
    if contact is None:
        if not person.name and not person.company:
            return refused("name", "", _("The name is missing."))
        return Plan(line, Outcome.CREATED, person)
    if not _changes(contact, person):
        return Plan(line, Outcome.UNCHANGED, person, contact)
    return Plan(line, Outcome.UPDATED, person, contact)


def _changes(contact: Contact, person: Person) -> bool:
    """Returns whether a line says anything new; what it leaves empty stays as it is."""
    if any(getattr(person, name) not in {"", getattr(contact, name)} for name in _TEXTS):
        return True
    known = {entry.email for entry in contact.collaborators.all()}
    return bool(set(person.collaborators) - known) or person.username not in {"", contact.user.username}
