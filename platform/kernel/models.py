"""The base of every table that lives in a firm's schema."""

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.db.models.base import ModelBase

from kernel.errors import WrongFirm
from kernel.tenancy import PUBLIC, current_schema
from kernel.text import new_code


class FirmModel(models.Model):
    """A row that remembers its schema and refuses to be saved, deleted or reloaded in another one.

    Without this an instance loaded in firm A and saved in firm B overwrites B's row of the same key.
    """

    #: True for the few tables that the public schema has too (operators' own rows).
    also_public: ClassVar[bool] = False

    class Meta:
        abstract = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._schema = current_schema()

    def __eq__(self, other: object) -> bool:
        same = super().__eq__(other)
        # anything but True goes through: NotImplemented has no truth value
        return self._schema == getattr(other, "_schema", None) if same is True else same

    def __hash__(self) -> int:
        return super().__hash__()

    def _check_schema(self, verb: str) -> None:
        schema = current_schema()
        if self._schema != schema:
            raise WrongFirm(f"{verb} of a {type(self).__name__} of {self._schema} in {schema}")
        if schema == PUBLIC and not self.also_public:
            raise WrongFirm(f"{verb} of a {type(self).__name__} in the public schema")

    def save_base(
        self,
        raw: bool = False,
        force_insert: bool | tuple[ModelBase, ...] = False,
        force_update: bool = False,
        using: str | None = None,
        update_fields: Iterable[str] | None = None,
    ) -> None:
        """Saves; raises WrongFirm in another schema than the row's."""
        self._check_schema("save")
        super().save_base(raw, force_insert, force_update, using, update_fields)

    def delete(self, using: Any = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:
        """Deletes; raises WrongFirm in another schema than the row's."""
        self._check_schema("delete")
        return super().delete(using, keep_parents)

    def refresh_from_db(self, using: str | None = None, fields: Any = None, from_queryset: Any = None) -> None:
        """Reloads; raises WrongFirm in another schema than the row's."""
        self._check_schema("refresh")
        super().refresh_from_db(using, fields, from_queryset)


class CodedModel(FirmModel):
    """A firm's row with a public code: what addresses show instead of the primary key."""

    code = models.CharField(max_length=16, default=new_code, editable=False)

    class Meta:
        abstract = True
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code"], name="%(app_label)s_%(class)s_code_uq")
        ]
