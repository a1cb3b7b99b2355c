"""The firm's own mail server, limits and stopped addresses."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("mail", "0002_texts")]

    operations = []
