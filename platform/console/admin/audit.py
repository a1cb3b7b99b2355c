"""What operators did."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.admin.base import ConsoleAdmin, column, minute
from console.models import AuditEntry
from console.site import site


@admin.register(AuditEntry, site=site)
class AuditEntryAdmin(ConsoleAdmin):
    """The audit log: read, searched, never changed."""

    list_title = gettext_lazy("Audit log")
    list_display = ["moment", "who", "action", "firm_name", "detail", "address"]
    list_display_links = None
    list_filter = ["action"]
    search_fields = ["actor_name", "firm_name", "firm_schema", "detail"]
    search_help_text = gettext_lazy("Operator, firm, detail")
    ordering = ["-at", "-id"]

    def has_view_permission(self, request: HttpRequest, obj: AuditEntry | None = None) -> bool:
        """Returns whether it is the list that is asked for: it shows all there is."""
        return obj is None

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        """Returns the entries."""
        entries: QuerySet[AuditEntry] = super().get_queryset(request)
        return entries

    @column(gettext_lazy("when"), order="at")
    def moment(self, entry: AuditEntry) -> str | None:
        """When it was done."""
        return minute(entry.at)

    @column(gettext_lazy("who"), order="actor_name")
    def who(self, entry: AuditEntry) -> str:
        """The operator, or the system when a job acted by itself."""
        return entry.actor_name or _("System")
