"""The firm's rules of validity; what they change is computed anew by a job."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db import transaction

from extranet.actions.diagnostic import recompute_dossiers
from extranet.models import Diagnostic, ValidityRule
from extranet.queries.diagnostic import validity_rules
from extranet.validity_defaults import default_rules
from kernel.jobs import firm_job

FIELDS = (
    "kind",
    "transaction",
    "finding",
    "months",
    "applies_from",
    "applies_before",
    "ends_on",
    "source",
    "note",
)
_BATCH = 200


@transaction.atomic
def save_rule(rule: ValidityRule | None, *, values: Mapping[str, Any]) -> ValidityRule:
    """Returns the rule, new or edited; the diagnostics follow shortly after."""
    saved = ValidityRule() if rule is None else ValidityRule.objects.select_for_update().get(pk=rule.pk)
    kinds = {saved.kind, values["kind"]} - {""}
    for name in FIELDS:
        setattr(saved, name, values[name])
    saved.save()
    _recompute(kinds)
    return saved


@transaction.atomic
def delete_rule(rule: ValidityRule) -> None:
    """Takes a rule away."""
    ValidityRule.objects.filter(pk=rule.pk).delete()
    _recompute({rule.kind})


@transaction.atomic
def restore_default_rules(kind: str) -> int:
    """Returns how many rules a kind of diagnostic has again: those that the firm started with."""
    ValidityRule.objects.filter(kind=kind).delete()
    rules = [ValidityRule(**asdict(rule)) for rule in default_rules(kind)]
    ValidityRule.objects.bulk_create(rules)
    _recompute({kind})
    return len(rules)


def _recompute(kinds: set[str]) -> None:
    for kind in sorted(kinds):
        recompute_kind.enqueue(lock="validity", once=kind, kind=kind)


@firm_job()
def recompute_kind(*, kind: str) -> None:
    """Computes anew the expiries of every dossier that has a diagnostic of this kind."""
    rules = validity_rules()
    last = 0
    while True:
        found = Diagnostic.objects.filter(kind=kind, dossier_id__gt=last).order_by("dossier_id")
        keys = list(found.values_list("dossier_id", flat=True).distinct()[:_BATCH])
        if not keys:
            return
        with transaction.atomic():
            recompute_dossiers(keys, rules=rules)
        last = keys[-1]
