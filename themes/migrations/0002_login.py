"""What the login page offers."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("themes", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="branding",
            name="offer_account_request",
            field=models.BooleanField(default=False, verbose_name="let people ask for an account"),
        ),
        migrations.AddField(
            model_name="branding",
            name="offer_password_reset",
            field=models.BooleanField(default=True, verbose_name="let clients choose a new password by e-mail"),
        ),
        migrations.AddField(
            model_name="branding",
            name="welcome_text",
            field=models.TextField(blank=True, max_length=1000, verbose_name="words of welcome in French"),
        ),
        migrations.AddField(
            model_name="branding",
            name="welcome_text_en",
            field=models.TextField(blank=True, max_length=1000, verbose_name="words of welcome in English"),
        ),
    ]
