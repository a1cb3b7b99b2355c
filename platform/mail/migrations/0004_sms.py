"""Text messages."""

from datetime import time

import django.core.validators
from django.db import migrations, models

import kernel.text
import mail.models.sms


def add(apps, schema_editor):
    apps.get_model("mail", "SmsSettings").objects.create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("mail", "0003_senders")]

    operations = [
        migrations.CreateModel(
            name="SmsConsent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=16, unique=True, verbose_name="number")),
                ("given_on", models.DateField(verbose_name="given on")),
                ("noted_by", models.CharField(max_length=120)),
                ("how", models.CharField(blank=True, max_length=160, verbose_name="how")),
                ("noted_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "consent to text messages",
            },
        ),
        migrations.CreateModel(
            name="StoppedNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=16, unique=True, verbose_name="number")),
                ("said", models.CharField(blank=True, max_length=160, verbose_name="said")),
                ("noted_by", models.CharField(blank=True, max_length=120)),
                ("since", models.DateTimeField(auto_now_add=True, verbose_name="since")),
            ],
            options={
                "verbose_name": "stopped number",
                "verbose_name_plural": "stopped numbers",
            },
        ),
        migrations.CreateModel(
            name="OutgoingSms",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("dossier", "Dossier available"),
                            ("payment", "Reminder of a payment"),
                            ("visit", "Visit confirmed, moved or cancelled"),
                            ("reminder", "Reminder of a visit"),
                            ("test", "Test"),
                        ],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("to", models.CharField(max_length=16, verbose_name="to")),
                ("text", models.TextField(verbose_name="text")),
                ("sender", models.CharField(blank=True, max_length=16, verbose_name="sender")),
                ("encoding", models.CharField(choices=[("gsm7", "GSM-7"), ("ucs2", "UCS-2")], max_length=4)),
                ("parts", models.PositiveSmallIntegerField(verbose_name="messages")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("queued", "Queued"),
                            ("held", "Waits for the hour"),
                            ("sent", "Sent"),
                            ("delivered", "Delivered"),
                            ("failed", "Failed"),
                            ("stopped", "Stopped by its reader"),
                        ],
                        default="queued",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="error")),
                (
                    "carrier",
                    models.CharField(
                        blank=True,
                        choices=[("ovh", "OVHcloud"), ("brevo", "Brevo"), ("twilio", "Twilio"), ("smsmode", "smsmode")],
                        max_length=8,
                    ),
                ),
                ("provider_ref", models.CharField(blank=True, max_length=80)),
                (
                    "price",
                    models.DecimalField(blank=True, decimal_places=5, max_digits=9, null=True, verbose_name="price"),
                ),
                ("currency", models.CharField(blank=True, max_length=8)),
                ("contact_code", models.CharField(blank=True, max_length=16)),
                ("about", models.CharField(blank=True, max_length=120, verbose_name="about")),
                ("sent_by", models.CharField(blank=True, max_length=120, verbose_name="by")),
                ("keeps_hours", models.BooleanField(default=False)),
                ("region", models.CharField(blank=True, max_length=4)),
                ("topic", models.CharField(blank=True, max_length=40)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("called_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("delivered_at", models.DateTimeField(blank=True, null=True, verbose_name="delivered")),
            ],
            options={
                "verbose_name": "text message",
                "verbose_name_plural": "text messages",
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("created_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="mail_outgoingsms_created_ix",
                    ),
                    models.Index(fields=["carrier", "provider_ref"], name="mail_outgoingsms_ref_ix"),
                    models.Index(fields=["to"], name="mail_outgoingsms_to_ix"),
                    models.Index(fields=["contact_code"], name="mail_outgoingsms_contact_ix"),
                    models.Index(
                        condition=models.Q(("topic", ""), _negated=True),
                        fields=["topic"],
                        name="mail_outgoingsms_topic_ix",
                    ),
                ],
                "constraints": [models.UniqueConstraint(fields=("code",), name="mail_outgoingsms_code_uq")],
            },
        ),
        migrations.CreateModel(
            name="SmsAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                (
                    "carrier",
                    models.CharField(
                        choices=[("ovh", "OVHcloud"), ("brevo", "Brevo"), ("twilio", "Twilio"), ("smsmode", "smsmode")],
                        max_length=8,
                        verbose_name="provider",
                    ),
                ),
                ("identifiers", models.JSONField(default=dict)),
                ("sealed", models.TextField(blank=True)),
                ("token", models.CharField(default=mail.models.sms.new_token, editable=False, max_length=64)),
                ("is_active", models.BooleanField(default=False, verbose_name="in use")),
                ("credit", models.CharField(blank=True, max_length=120)),
                ("checked_at", models.DateTimeField(blank=True, null=True, verbose_name="checked")),
                ("error", models.CharField(blank=True, max_length=300)),
                ("last_called_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "account for text messages",
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="mail_smsaccount_code_uq"),
                    models.UniqueConstraint(fields=("token",), name="mail_smsaccount_token_uq"),
                    models.UniqueConstraint(fields=("carrier",), name="mail_smsaccount_carrier_uq"),
                    models.UniqueConstraint(
                        condition=models.Q(("is_active", True)), fields=("is_active",), name="mail_smsaccount_one_uq"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SmsModel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("dossier", "Dossier available"),
                            ("payment", "Reminder of a payment"),
                            ("visit", "Visit confirmed, moved or cancelled"),
                            ("reminder", "Reminder of a visit"),
                            ("test", "Test"),
                        ],
                        max_length=8,
                    ),
                ),
                ("language", models.CharField(choices=[("fr", "French"), ("en", "English")], max_length=5)),
                ("text", models.TextField(max_length=612, verbose_name="text")),
                ("is_active", models.BooleanField(default=False, verbose_name="sent")),
                ("changed_at", models.DateTimeField(auto_now=True)),
                ("changed_by", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "language"), name="mail_smsmodel_uq")],
            },
        ),
        migrations.CreateModel(
            name="SmsSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sender", models.CharField(blank=True, max_length=16, verbose_name="sender")),
                ("signature", models.CharField(blank=True, max_length=40, verbose_name="signature")),
                ("since", models.TimeField(default=time(8, 0), verbose_name="reminders from")),
                ("until", models.TimeField(default=time(20, 0), verbose_name="reminders until")),
                (
                    "most_a_day",
                    models.PositiveIntegerField(
                        default=200,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100000),
                        ],
                        verbose_name="messages a day at most",
                    ),
                ),
                (
                    "price",
                    models.DecimalField(
                        blank=True,
                        decimal_places=4,
                        max_digits=5,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="price of one message",
                    ),
                ),
                ("makes_plain", models.BooleanField(default=True, verbose_name="replace special characters")),
                ("writes_abroad", models.BooleanField(default=False, verbose_name="write to numbers outside France")),
                ("needs_consent", models.BooleanField(default=False, verbose_name="write only to those who agreed")),
            ],
            options={
                "verbose_name": "settings of text messages",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="mail_smssettings_single"),
                    models.CheckConstraint(
                        condition=models.Q(("since__lt", models.F("until"))), name="mail_smssettings_hours"
                    ),
                ],
            },
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
