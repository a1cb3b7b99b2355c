from dataclasses import asdict

from django.db import migrations

from extranet.validity_defaults import DEFAULT_RULES

#: What a firm starts with; it edits them afterwards.
STEPS = [
    ("Commande reçue", "client"),
    ("Rendez-vous fixé", "client"),
    ("Visite effectuée", "client"),
    ("Rapports vérifiés", "staff"),
    ("Rapports publiés", "client"),
]


def add(apps, schema_editor):
    apps.get_model("extranet", "PortalSettings").objects.create(pk=1)
    StepTemplate = apps.get_model("extranet", "StepTemplate")
    for position, (name, visibility) in enumerate(STEPS, start=1):
        StepTemplate.objects.create(name=name, visibility=visibility, position=position)
    ValidityRule = apps.get_model("extranet", "ValidityRule")
    for rule in DEFAULT_RULES:
        ValidityRule.objects.create(**asdict(rule))


class Migration(migrations.Migration):
    dependencies = [("extranet", "0001_initial")]
    operations = [
        # the home page's figures are read from indexes alone only where vacuum has been
        migrations.RunSQL(
            "ALTER TABLE extranet_dossier SET (autovacuum_vacuum_scale_factor = 0.02)",
            "ALTER TABLE extranet_dossier RESET (autovacuum_vacuum_scale_factor)",
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
