"""The steps of a dossier, and those that each new one gets."""

from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from extranet.actions.history import build_event
from extranet.enums import EventKind
from extranet.models import Dossier, DossierStep, StepTemplate


def copy_steps(dossier: Dossier) -> list[DossierStep]:
    """Returns the steps of a new dossier: copies of the firm's own."""
    return DossierStep.objects.bulk_create(
        [
            DossierStep(dossier=dossier, name=step.name, visibility=step.visibility, position=position)
            for position, step in enumerate(StepTemplate.objects.all(), 1)
        ]
    )


@transaction.atomic
def tick_step(step: DossierStep, *, done: bool, user: User) -> DossierStep:
    """Returns the step, done by this person now, or not done any more; one that is so already keeps its date."""
    locked = DossierStep.objects.select_for_update().select_related("dossier").get(pk=step.pk)
    if (locked.done_at is not None) == done:
        return locked
    locked.done_at = timezone.now() if done else None
    locked.done_by = str(user)[:120] if done else ""
    locked.save(update_fields=["done_at", "done_by"])
    kind = EventKind.STEP_DONE if done else EventKind.STEP_UNDONE
    build_event(locked.dossier, kind, actor=user, subject=locked.name).save()
    return locked


@transaction.atomic
def add_step(dossier: Dossier, *, name: str, visibility: str) -> DossierStep:
    """Returns a further step of this dossier alone, at the end."""
    Dossier.objects.select_for_update().get(pk=dossier.pk)
    last = DossierStep.objects.filter(dossier=dossier).aggregate(last=Max("position"))["last"] or 0
    return DossierStep.objects.create(dossier=dossier, name=name, visibility=visibility, position=last + 1)


def edit_step(step: DossierStep, *, name: str, visibility: str) -> DossierStep:
    """Returns the step under another name, or seen by others."""
    step.name, step.visibility = name, visibility
    step.save(update_fields=["name", "visibility"])
    return step


def remove_step(step: DossierStep) -> None:
    """Takes a step out of its dossier."""
    DossierStep.objects.filter(pk=step.pk).delete()


@transaction.atomic
def add_step_template(*, name: str, visibility: str) -> StepTemplate:
    """Returns a further step of new dossiers, at the end."""
    last = StepTemplate.objects.aggregate(last=Max("position"))["last"] or 0
    return StepTemplate.objects.create(name=name, visibility=visibility, position=last + 1)


def edit_step_template(step: StepTemplate, *, name: str, visibility: str) -> StepTemplate:
    """Returns the step of new dossiers, changed; the dossiers that are there keep theirs."""
    step.name, step.visibility = name, visibility
    step.save(update_fields=["name", "visibility"])
    return step


def delete_step_template(step: StepTemplate) -> None:
    """Takes a step from new dossiers; those that are there keep theirs."""
    StepTemplate.objects.filter(pk=step.pk).delete()


@transaction.atomic
def move_step_template(step: StepTemplate, *, up: bool) -> None:
    """Moves a step of new dossiers one place up or down."""
    steps: list[Any] = list(StepTemplate.objects.select_for_update())
    place = next((rank for rank, one in enumerate(steps) if one.pk == step.pk), None)
    other = None if place is None else place + (-1 if up else 1)
    if place is None or other is None or not 0 <= other < len(steps):
        return
    steps[place], steps[other] = steps[other], steps[place]
    for position, one in enumerate(steps, 1):
        one.position = position
    StepTemplate.objects.bulk_update(steps, ["position"])
