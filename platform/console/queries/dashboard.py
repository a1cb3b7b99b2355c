"""The figures of the console's first page."""

from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.utils import timezone

from console.queries.jobs import failed_job_count
from tenants.models import Firm, FirmStatus, SignUp, SignUpState


@dataclass(frozen=True)
class Dashboard:
    """What an operator sees first."""

    active: int
    suspended: int
    deleting: int
    stored_bytes: int
    users: int
    dossiers: int
    sign_ups_this_month: int
    failed_sign_ups: int
    failed_jobs: int
    deletions_without_export: int
    last_sign_ups: list[SignUp]

    @property
    def firms(self) -> int:
        """How many firms there are."""
        return self.active + self.suspended + self.deleting


def dashboard() -> Dashboard:
    """Returns the figures, in four queries."""
    now = timezone.now()
    month = timezone.localtime(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    firms = Firm.objects.aggregate(
        active=Count("pk", filter=Q(status=FirmStatus.ACTIVE)),
        suspended=Count("pk", filter=Q(status=FirmStatus.SUSPENDED)),
        deleting=Count("pk", filter=Q(status=FirmStatus.DELETING)),
        stored_bytes=Sum("stored_bytes", default=0),
        users=Sum("user_count", default=0),
        dossiers=Sum("dossier_count", default=0),
        deletions_without_export=Count("pk", filter=Q(status=FirmStatus.DELETING, deletion_at__lte=now, export_key="")),
    )
    sign_ups = SignUp.objects.aggregate(
        sign_ups_this_month=Count("pk", filter=Q(created_at__gte=month)),
        failed_sign_ups=Count("pk", filter=Q(state=SignUpState.FAILED)),
    )
    return Dashboard(
        **firms,
        **sign_ups,
        failed_jobs=failed_job_count(),
        last_sign_ups=list(SignUp.objects.select_related("firm").order_by("-created_at")[:8]),
    )
