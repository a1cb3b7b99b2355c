from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("extranet", "0005_booking")]

    operations = []
