"""Uploads that may be resumed."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("storage", "0001_initial")]

    operations = []
