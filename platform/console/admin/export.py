"""The exports of firms, those of deleted firms included."""

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.actions.audit import record
from console.actions.export import remove_export
from console.admin.base import ConsoleAdmin, by, column, day, minute
from console.forms.base import ConfirmForm
from console.models import AuditAction, FirmExport
from console.site import site
from storage.delivery import send_file
from storage.models import StoredFile


@admin.register(FirmExport, site=site)
class FirmExportAdmin(ConsoleAdmin):
    """All exports that are still kept."""

    list_title = gettext_lazy("Exports")
    list_display = [
        "firm_name",
        "asked",
        "requested_by",
        "purpose",
        "weight",
        "row_count",
        "object_count",
        "kept",
        "give",
    ]
    list_display_links = None
    search_fields = ["firm_name", "schema_name"]
    search_help_text = gettext_lazy("Firm, schema")
    list_select_related = ["firm"]

    def get_urls(self) -> list[URLPattern]:
        """Returns the addresses, with the download's."""
        patterns = [
            path(
                "<int:pk>/download/", self.admin_site.admin_view(self.download_view), name="console_firmexport_download"
            ),
            path("<int:pk>/remove/", self.admin_site.admin_view(self.remove_view), name="console_firmexport_remove"),
        ]
        return [*patterns, *super().get_urls()]

    def has_view_permission(self, request: HttpRequest, obj: FirmExport | None = None) -> bool:
        """Returns whether it is the list that is asked for: a single export has no page."""
        return obj is None

    @column(gettext_lazy("asked for"), order="created_at")
    def asked(self, export: FirmExport) -> str | None:
        """When it was asked for."""
        return minute(export.created_at)

    @column(gettext_lazy("purpose"), labels={"final": "warning", "plain": "info"})
    def purpose(self, export: FirmExport) -> tuple[str, str]:
        """Whether it was made for a deletion."""
        return ("final", _("Before deletion")) if export.final else ("plain", _("On demand"))

    @column(gettext_lazy("size"), order="size")
    def weight(self, export: FirmExport) -> str:
        """The size in words."""
        return filesizeformat(export.size) if export.is_ready else _("being made…")

    @column(gettext_lazy("kept until"), order="expires_at", empty="—")
    def kept(self, export: FirmExport) -> str | None:
        """The day of its end."""
        return day(export.expires_at)

    @column(gettext_lazy("actions"))
    def give(self, export: FirmExport) -> str:
        """The links to download and to remove it."""
        remove = format_html(
            '<a class="co-link" href="{}">{}</a>',
            reverse("console:console_firmexport_remove", args=[export.pk]),
            _("Remove"),
        )
        if not export.is_ready:
            return remove
        download = reverse("console:console_firmexport_download", args=[export.pk])
        return format_html('<a class="co-link" href="{}">{}</a> {}', download, _("Download"), remove)

    def download_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Returns the archive, and writes down who took it."""
        export = get_object_or_404(FirmExport.objects.select_related("firm").exclude(ready_at=None), pk=pk)
        if "Range" not in request.headers:  # a download that goes on was written down when it began
            record(AuditAction.EXPORT_DOWNLOADED, by=by(request), firm=export.firm, detail=export.file_name)
        stored = StoredFile(key=export.key, size=export.size, sha256=export.sha256, content_type="application/zip")
        return send_file(request, stored, name=export.file_name)

    def remove_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Returns the page that asks whether to remove an export."""
        export = get_object_or_404(FirmExport.objects.select_related("firm"), pk=pk)

        def remove(data: dict[str, object]) -> HttpResponse:
            remove_export(export, by=by(request))
            messages.success(request, _("The export was removed."))
            return self.back_to()

        return self.ask(
            request,
            ConfirmForm(request.POST if request.method == "POST" else None),
            remove,
            title=_("Remove the export “%(name)s”") % {"name": export.file_name},
            text=_("A firm that waits for its deletion is not deleted without one.") if export.final else "",
            button=_("Remove"),
            danger=True,
        )
