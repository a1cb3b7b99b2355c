"""Background jobs: the failed ones first, and running them again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from console.actions.jobs import discard_jobs, retry_jobs
from console.admin.base import ConsoleAdmin, by, column, minute, two_lines
from console.forms.base import ConfirmForm
from console.queries.jobs import firm_of_job, masked_arguments, schema_of_job
from console.site import site
from kernel.tenancy import PUBLIC

STATUS_NAMES = {
    "todo": gettext_lazy("Waiting"),
    "doing": gettext_lazy("Running"),
    "succeeded": gettext_lazy("Done"),
    "failed": gettext_lazy("Failed"),
    "cancelled": gettext_lazy("Cancelled"),
    "aborted": gettext_lazy("Aborted"),
}
STATUS_COLOURS = {"todo": "info", "doing": "primary", "succeeded": "success", "failed": "danger"}
_EVENT_NAMES = {
    "deferred": gettext_lazy("Asked for"),
    "started": gettext_lazy("Started"),
    "deferred_for_retry": gettext_lazy("To be tried again"),
    "failed": gettext_lazy("Failed"),
    "succeeded": gettext_lazy("Done"),
    "cancelled": gettext_lazy("Cancelled"),
    "abort_requested": gettext_lazy("To be aborted"),
    "aborted": gettext_lazy("Aborted"),
    "scheduled": gettext_lazy("Scheduled"),
}


class StatusFilter(admin.SimpleListFilter):
    """Failed jobs unless something else is chosen."""

    title = gettext_lazy("status")
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Returns the states."""
        return [("failed", STATUS_NAMES["failed"]), *(item for item in STATUS_NAMES.items() if item[0] != "failed")]

    def value(self) -> str | None:
        """Returns the chosen state."""
        return super().value() or "failed"

    def choices(self, changelist: Any) -> Any:
        """Yields the states and, last, all of them."""
        for value, title in [*self.lookup_choices, ("all", _("All"))]:
            yield {
                "selected": self.value() == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Returns the jobs of that state."""
        return queryset if self.value() == "all" else queryset.filter(status=self.value())


class TaskFilter(admin.SimpleListFilter):
    """One kind of job."""

    title = gettext_lazy("task")
    parameter_name = "task"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Returns the kinds of job that this installation knows."""
        return [(name, short_name(name)) for name in sorted(app.tasks)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Returns the jobs of that kind."""
        return queryset.filter(task_name=self.value()) if self.value() else queryset


class FirmFilter(admin.SimpleListFilter):
    """The jobs of one firm, of those that have failed ones."""

    title = gettext_lazy("firm")
    parameter_name = "firm"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Returns the schemas that have failed jobs, and the one that a link asked for."""
        failed = ProcrastinateJob.objects.filter(status="failed").annotate(schema=KeyTextTransform("_schema", "args"))
        schemas = set(failed.exclude(schema=None).values_list("schema", flat=True).distinct()[:50])
        asked = request.GET.get(self.parameter_name)
        return [(schema, schema) for schema in sorted(schemas | ({asked} if asked else set()))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Returns the jobs of that firm."""
        return queryset.filter(args___schema=self.value()) if self.value() else queryset


@admin.register(ProcrastinateJob, site=site)
class JobAdmin(ConsoleAdmin):
    """All jobs that are still known."""

    list_title = gettext_lazy("Jobs")
    list_display = ["task", "where", "state", "tries", "queue", "due", "number"]
    list_display_links = ["task"]
    list_filter = [StatusFilter, TaskFilter, FirmFilter]
    filter_in_sight = True
    search_fields = ["task_name", "queue_name"]
    search_help_text = gettext_lazy("Task, queue")
    ordering = ["-id"]
    actions = ["retry", "discard"]

    def get_urls(self) -> list[URLPattern]:
        """Returns the addresses, with those of what is done to a job."""
        own = [("retry", self.retry_view), ("discard", self.discard_view)]
        patterns = [
            path(f"<int:pk>/{route}/", self.admin_site.admin_view(view), name=f"procrastinate_procrastinatejob_{route}")
            for route, view in own
        ]
        return [*patterns, *super().get_urls()]

    @column(gettext_lazy("task"), order="task_name")
    def task(self, job: ProcrastinateJob) -> str:
        """The name, its module in small."""
        module, _dot, name = job.task_name.rpartition(".")
        return two_lines(name, module)

    @column(gettext_lazy("firm"))
    def where(self, job: ProcrastinateJob) -> str:
        """The schema that the job runs in."""
        schema = schema_of_job(job)
        return "—" if schema in {"", PUBLIC} else schema

    @column(gettext_lazy("status"), order="status", labels=STATUS_COLOURS)
    def state(self, job: ProcrastinateJob) -> tuple[str, str]:
        """The status, as a label."""
        return job.status, str(STATUS_NAMES.get(job.status, job.status))

    @column(gettext_lazy("attempts"), order="attempts")
    def tries(self, job: ProcrastinateJob) -> int:
        """How often it was tried."""
        return int(job.attempts)

    @column(gettext_lazy("queue"), order="queue_name")
    def queue(self, job: ProcrastinateJob) -> str:
        """The queue that it waits in."""
        return str(job.queue_name)

    @column(gettext_lazy("not before"), order="scheduled_at", empty="—")
    def due(self, job: ProcrastinateJob) -> str | None:
        """When it may run."""
        return minute(job.scheduled_at)

    @column(gettext_lazy("number"), order="id")
    def number(self, job: ProcrastinateJob) -> str:
        """The job's key."""
        return f"#{job.pk}"

    @admin.action(description=gettext_lazy("Run again"))
    def retry(self, request: HttpRequest, jobs: QuerySet[ProcrastinateJob]) -> None:
        """Runs several jobs again."""
        self._say(request, retry_jobs(list(jobs), by=by(request)), _("Jobs that run again: %(count)s."))

    @admin.action(description=gettext_lazy("Discard"))
    def discard(self, request: HttpRequest, jobs: QuerySet[ProcrastinateJob]) -> None:
        """Discards several failed jobs."""
        self._say(request, discard_jobs(list(jobs), by=by(request)), _("Failed jobs discarded: %(count)s."))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Returns the job's page."""
        job = get_object_or_404(ProcrastinateJob, pk=int(object_id) if object_id.isdecimal() else None)
        context = {
            "title": job.task_name.rpartition(".")[2],
            "list_title": self.list_title,
            "list_url": self.back_to().url,
            "job": job,
            "status": STATUS_NAMES.get(job.status, job.status),
            "status_colour": STATUS_COLOURS.get(job.status, ""),
            "firm_row": firm_of_job(job),
            "arguments": masked_arguments(job),
            "events": [
                (event.at, _EVENT_NAMES.get(event.type, event.type))
                for event in ProcrastinateEvent.objects.filter(job=job).order_by("id")
            ],
        }
        return self.page(request, "console/job.html", context)

    def retry_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Returns the page that asks whether to run a job again."""
        job = get_object_or_404(ProcrastinateJob, pk=pk)

        def retry(data: dict[str, Any]) -> HttpResponse:
            self._say(request, retry_jobs([job], by=by(request)), _("Jobs that run again: %(count)s."))
            return self.back_to(job)

        return self.ask(
            request,
            ConfirmForm(request.POST if request.method == "POST" else None),
            retry,
            title=_("Run “%(task)s” again") % {"task": job.task_name},
            text=_("A worker takes it at once. What it had done already it does not do twice."),
            button=_("Run again"),
            row=job,
        )

    def discard_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Returns the page that asks whether to discard a failed job."""
        job = get_object_or_404(ProcrastinateJob, pk=pk)

        def discard(data: dict[str, Any]) -> HttpResponse:
            self._say(request, discard_jobs([job], by=by(request)), _("Failed jobs discarded: %(count)s."))
            return self.back_to()

        return self.ask(
            request,
            ConfirmForm(request.POST if request.method == "POST" else None),
            discard,
            title=_("Discard “%(task)s”") % {"task": job.task_name},
            text=_("What it was to do is not done. It leaves the list for good."),
            button=_("Discard"),
            danger=True,
            row=job,
        )

    def _say(self, request: HttpRequest, count: int, text: str) -> None:
        (messages.success if count else messages.warning)(request, text % {"count": count})


def short_name(task: str) -> str:
    """Returns a task's name without its modules."""
    return task.rpartition(".")[2]
