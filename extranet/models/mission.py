"""The firm's model of its mission orders, the mission orders of an order, and the proof of a signature."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from extranet.enums_mission import MissionModelKind, MissionSection, MissionState, SigningWay
from extranet.models.order import Order
from kernel.models import CodedModel, FirmModel
from storage.models import StoredFile


class MissionModel(CodedModel):
    """A version of what a firm's mission orders are made of; a change makes the next one, none is edited."""

    version = models.PositiveIntegerField()
    is_current = models.BooleanField(default=True)
    kind = models.CharField(_("made of"), max_length=6, choices=MissionModelKind, default=MissionModelKind.OURS)
    #: Of our pages, those that are there, in their order.
    sections = ArrayField(models.CharField(max_length=12, choices=MissionSection), default=list, blank=True)
    before = models.TextField(_("text before"), max_length=5_000, blank=True)
    after = models.TextField(_("text after"), max_length=5_000, blank=True)
    documents = models.TextField(_("documents to hand over"), max_length=3_000, blank=True)
    terms = models.TextField(_("terms"), max_length=20_000, blank=True)
    #: What a consumer is told of the right of withdrawal (French consumer code, L221-5, L221-18, L221-25, L221-28).
    withdrawal = models.TextField(_("right of withdrawal"), max_length=10_000, blank=True)
    #: The firm's own PDF; several versions may have the same.
    stored = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    #: Of its form: {"name", "kind", "page", "options", "value"} each.
    fields = models.JSONField(default=list, blank=True)
    #: What each field shows: a key of mission_fields.datum_choices by the field's name, empty for nothing of ours.
    assigned = models.JSONField(default=dict, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("model of mission orders")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_missionmodel_code_uq"),
            models.UniqueConstraint(fields=["version"], name="extranet_missionmodel_version_uq"),
            models.UniqueConstraint(
                fields=["is_current"], condition=Q(is_current=True), name="extranet_missionmodel_current"
            ),
            models.CheckConstraint(
                condition=Q(kind="ours") | Q(stored__isnull=False), name="extranet_missionmodel_stored"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"

    @property
    def is_saved(self) -> bool:
        """Whether the firm has one of its own: until then it has the one that it starts with."""
        return not self._state.adding

    @property
    def is_form(self) -> bool:
        """Whether it is the firm's PDF with fields."""
        return self.kind == MissionModelKind.FORM

    @property
    def uses_pdf(self) -> bool:
        """Whether the firm's own PDF is part of it."""
        return self.kind != MissionModelKind.OURS


class MissionOrder(CodedModel):
    """A mission order as it was made of an order: its bytes stay what they are, whatever becomes of the order."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="missions", db_index=False)
    #: Of those of the order, from one.
    rank = models.PositiveIntegerField()
    state = models.CharField(_("state"), max_length=10, choices=MissionState, default=MissionState.TO_SIGN)
    model = models.ForeignKey(MissionModel, on_delete=models.PROTECT, related_name="+", db_index=False)
    #: Order.version when it was made: a later one says something else.
    order_version = models.PositiveIntegerField()
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="mission")
    #: Of the exact bytes that are shown and signed; `stored` must still have it.
    sha256 = models.CharField(max_length=64)
    language = models.CharField(max_length=10)
    #: Whether who signs is a consumer, who may withdraw within fourteen days.
    for_consumer = models.BooleanField(default=False)
    #: To which address its link went; the code goes there too.
    email = models.EmailField(_("e-mail"), blank=True)
    #: Whether who comes by the link must type a code that was mailed.
    asks_code = models.BooleanField(default=False)
    code_hash = models.CharField(max_length=64, blank=True, editable=False)
    code_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    code_attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    created_at = models.DateTimeField(auto_now_add=True)
    #: When the last mail with its link left, and how many reminders of it did.
    mailed_at = models.DateTimeField(null=True, blank=True)
    reminders = models.PositiveSmallIntegerField(default=0)
    reminders_stopped = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("mission order")
        ordering: ClassVar[list[str]] = ["-rank"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="extranet_mission_code_uq"),
            models.UniqueConstraint(fields=["order", "rank"], name="extranet_mission_rank_uq"),
            # one at a time waits for its signature
            models.UniqueConstraint(fields=["order"], condition=Q(state="to_sign"), name="extranet_mission_open_uq"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["mailed_at"], name="extranet_mission_remind_ix", condition=Q(state="to_sign")),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """What people call it by: the order's number and its rank."""
        return f"ODM-{self.order.number}-{self.rank}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for its signature."""
        return self.state == MissionState.TO_SIGN

    @property
    def is_outdated(self) -> bool:
        """Whether the order says something else since."""
        return self.order_version != self.order.version

    @property
    def file_name(self) -> str:
        """What its PDF is called."""
        return f"{self.number}.pdf"


class MissionSignature(FirmModel):
    """The proof that a mission order was signed; written once: the database refuses every change (migration 0008)."""

    mission = models.OneToOneField(MissionOrder, on_delete=models.PROTECT, related_name="signature")
    way = models.CharField(_("signed"), max_length=8, choices=SigningWay)
    #: As it was typed by who signed; on paper, as the firm read it.
    name = models.CharField(_("name"), max_length=120)
    signed_at = models.DateTimeField(_("signed on"))
    #: The same instant as the firm's clock showed it (ISO 8601, with its offset), and that zone's name.
    local_time = models.CharField(max_length=32)
    zone = models.CharField(max_length=64)
    address = models.GenericIPAddressField(null=True, blank=True)
    user_agent = models.CharField(max_length=500, blank=True)
    #: The account (its log-in) or, for a link, the address that it was mailed to.
    account = models.CharField(max_length=254, blank=True)
    email = models.CharField(max_length=254, blank=True)
    code_verified = models.BooleanField(default=False)
    #: The words that were ticked.
    agreed = models.TextField(blank=True)
    #: Whether a consumer asked for the work to begin within the fourteen days, and the words of that; None: not asked.
    early_start = models.BooleanField(null=True, blank=True)
    early_start_text = models.TextField(blank=True)
    #: SHA-256 of the PDF that was shown, of the drawn signature (PNG), of this proof (queries.mission_proof).
    document_sha256 = models.CharField(max_length=64)
    drawing_sha256 = models.CharField(max_length=64, blank=True)
    proof_sha256 = models.CharField(max_length=64)
    #: The signed PDF, or the scan of what was signed on paper.
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="mission_signature")
    signed_sha256 = models.CharField(max_length=64)
    #: Who of the firm uploaded the scan.
    uploaded_by = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = _("signature of a mission order")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(F("signed_at").desc(), name="extranet_missionsign_ix"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.signed_at:%Y-%m-%d}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves a new one; raises TypeError for one that is there already (WrongFirm in another firm)."""
        self._check_schema("save")
        if not self._state.adding:
            raise TypeError("a signature is never changed")
        super().save(*args, **kwargs)

    def delete(self, using: Any = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """Raises TypeError: a signature stays (WrongFirm in another firm)."""
        self._check_schema("delete")
        raise TypeError("a signature is never deleted")
