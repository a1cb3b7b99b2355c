"""The log of changes to settings, and the archives of all data that a firm asks for."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.text


class Migration(migrations.Migration):
    dependencies = [
        ("extranet", "0010_documents"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="FirmArchive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("requested_name", models.CharField(blank=True, max_length=120, verbose_name="asked for by")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="asked for")),
                ("ready_at", models.DateTimeField(null=True, verbose_name="ready")),
                ("expires_at", models.DateTimeField(verbose_name="kept until")),
                ("key", models.CharField(editable=False, max_length=200)),
                ("size", models.PositiveBigIntegerField(default=0, verbose_name="size")),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("row_count", models.PositiveBigIntegerField(default=0, verbose_name="rows")),
                ("object_count", models.PositiveIntegerField(default=0, verbose_name="files")),
                (
                    "requested_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked for by",
                    ),
                ),
            ],
            options={
                "verbose_name": "archive",
                "verbose_name_plural": "archives",
                "ordering": ["-created_at", "-id"],
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="extranet_firmarchive_code_uq"),
                    models.UniqueConstraint(fields=("key",), name="extranet_firmarchive_key_uq"),
                ],
            },
        ),
        migrations.CreateModel(
            name="SettingChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="when")),
                ("by_name", models.CharField(blank=True, max_length=120)),
                ("page", models.CharField(max_length=40, verbose_name="page")),
                ("subject", models.CharField(blank=True, max_length=120, verbose_name="what")),
                ("field", models.CharField(max_length=200, verbose_name="field")),
                ("old", models.TextField(blank=True, verbose_name="before")),
                ("new", models.TextField(blank=True, verbose_name="after")),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="who",
                    ),
                ),
            ],
            options={
                "verbose_name": "change of a setting",
                "verbose_name_plural": "changes of settings",
                "ordering": ["-at", "-id"],
                "indexes": [models.Index(fields=["-at", "-id"], name="extranet_settingchange_ix")],
            },
        ),
    ]
