"""What runs out one day, and of which the firm is warned."""

from datetime import date

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kernel.models import CodedModel

#: So many days before its last day the firm is told by mail, and once more (below 0) when that is past.
STEPS = (60, 30, 7, -1)


class Expiring(CodedModel):
    """A row with a last day; `told` is the last of STEPS that the firm was told of, none since the date was set."""

    expires_on = models.DateField(_("valid until"), null=True, blank=True)
    told = models.SmallIntegerField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def days_left(self) -> int | None:
        """How many days are left after today; below 0: it has expired; None: it never does."""
        last: date | None = self.expires_on
        return None if last is None else (last - timezone.localdate()).days

    @property
    def is_expired(self) -> bool:
        """Whether its last day is past."""
        left = self.days_left
        return left is not None and left < 0

    @property
    def is_ending(self) -> bool:
        """Whether its last day is within the first of STEPS."""
        left = self.days_left
        return left is not None and 0 <= left <= STEPS[0]

    @property
    def step(self) -> int | None:
        """Which of STEPS is reached today: the nearest to the end; None before the first."""
        left = self.days_left
        return None if left is None else next((step for step in reversed(STEPS) if left <= step), None)
