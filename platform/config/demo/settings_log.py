"""What the demo's log of settings shows."""

from accounts.models import Role, User
from extranet.actions.setting_change import record_changes


def seed_settings_log() -> None:
    """Writes some changes down, as if the administrator had made them, in the current firm."""
    admin = User.objects.filter(role=Role.ADMIN).earliest("pk")
    staff = User.objects.filter(role=Role.STAFF).earliest("pk")
    record_changes({"durée de validité (jours)": ("30", "45")}, page="settings-quotes", by=admin)
    record_changes({"couleur des boutons": ("#1f5eff", "#0f6b6f")}, page="branding-edit", by=admin)
    rights = ("", "Commandes et ordres de mission, Devis, Agenda et visites")
    record_changes({"Droits": rights}, page="team-list", by=admin, subject=str(staff))
