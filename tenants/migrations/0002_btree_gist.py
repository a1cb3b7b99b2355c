from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]
    operations = [
        # in public as pg_trgm is: the exclusion constraint of visits compares keys in a GiST index
        BtreeGistExtension(),
    ]
