"""Keys of programs, and the answers to their writes."""

import django.contrib.postgres.fields
import django.db.models.deletion
import kernel.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_rights"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("hint", models.CharField(editable=False, max_length=12)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("dossiers:read", "Read dossiers and their files"),
                                ("dossiers:write", "Send and change dossiers, their files and who sees them"),
                                ("contacts:read", "Read contacts"),
                                ("contacts:write", "Create and change contacts"),
                                ("orders:read", "Read orders"),
                                ("orders:write", "Create orders and move them on"),
                                ("quotes:read", "Read quotes"),
                                ("quotes:write", "Create and answer quotes"),
                                ("appointments:read", "Read the calendar"),
                                ("appointments:write", "Book, move and cancel visits"),
                                ("messages:read", "Read messages"),
                                ("messages:write", "Write messages"),
                                ("payments:read", "Read payments"),
                                ("payments:write", "Record payments"),
                                ("documents:read", "Read the firm's documents"),
                                ("settings:read", "Read settings and price lists"),
                                ("webhooks:write", "Set up webhooks"),
                                ("export", "Take all data of the firm away"),
                            ],
                            max_length=24,
                        ),
                        verbose_name="may be used for",
                    ),
                ),
                (
                    "networks",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=50),
                        blank=True,
                        default=list,
                        verbose_name="may come from",
                    ),
                ),
                ("expires_at", models.DateTimeField(blank=True, null=True, verbose_name="expires")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("created_by", models.CharField(blank=True, max_length=120)),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="last used")),
                ("last_address", models.GenericIPAddressField(blank=True, null=True, verbose_name="last used from")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                ("revoked_by", models.CharField(blank=True, max_length=120)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="api_tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "API key",
                "verbose_name_plural": "API keys",
                "ordering": ["-created_at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="ApiWrite",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.CharField(max_length=255)),
                ("fingerprint", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("headers", models.JSONField(blank=True, default=dict)),
                ("body", models.BinaryField(blank=True, default=b"")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("running_until", models.DateTimeField()),
                (
                    "token",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="writes",
                        to="accounts.apitoken",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.UniqueConstraint(fields=("code",), name="accounts_token_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.UniqueConstraint(fields=("digest",), name="accounts_token_digest_uq"),
        ),
        migrations.AddIndex(
            model_name="apiwrite",
            index=models.Index(fields=["created_at"], name="accounts_write_created_ix"),
        ),
        migrations.AddConstraint(
            model_name="apiwrite",
            constraint=models.UniqueConstraint(fields=("token", "key"), name="accounts_write_key_uq"),
        ),
        migrations.AddConstraint(
            model_name="apiwrite",
            constraint=models.CheckConstraint(
                condition=models.Q(("key", ""), _negated=True), name="accounts_write_key"
            ),
        ),
    ]
