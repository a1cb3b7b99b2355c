"""The firm's web site."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.text


def add(apps, schema_editor):
    apps.get_model("extranet", "Site").objects.create(pk=1)


class Migration(migrations.Migration):
    dependencies = [
        ("extranet", "0011_settings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SiteRevision",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(unique=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("started", "Site begun"),
                            ("words", "Block changed"),
                            ("added", "Block added"),
                            ("moved", "Blocks in another order"),
                            ("copied", "Block duplicated"),
                            ("removed", "Block deleted"),
                            ("pages", "Pages changed"),
                            ("settings", "Look and details changed"),
                            ("discard", "Changes discarded"),
                        ],
                        max_length=8,
                    ),
                ),
                ("target", models.CharField(blank=True, max_length=16)),
                ("document", models.JSONField()),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("actor_name", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Site",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("draft", models.JSONField(blank=True, null=True)),
                ("published", models.JSONField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(default=0)),
                ("revision", models.PositiveIntegerField(default=0)),
                ("published_revision", models.PositiveIntegerField(default=0)),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published")),
            ],
            options={
                "verbose_name": "web site",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="extranet_site_single"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("published__isnull", True),
                            models.Q(("draft__isnull", False), ("published_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="extranet_site_published",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SiteContact",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("text", models.TextField(max_length=4000, verbose_name="message")),
                ("page", models.CharField(blank=True, max_length=200)),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("handled_at", models.DateTimeField(blank=True, null=True)),
                ("handled_by", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "verbose_name": "visitor's message",
                "verbose_name_plural": "visitors' messages",
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="extranet_sitecontact_at_ix",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("code",), name="extranet_sitecontact_code_uq")],
            },
        ),
        migrations.CreateModel(
            name="SiteImage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("name", models.CharField(max_length=150, verbose_name="file name")),
                (
                    "alt",
                    models.CharField(
                        blank=True, max_length=200, verbose_name="description for people who do not see it"
                    ),
                ),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("widths", models.JSONField(default=list)),
                ("size", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64, unique=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "picture of the site",
                "constraints": [models.UniqueConstraint(fields=("code",), name="extranet_siteimage_code_uq")],
            },
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
