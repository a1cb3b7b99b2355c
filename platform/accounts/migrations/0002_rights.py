"""Named permissions of the firm's people, and who sees all of the settings."""

import django.contrib.postgres.fields
from django.db import migrations, models

import accounts.models.user


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="advanced_settings",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="user",
            name="permissions",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("dossiers", "Create and change dossiers, their files and who sees them"),
                        ("delete", "Delete dossiers and take them back"),
                        ("contacts", "Contacts"),
                        ("orders", "Orders and mission orders"),
                        ("quotes", "Quotes"),
                        ("calendar", "Calendar and visits"),
                        ("payments", "Payments, refunds and reminders"),
                        ("messages", "Messages"),
                        ("exports", "Take lists away as files"),
                        ("prices", "Price lists"),
                        ("website", "Web site"),
                        ("settings", "Settings"),
                        ("users", "Team: invite and change people"),
                    ],
                    max_length=12,
                ),
                blank=True,
                default=accounts.models.user.standard_permissions,
                size=None,
                verbose_name="rights",
            ),
        ),
    ]
