"""Identifiers in other software."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("extranet", "0012_website"),
        ("storage", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="contact",
            name="external_id",
            field=models.CharField(blank=True, max_length=100, verbose_name="identifier in other software"),
        ),
        migrations.AddField(
            model_name="dossier",
            name="external_id",
            field=models.CharField(blank=True, max_length=100, verbose_name="identifier in other software"),
        ),
        migrations.AddField(
            model_name="dossierfile",
            name="external_id",
            field=models.CharField(blank=True, max_length=100, verbose_name="identifier in other software"),
        ),
        migrations.AddField(
            model_name="order",
            name="external_id",
            field=models.CharField(blank=True, max_length=100, verbose_name="identifier in other software"),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("external_id",),
                name="extranet_contact_external_uq",
            ),
        ),
        migrations.AddConstraint(
            model_name="dossier",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("external_id",),
                name="extranet_dossier_external_uq",
            ),
        ),
        migrations.AddConstraint(
            model_name="dossierfile",
            constraint=models.UniqueConstraint(
                condition=models.Q(models.Q(("external_id", ""), _negated=True), ("deleted_at__isnull", True)),
                fields=("dossier", "external_id"),
                name="extranet_file_external_uq",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(
                condition=models.Q(("external_id", ""), _negated=True),
                fields=("external_id",),
                name="extranet_order_external_uq",
            ),
        ),
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(models.F("updated_at"), models.F("id"), name="extranet_dossier_updated_ix"),
        ),
    ]
