"""Webhooks out."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("extranet", "0014_imports")]

    operations = []
