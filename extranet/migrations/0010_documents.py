"""The firm's own documents, its company data and account requests."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("extranet", "0009_messages")]

    operations = []
