from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("extranet", "0007_client_booking")]

    operations = []
