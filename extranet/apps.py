"""THE PORTAL: contacts, dossiers, their files, who may read them and who did."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExtranetConfig(AppConfig):
    """What a firm and its clients share, in the firm's schema."""

    name = "extranet"
    verbose_name = _("Portal")

    def ready(self) -> None:
        """Has the log of settings hear of the team and of keys."""
        from accounts.team_hooks import HOOKS

        HOOKS.changed = "extranet.actions.setting_change.record_member"
        HOOKS.key_changed = "extranet.actions.setting_change.record_key"
