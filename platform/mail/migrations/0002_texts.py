"""The firm's own words of mails."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.text


class Migration(migrations.Migration):
    dependencies = [("mail", "0001_initial"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="MailText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("kind", models.CharField(max_length=30, verbose_name="kind")),
                ("language", models.CharField(max_length=5, verbose_name="language")),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("body", models.TextField(verbose_name="text")),
                ("button", models.CharField(blank=True, max_length=60, verbose_name="button")),
                ("is_own", models.BooleanField(default=True)),
                ("number", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "text of a mail",
                "verbose_name_plural": "texts of mails",
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="mail_text_code_uq"),
                    models.UniqueConstraint(fields=("kind", "language"), name="mail_text_kind_language_uq"),
                ],
            },
        ),
        migrations.CreateModel(
            name="MailTextVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("number", models.PositiveIntegerField()),
                ("subject", models.CharField(blank=True, max_length=200)),
                ("body", models.TextField(blank=True)),
                ("button", models.CharField(blank=True, max_length=60)),
                ("is_own", models.BooleanField(default=True)),
                ("author_name", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="versions", to="mail.mailtext"
                    ),
                ),
            ],
            options={
                "verbose_name": "version of a mail’s text",
                "verbose_name_plural": "versions of mails’ texts",
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="mail_textversion_code_uq"),
                    models.UniqueConstraint(fields=("text", "number"), name="mail_textversion_number_uq"),
                ],
            },
        ),
    ]
