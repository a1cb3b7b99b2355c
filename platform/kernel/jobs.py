"""Jobs: an action with a decorator, deferred in the transaction of its cause and run by a worker in the firm's schema.

A job runs at least once: each must leave things as one run would when it is run again.
"""

import enum
import functools
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any, Protocol, cast

import sentry_sdk
import structlog
from django.db import connection, transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.django_connector import DjangoConnector
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued, UniqueViolation
from procrastinate.jobs import Status
from procrastinate.manager import JobManager

from kernel.errors import DomainError, WrongFirm
from kernel.tenancy import PUBLIC, current_schema, firm_context, public_context

logger = structlog.get_logger(__name__)

#: The waits between them are 4, 16, 64, 256, 1024 s …: about six hours in all.
DEFAULT_ATTEMPTS = 8
#: A job whose worker died this often is given up: it would kill the next worker too.
MAX_STALLS = 5


class Scope(enum.Enum):
    """Where a job may be enqueued and runs."""

    FIRM = "firm"
    PUBLIC = "public"
    ANY = "any"


class Job(Protocol):
    """A function that can also be deferred: `job(...)` runs it here, `job.enqueue(...)` later."""

    def __call__(self, **arguments: Any) -> Any:
        """Runs the function now, in the current schema."""

    def enqueue(
        self, *, lock: str | None = None, once: str | None = None, delay: timedelta | None = None, **arguments: Any
    ) -> int | None:
        """Defers the function inside the current transaction, to run after `delay` at the earliest; returns its id.

        Jobs of one `lock` run one after the other. With `once`, returns None when a job of that name still waits.
        """

    def enqueue_many(self, each: Sequence[dict[str, Any]], *, lock: str | None = None) -> list[int]:
        """Defers the function once for each set of arguments, in one statement; returns their ids.

        With `lock` they run one after the other.
        """


class _Retry(RetryStrategy):
    """Retries what may pass by itself, not what a person must mend."""

    def get_retry_decision(self, *, exception: BaseException, job: Any) -> Any:
        if isinstance(exception, (DomainError, WrongFirm)) or getattr(exception, "retry", True) is False:
            return None
        return super().get_retry_decision(exception=exception, job=job)


def _schema_exists(schema: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = %s)", [schema])
        return bool(cursor.fetchone()[0])


def _run(function: Callable[..., Any], schema: str, arguments: dict[str, Any]) -> Any:
    with structlog.contextvars.bound_contextvars(firm=schema, job=function.__name__):
        if schema == PUBLIC:
            with public_context():
                return function(**arguments)
        with public_context():
            exists = _schema_exists(schema)
        if not exists:
            # Without the schema every query would fall through to the public tables.
            logger.warning("job_of_a_deleted_firm_dropped")
            return None
        sentry_sdk.set_tag("firm", schema)
        with firm_context(schema):
            return function(**arguments)


@functools.cache
def _on_our_connection() -> JobManager:
    """Returns what writes jobs on Django's own connection, in its transaction.

    A worker's app has a connection of its own: a job enqueued there would be taken up before what it is about is there,
    and stay when that is rolled back.
    """
    return JobManager(DjangoConnector())


