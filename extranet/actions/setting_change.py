"""The log of changes to settings."""

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.encoding import force_str
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from extranet.models import SettingChange
from kernel.jobs import firm_job, periodic
from tenants.actions.daily import enqueue_daily

type Changes = Mapping[str | Promise, tuple[object, object]]

#: How long a change is remembered.
KEEP = timedelta(days=3 * 365)
MASK = "••••••"
_MOST = 2_000
_SECRET = re.compile(r"passw|secret|token|private_key|api_key|sealed|_key$|^key$|^(live|test)-")


def record_changes(changes: Changes, *, page: str, by: User, subject: str = "") -> None:
    """Writes down what a field was and is, by the name that people read; `page` is the name of its address."""
    SettingChange.objects.bulk_create(
        SettingChange(
            by=by,
            by_name=str(by)[:120],
            page=page,
            subject=subject[:120],
            field=str(label)[:200],
            old=_text(old),
            new=_text(new),
        )
        for label, (old, new) in changes.items()
        if _text(old) != _text(new) or MASK in (_text(old), _text(new))
    )


def record_form(form: forms.BaseForm, *, page: str, by: User, subject: str = "") -> None:
    """Writes down what a valid form of settings has changed; of a secret only that it did."""
    record_changes(form_changes(form), page=page, by=by, subject=subject)


@transaction.atomic
def save_settings[M: models.Model](form: "forms.ModelForm[M]", *, page: str, by: User) -> None:
    """Saves a valid form of settings, and writes down what it changed."""
    form.save()
    record_form(form, page=page, by=by)


def record_member(member: User, *, by: User, changes: Changes) -> None:
    """Writes down what changed of a member of the team (accounts.team_hooks)."""
    record_changes(changes, page="team-list", by=by, subject=str(member))


def record_key(token: ApiToken, *, by: User, changes: Changes) -> None:
    """Writes down what changed of a key of the API (accounts.team_hooks)."""
    record_changes(changes, page="api-key-list", by=by, subject=f"{token.name} ({token.user})")


def form_changes(form: forms.BaseForm) -> dict[str | Promise, tuple[object, object]]:
    """Returns what each changed field of a valid form was and is, as people read it."""
    found: dict[str | Promise, tuple[object, object]] = {}
    for name in form.changed_data:
        field = form.fields[name]
        label = field.label or name
        if _SECRET.search(name) or isinstance(field.widget, forms.PasswordInput):
            found[label] = (MASK, MASK)
        else:
            old, new = form.get_initial_for_field(field, name), form.cleaned_data.get(name)
            found[label] = (_shown(field, old), _shown(field, new))
    return found


def _shown(field: forms.Field, value: Any) -> object:
    """Returns a value in the words of its field's choices."""
    if isinstance(value, models.Model) or not hasattr(field, "choices"):
        return value
    labels = {force_str(key): label for key, label in _flat(field.choices)}
    if isinstance(value, str) or not isinstance(value, Iterable):
        return labels.get(force_str(value), value)
    return [labels.get(force_str(one), one) for one in value]


def _flat(choices: Iterable[Any]) -> Iterable[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield key, label


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return _("yes") if value else _("no")
        case UploadedFile():
            return (value.name or "")[:_MOST]
        case list() | tuple() | set() | frozenset():
            return ", ".join(_text(one) for one in value)[:_MOST]
        case _:
            return str(value)[:_MOST]


@firm_job()
def forget_setting_changes() -> None:
    """Removes the changes that are remembered no longer."""
    SettingChange.objects.filter(at__lt=timezone.now() - KEEP).delete()


@periodic("23 3 * * *")
def forget_setting_changes_of_all() -> None:
    """Has each firm's log shortened."""
    enqueue_daily(forget_setting_changes)
