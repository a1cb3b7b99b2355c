"""Threads of messages, their attachments and deliveries."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("extranet", "0008_missions")]

    operations = []
