"""Whether the numbers of a French company are well formed."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import exceptions as stdnum_errors
from stdnum.fr import siren as stdnum_siren
from stdnum.fr import tva as stdnum_tva

_NAF = re.compile(r"[0-9]{4}[A-Z]")


def clean_siren(value: str) -> str:
    """Returns the nine digits of a company's number; raises ValidationError (INSEE, Luhn key)."""
    try:
        return str(stdnum_siren.validate(value))
    except stdnum_errors.ValidationError as error:
        raise ValidationError(_("A SIREN has 9 digits that fit together: check them."), code="siren") from error


def clean_vat_number(value: str) -> str:
    """Returns a French VAT number with its FR; raises ValidationError when its key does not fit (CGI 286 ter)."""
    try:
        return f"FR{stdnum_tva.validate(value)}"
    except stdnum_errors.ValidationError as error:
        raise ValidationError(
            _("A French VAT number is FR, a key of two figures and the SIREN: check it."), code="vat"
        ) from error


def clean_naf(value: str) -> str:
    """Returns four figures and a capital letter, such as 7120B; raises ValidationError."""
    code = value.upper().replace(".", "").replace(" ", "")
    if not _NAF.fullmatch(code):
        raise ValidationError(_("A NAF code is four figures and a letter, such as 7120B."), code="naf")
    return code
