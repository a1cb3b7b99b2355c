"""The firm's web site."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("extranet", "0011_settings")]

    operations = []
