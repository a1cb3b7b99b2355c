"""From a mail's words to its text and its HTML, in the firm's look."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import css_inline
from django.template.loader import render_to_string
from django.urls import reverse

from mail.content import MailContent
from tenants.links import firm_url, public_url
from themes.css import palette, to_hex
from themes.models import Branding, current_branding


@dataclass(frozen=True)
class RenderedMail:
    """A mail ready to leave."""

    subject: str
    text: str
    html: str
    from_name: str


@cache
def _styles() -> str:
    return (Path(__file__).parent / "templates" / "mail" / "mail.css").read_text(encoding="utf-8")


def render_mail(content: MailContent, *, branding: Branding | None = None) -> RenderedMail:
    """Returns the mail in the look of the current firm (or of the platform), its CSS inlined."""
    look = branding or current_branding()
    home = firm_url(look.firm) if look.firm_id else public_url()
    logo = ""
    if look.firm_id and look.logo_key:
        logo = f"{firm_url(look.firm, reverse('branding-logo', urlconf='config.urls_firm'))}?v={look.version}"
    colours = palette(look)
    context = {
        "content": content,
        "site_name": look.site_name,
        "home": home,
        "logo": logo,
        "brand": to_hex(colours.brand),
        "on_brand": to_hex(colours.brand_fg),
    }
    html = render_to_string("mail/mail.html", {**context, "styles": _styles()})
    return RenderedMail(
        subject=" ".join(content.subject.split())[:250],
        text=render_to_string("mail/mail.txt", context).strip() + "\n",
        html=css_inline.inline(html, load_remote_stylesheets=False),
        from_name=" ".join(look.site_name.split()),
    )
