from django.db import migrations

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


class Migration(migrations.Migration):
    dependencies = [("extranet", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
