"""The firm's own mail server, limits and stopped addresses."""

import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models

import kernel.text


class Migration(migrations.Migration):
    dependencies = [("mail", "0002_texts")]

    operations = [
        migrations.CreateModel(
            name="MailServer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("host", models.CharField(blank=True, max_length=253, verbose_name="server")),
                (
                    "port",
                    models.PositiveIntegerField(
                        default=465,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(65535),
                        ],
                        verbose_name="port",
                    ),
                ),
                (
                    "security",
                    models.CharField(
                        choices=[
                            ("tls", "TLS from the start (usually port 465)"),
                            ("starttls", "STARTTLS (usually port 587)"),
                            ("none", "none"),
                        ],
                        default="tls",
                        max_length=8,
                        verbose_name="encryption",
                    ),
                ),
                (
                    "verify_certificate",
                    models.BooleanField(default=True, verbose_name="check the server's certificate"),
                ),
                ("username", models.CharField(blank=True, max_length=254, verbose_name="login")),
                ("sealed", models.TextField(blank=True, editable=False)),
                ("from_address", models.EmailField(blank=True, max_length=254, verbose_name="sender's address")),
                ("from_name", models.CharField(blank=True, max_length=80, verbose_name="sender's name")),
                ("reply_to", models.EmailField(blank=True, max_length=254, verbose_name="address for answers")),
                (
                    "hour_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="mails an hour",
                    ),
                ),
                (
                    "day_limit",
                    models.PositiveIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(1)],
                        verbose_name="mails a day",
                    ),
                ),
                ("is_active", models.BooleanField(default=False, editable=False)),
                ("checked_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("trouble", models.CharField(blank=True, editable=False, max_length=14)),
                ("detail", models.CharField(blank=True, editable=False, max_length=300)),
                ("failures", models.PositiveIntegerField(default=0, editable=False)),
                ("failing_since", models.DateTimeField(blank=True, editable=False, null=True)),
                ("paused_until", models.DateTimeField(blank=True, editable=False, null=True)),
                ("told_at", models.DateTimeField(blank=True, editable=False, null=True)),
            ],
            options={
                "verbose_name": "mail server",
            },
        ),
        migrations.CreateModel(
            name="SendingHour",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "route",
                    models.CharField(
                        choices=[("own", "the firm's server"), ("platform", "the platform's server")], max_length=8
                    ),
                ),
                ("hour", models.DateTimeField()),
                ("taken", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="StoppedAddress",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("address", models.EmailField(max_length=254, verbose_name="address")),
                (
                    "bounce",
                    models.CharField(
                        choices=[
                            ("hard", "the address does not exist"),
                            ("soft", "the mail box did not take it"),
                            ("policy", "the reader's server refused it"),
                        ],
                        max_length=6,
                        verbose_name="why",
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("since", models.DateTimeField(auto_now_add=True, verbose_name="since")),
            ],
            options={
                "verbose_name": "stopped address",
                "verbose_name_plural": "stopped addresses",
                "ordering": ["-since", "-id"],
            },
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="attempts",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="bounce",
            field=models.CharField(
                blank=True,
                choices=[
                    ("hard", "the address does not exist"),
                    ("soft", "the mail box did not take it"),
                    ("policy", "the reader's server refused it"),
                ],
                max_length=6,
                verbose_name="came back",
            ),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="bounced_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="due_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="next try"),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="queued_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="route",
            field=models.CharField(
                blank=True,
                choices=[("own", "the firm's server"), ("platform", "the platform's server")],
                max_length=8,
                verbose_name="sent by",
            ),
        ),
        migrations.AddField(
            model_name="outgoingmail",
            name="search",
            field=models.TextField(default="", editable=False),
        ),
        migrations.AlterField(
            model_name="outgoingmail",
            name="state",
            field=models.CharField(
                choices=[
                    ("queued", "Queued"),
                    ("sent", "Sent"),
                    ("failed", "Failed"),
                    ("bounced", "Came back"),
                    ("stopped", "Held back"),
                ],
                default="queued",
                max_length=8,
                verbose_name="state",
            ),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(fields=["state", "-created_at"], name="mail_outgoing_state_ix"),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=models.Index(django.db.models.functions.text.Lower("to"), name="mail_outgoing_to_ix"),
        ),
        migrations.AddIndex(
            model_name="outgoingmail",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search"], name="mail_outgoing_search_ix", opclasses=["public.gin_trgm_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="mailserver",
            constraint=models.CheckConstraint(condition=models.Q(("id", 1)), name="mail_server_single"),
        ),
        migrations.AddConstraint(
            model_name="sendinghour",
            constraint=models.UniqueConstraint(fields=("route", "hour"), name="mail_sendinghour_uq"),
        ),
        migrations.AddConstraint(
            model_name="stoppedaddress",
            constraint=models.UniqueConstraint(fields=("code",), name="mail_stopped_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="stoppedaddress",
            constraint=models.UniqueConstraint(
                django.db.models.functions.text.Lower("address"), name="mail_stopped_address_uq"
            ),
        ),
        # what search finds from now on is folded; of the mails before, lower case does
        migrations.RunSQL(
            """UPDATE mail_outgoingmail SET search = ' ' || lower("to" || ' ' || subject)""", migrations.RunSQL.noop
        ),
    ]
