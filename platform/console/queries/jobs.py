"""Background jobs, as operators see them."""

import re
from typing import Any

from procrastinate.contrib.django.models import ProcrastinateJob

from kernel.tenancy import PUBLIC
from tenants.models import Firm

#: The job that makes the portal of a sign-up.
PROVISION = "accounts.actions.signup.provision_sign_up"

_SECRET = re.compile(r"passw|secret|token|cookie|signature|api_?key|credential", re.IGNORECASE)
_MASK = "••••••"
MAX_SHOWN = 2_000


def failed_job_count() -> int:
    """Returns how many jobs failed for good and wait for an operator."""
    return ProcrastinateJob.objects.filter(status="failed").count()


def has_failed_job(task: str, **arguments: Any) -> bool:
    """Returns whether a job of this name and with these arguments failed for good."""
    return ProcrastinateJob.objects.filter(status="failed", task_name=task, args__contains=arguments).exists()


def schema_of_job(job: ProcrastinateJob) -> str:
    """Returns the schema that the job runs in, empty for a job of another kind."""
    return str(job.args.get("_schema", ""))


def firm_of_job(job: ProcrastinateJob) -> Firm | None:
    """Returns the firm that the job runs for, None when it runs in the public schema or its firm is gone."""
    schema = schema_of_job(job)
    if schema in {"", PUBLIC}:
        return None
    firm: Firm | None = Firm.objects.filter(schema_name=schema).first()
    return firm


def masked_arguments(job: ProcrastinateJob) -> list[tuple[str, str]]:
    """Returns the job's arguments as text, without what may let somebody in."""
    return [(name, _masked(name, value)) for name, value in sorted(job.args.items()) if name != "_schema"]


def _masked(name: str, value: Any) -> str:
    return _MASK if _SECRET.search(name) else _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        text = ", ".join(f"{key}={_masked(str(key), inner)}" for key, inner in value.items())
    elif isinstance(value, list):
        text = ", ".join(map(_shown, value))
    else:
        text = str(value)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…"
