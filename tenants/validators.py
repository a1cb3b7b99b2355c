"""Whether what a firm signs up with is well formed."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import exceptions as stdnum_errors
from stdnum.fr import siret as stdnum_siret

_LABEL = re.compile(r"^[a-z](?:[a-z0-9-]*[a-z0-9])?$")

#: Host names that are ours, that mail or browsers give a meaning to, or that would deceive.
RESERVED_SUBDOMAINS = frozenset(
    """
    about abuse account accounts admin administration administrator aide alerts api app apps assets auth autoconfig
    autodiscover backup beta billing blog cdn compte conditions config connexion console contact cookies dashboard
    db demo deploy dev diagdesk dns docs download email extranet faq files firm firms ftp git grafana health help
    hostmaster imap info infra internal intranet kernel legal local localhost login logout mail mailbox mailer
    marketing media metrics monitor mta news no-reply noc noreply ns ns1 ns2 operator operators paiement payment
    payments paypal payzen platform pop pop3 postgres postmaster pricing privacy prod production public root s3
    sandbox security service services sftp signup sitemap sms smtp ssl stage staging static stats status storage
    store stripe support system systempay team template tenant tenants test testing themes tls upload uploads vpn
    web webdisk webhook webhooks webmail webmaster websocket wiki wpad www www1 www2
    """.split()  # noqa: SIM905 - a table of names, read as such
)


def clean_siret(value: str) -> str:
    """Returns the fourteen digits of an establishment's number; raises ValidationError (INSEE, Luhn key)."""
    try:
        return str(stdnum_siret.validate(value))
    except stdnum_errors.InvalidLength as error:
        raise ValidationError(_("A SIRET has 14 digits."), code="siret_length") from error
    except stdnum_errors.InvalidFormat as error:
        raise ValidationError(_("A SIRET is made of digits only."), code="siret_format") from error
    except stdnum_errors.ValidationError as error:
        raise ValidationError(_("This SIRET does not exist: check its digits."), code="siret_checksum") from error


def clean_subdomain(value: str) -> str:
    """Returns a legal subdomain (RFC 1035 label, 3 to 40 characters); raises ValidationError with the reason."""
    label = value.strip()
    if label != label.lower():
        raise ValidationError(_("Use small letters only."), code="subdomain_capitals")
    if not 3 <= len(label) <= 40:
        raise ValidationError(_("Use 3 to 40 characters."), code="subdomain_length")
    if not _LABEL.fullmatch(label):
        raise ValidationError(
            _("Use letters without accents, digits and hyphens; begin with a letter, end with a letter or digit."),
            code="subdomain_format",
        )
    if label.startswith("xn--") or label[2:4] == "--":
        raise ValidationError(_("Encoded international names (punycode) are not accepted."), code="subdomain_punycode")
    if label in RESERVED_SUBDOMAINS:
        raise ValidationError(_("This name is reserved."), code="subdomain_reserved")
    return label
