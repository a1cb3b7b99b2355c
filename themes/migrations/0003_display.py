"""What the display settings add: the look before the last change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("themes", "0002_login")]

    operations = [
        migrations.AddField(
            model_name="branding",
            name="previous",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
    ]
