"""The log of changes to settings."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("extranet", "0010_documents")]

    operations = []
