"""Imports of dossiers from desktop software."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("extranet", "0013_api")]

    operations = []
