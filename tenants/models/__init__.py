"""The public tables that say which firms there are."""

from tenants.models.domain import Domain
from tenants.models.firm import Firm, FirmStatus
from tenants.models.schema_template import SchemaTemplate
from tenants.models.sign_up import SignUp, SignUpState

__all__ = ["Domain", "Firm", "FirmStatus", "SchemaTemplate", "SignUp", "SignUpState"]
