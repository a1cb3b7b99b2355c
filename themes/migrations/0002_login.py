"""What the login page offers."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("themes", "0001_initial")]

    operations = []
