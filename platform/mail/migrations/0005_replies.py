"""Where the answers to a mail go."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("mail", "0004_sms")]

    operations = [
        migrations.AddField(
            model_name="outgoingmail",
            name="reply_to",
            field=models.CharField(blank=True, max_length=254),
        ),
    ]
