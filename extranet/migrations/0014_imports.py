"""Imports of dossiers from desktop software."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.text


class Migration(migrations.Migration):
    dependencies = [("extranet", "0013_api")]

    operations = [
        migrations.CreateModel(
            name="DossierImport",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("name", models.CharField(max_length=300, verbose_name="files")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "Being read"),
                            ("read", "Ready to import"),
                            ("running", "Being imported"),
                            ("done", "Imported"),
                            ("failed", "Not possible"),
                        ],
                        default="reading",
                        max_length=10,
                    ),
                ),
                ("give_access", models.BooleanField(default=False, verbose_name="give the orderers access")),
                ("notify", models.BooleanField(default=False, verbose_name="notify them by e-mail")),
                ("lines", models.PositiveIntegerField(default=0, verbose_name="dossiers")),
                ("done", models.PositiveIntegerField(default=0, verbose_name="dossiers done")),
                ("created", models.PositiveIntegerField(default=0, verbose_name="new dossiers")),
                ("updated", models.PositiveIntegerField(default=0, verbose_name="changed dossiers")),
                ("unchanged", models.PositiveIntegerField(default=0, verbose_name="dossiers without anything new")),
                ("refused", models.PositiveIntegerField(default=0, verbose_name="folders refused")),
                ("problem", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("finished_at", models.DateTimeField(blank=True, null=True)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "import of dossiers",
                "verbose_name_plural": "imports of dossiers",
                "ordering": ["-id"],
            },
        ),
        migrations.CreateModel(
            name="DossierImportFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField(default=0)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="extranet.dossierimport"
                    ),
                ),
                (
                    "stored",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dossier_import_file",
                        to="storage.storedfile",
                    ),
                ),
            ],
            options={
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="DossierImportLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.PositiveIntegerField()),
                ("place", models.CharField(max_length=700)),
                ("folder", models.CharField(max_length=200, verbose_name="folder")),
                ("reference", models.CharField(blank=True, max_length=60, verbose_name="dossier number")),
                ("title", models.CharField(blank=True, max_length=200, verbose_name="title")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("created", "New"),
                            ("updated", "Changed"),
                            ("unchanged", "Nothing new"),
                            ("refused", "Refused"),
                        ],
                        max_length=10,
                    ),
                ),
                ("changes", models.JSONField(default=list)),
                ("warnings", models.JSONField(default=list)),
                ("error", models.CharField(blank=True, max_length=500)),
                ("is_done", models.BooleanField(default=False)),
                (
                    "dossier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="extranet.dossier",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="found",
                        to="extranet.dossierimport",
                    ),
                ),
            ],
            options={
                "ordering": ["position"],
            },
        ),
        migrations.CreateModel(
            name="ImportedDossier",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("folder", models.CharField(max_length=200, verbose_name="folder")),
                ("software", models.CharField(blank=True, max_length=60, verbose_name="version of the software")),
                ("reported_on", models.DateField(blank=True, null=True, verbose_name="report")),
                ("operator_name", models.CharField(blank=True, max_length=120, verbose_name="diagnostician")),
                ("operator_body", models.CharField(blank=True, max_length=120, verbose_name="certified by")),
                ("operator_number", models.CharField(blank=True, max_length=60, verbose_name="certificate number")),
                ("operator_certified_on", models.DateField(blank=True, null=True, verbose_name="certified on")),
                ("notary_name", models.CharField(blank=True, max_length=120, verbose_name="notary")),
                ("notary_email", models.EmailField(blank=True, max_length=254, verbose_name="notary's e-mail")),
                ("notary_phone", models.CharField(blank=True, max_length=30, verbose_name="notary's phone")),
                ("written", models.JSONField(default=dict)),
                ("imported_at", models.DateTimeField(auto_now=True, verbose_name="imported")),
                (
                    "dossier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="imported", to="extranet.dossier"
                    ),
                ),
            ],
            options={
                "verbose_name": "imported dossier",
                "verbose_name_plural": "imported dossiers",
            },
        ),
        migrations.CreateModel(
            name="ImportedTable",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("name", models.CharField(max_length=150)),
                ("content", models.TextField()),
                (
                    "imported",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tables",
                        to="extranet.importeddossier",
                    ),
                ),
            ],
            options={
                "ordering": ["name"],
            },
        ),
        migrations.AddConstraint(
            model_name="dossierimport",
            constraint=models.UniqueConstraint(fields=("code",), name="extranet_dossierimport_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="dossierimportline",
            constraint=models.UniqueConstraint(fields=("entry", "position"), name="extranet_importline_position_uq"),
        ),
        migrations.AddConstraint(
            model_name="importedtable",
            constraint=models.UniqueConstraint(fields=("code",), name="extranet_importedtable_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="importedtable",
            constraint=models.UniqueConstraint(fields=("imported", "name"), name="extranet_importedtable_name_uq"),
        ),
    ]
