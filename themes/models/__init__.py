"""A firm's look."""

from themes.models.branding import Branding, current_branding

__all__ = ["Branding", "current_branding"]