def _job(function: Callable[..., Any], *, scope: Scope, queue: str, attempts: int) -> Job:
    name = f"{function.__module__}.{function.__name__}"

    @functools.wraps(function)
    def run(*, _schema: str, **arguments: Any) -> Any:
        return _run(function, _schema, arguments)

    # what the library calls attempts are those before the one that failed
    retry = _Retry(max_attempts=attempts - 1, exponential_wait=4) if attempts > 1 else False
    task = app.task(name=name, queue=queue, retry=retry)(run)

    def schema_here() -> str:
        schema = PUBLIC if scope is Scope.PUBLIC else current_schema()
        if scope is Scope.FIRM and schema == PUBLIC:
            raise WrongFirm(f"{name} belongs to a firm and was enqueued in the public schema")
        return schema

    def enqueue(
        *, lock: str | None = None, once: str | None = None, delay: timedelta | None = None, **arguments: Any
    ) -> int | None:
        schema = schema_here()
        queueing_lock = f"{schema}:{name}:{once}" if once else None
        # a question costs a tenth of an insert that is refused
        if queueing_lock and ProcrastinateJob.objects.filter(queueing_lock=queueing_lock, status="todo").exists():
            return None
        wait: Any = {"seconds": delay.total_seconds()} if delay else None
        deferrer = task.configure(
            lock=f"{schema}:{lock}" if lock else None,
            queueing_lock=queueing_lock,
            schedule_in=wait,
        )
        deferrer.job_manager = _on_our_connection()
        try:
            # AlreadyEnqueued breaks the surrounding transaction unless it has a savepoint of its own.
            with transaction.atomic():
                return int(deferrer.defer(_schema=schema, **arguments))
        except AlreadyEnqueued:
            return None

    def enqueue_many(each: Sequence[dict[str, Any]], *, lock: str | None = None) -> list[int]:
        if not each:
            return []
        schema = schema_here()
        deferrer = task.configure(lock=f"{schema}:{lock}" if lock else None)
        deferrer.job_manager = _on_our_connection()
        return [int(key) for key in deferrer.batch_defer(*({"_schema": schema, **arguments} for arguments in each))]

    function.enqueue = enqueue  # type: ignore[attr-defined]
    function.enqueue_many = enqueue_many  # type: ignore[attr-defined]
    return cast("Job", function)


def firm_job(*, queue: str = "default", attempts: int = DEFAULT_ATTEMPTS) -> Callable[[Callable[..., Any]], Job]:
    """Makes a function of primitives a job that runs in the firm's schema that it was enqueued in."""
    return lambda function: _job(function, scope=Scope.FIRM, queue=queue, attempts=attempts)


def public_job(*, queue: str = "default", attempts: int = DEFAULT_ATTEMPTS) -> Callable[[Callable[..., Any]], Job]:
    """Makes a function of primitives a job that runs in the public schema."""
    return lambda function: _job(function, scope=Scope.PUBLIC, queue=queue, attempts=attempts)


def any_schema_job(*, queue: str = "default", attempts: int = DEFAULT_ATTEMPTS) -> Callable[[Callable[..., Any]], Job]:
    """Makes a function of primitives a job that runs where it was enqueued, the public schema included."""
    return lambda function: _job(function, scope=Scope.ANY, queue=queue, attempts=attempts)


def periodic(cron: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Makes a function without arguments run by the clock, in the public schema (six fields end with seconds)."""

    def decorate(function: Callable[[], None]) -> Callable[[], None]:
        name = f"{function.__module__}.{function.__name__}"

        @functools.wraps(function)
        def run(timestamp: int) -> None:
            _run(function, PUBLIC, {})

        task = app.task(name=name, queue="periodic", queueing_lock=name, lock=name)(run)
        app.periodic(cron=cron)(task)
        return function

    return decorate


def _register_sweeper() -> None:
    async def retry_stalled(timestamp: int) -> None:
        """Runs again the jobs whose worker died, and gives up those that killed too many."""
        manager = app.job_manager
        for job in await manager.get_stalled_jobs(seconds_since_heartbeat=20):
            if job.attempts >= MAX_STALLS:
                await manager.finish_job(job, status=Status.FAILED, delete_job=False)
                logger.error("job_given_up_after_stalls", job_id=job.id, task=job.task_name)
                continue
            try:
                await manager.retry_job(job)
            except UniqueViolation:
                # the same work waits already, in a newer job of its queueing lock
                await manager.finish_job(job, status=Status.ABORTED, delete_job=True)
            else:
                logger.warning("stalled_job_retried", job_id=job.id, task=job.task_name)

    task = app.task(name="kernel.jobs.retry_stalled", queue="periodic", queueing_lock="retry_stalled")(
        cast("Callable[..., Awaitable[None]]", retry_stalled)
    )
    app.periodic(cron="* * * * * */15")(task)


_register_sweeper()
