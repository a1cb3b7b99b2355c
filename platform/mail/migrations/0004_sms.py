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
                ("number", models.CharField(max_length=16, unique=True)),
                ("given_on", models.DateField()),
                ("noted_by", models.CharField(max_length=120)),
                ("how", models.CharField(blank=True, max_length=160)),
                ("noted_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="StoppedNumber",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.CharField(max_length=16, unique=True)),
                ("said", models.CharField(blank=True, max_length=160)),
                ("noted_by", models.CharField(blank=True, max_length=120)),
                ("since", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "abstract": False,
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
                    ),
                ),
                ("to", models.CharField(max_length=16)),
                ("text", models.TextField()),
                ("sender", models.CharField(blank=True, max_length=16)),
                ("encoding", models.CharField(choices=[("gsm7", "GSM-7"), ("ucs2", "UCS-2")], max_length=4)),
                ("parts", models.PositiveSmallIntegerField()),
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
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=300)),
                (
                    "carrier",
                    models.CharField(
                        blank=True,
                        choices=[("ovh", "OVHcloud"), ("brevo", "Brevo"), ("twilio", "Twilio"), ("smsmode", "smsmode")],
                        max_length=8,
                    ),
                ),
                ("provider_ref", models.CharField(blank=True, max_length=80)),
                ("price", models.DecimalField(blank=True, decimal_places=5, max_digits=9, null=True)),
                ("currency", models.CharField(blank=True, max_length=8)),
                ("contact_code", models.CharField(blank=True, max_length=16)),
                ("about", models.CharField(blank=True, max_length=120)),
                ("sent_by", models.CharField(blank=True, max_length=120)),
                ("keeps_hours", models.BooleanField(default=False)),
                ("region", models.CharField(blank=True, max_length=4)),
                ("topic", models.CharField(blank=True, max_length=40)),
                ("due_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("called_at", models.DateTimeField(blank=True, null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("delivered_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
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
                    ),
                ),
                ("identifiers", models.JSONField(default=dict)),
                ("sealed", models.TextField(blank=True)),
                ("token", models.CharField(default=mail.models.sms.new_token, editable=False, max_length=64)),
                ("is_active", models.BooleanField(default=False)),
                ("credit", models.CharField(blank=True, max_length=120)),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("error", models.CharField(blank=True, max_length=300)),
                ("last_called_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
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
                ("text", models.TextField(max_length=612)),
                ("is_active", models.BooleanField(default=False)),
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
                ("sender", models.CharField(blank=True, max_length=16)),
                ("signature", models.CharField(blank=True, max_length=40)),
                ("since", models.TimeField(default=time(8, 0))),
                ("until", models.TimeField(default=time(20, 0))),
                (
                    "most_a_day",
                    models.PositiveIntegerField(
                        default=200,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100000),
                        ],
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
                    ),
                ),
                ("makes_plain", models.BooleanField(default=True)),
                ("writes_abroad", models.BooleanField(default=False)),
                ("needs_consent", models.BooleanField(default=False)),
            ],
            options={
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
