"""What the display settings add."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("themes", "0002_login")]

    operations = []
