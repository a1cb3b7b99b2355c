"""Webhooks out."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

import kernel.text


class Migration(migrations.Migration):
    dependencies = [("extranet", "0014_imports"), migrations.swappable_dependency(settings.AUTH_USER_MODEL)]

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("url", models.CharField(max_length=500, verbose_name="address")),
                ("description", models.CharField(blank=True, max_length=120, verbose_name="description")),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), verbose_name="events"
                    ),
                ),
                ("sealed", models.TextField(editable=False)),
                ("previous_until", models.DateTimeField(editable=False, null=True)),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "off_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("person", "Switched off by hand"),
                            ("gone", "Switched off: the address answered that it is gone (410)"),
                            ("failing", "Switched off: it took nothing for five days"),
                        ],
                        max_length=8,
                    ),
                ),
                ("off_at", models.DateTimeField(editable=False, null=True)),
                ("failing_since", models.DateTimeField(editable=False, null=True)),
                ("failures", models.PositiveIntegerField(default=0, editable=False)),
                ("paused_until", models.DateTimeField(editable=False, null=True)),
                ("last_delivered_at", models.DateTimeField(editable=False, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("created_by_name", models.CharField(blank=True, max_length=120)),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "ordering": ["created_at", "id"],
                "constraints": [models.UniqueConstraint(fields=("code",), name="extranet_webhook_code_uq")],
            },
        ),
        migrations.CreateModel(
            name="WebhookEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("kind", models.CharField(max_length=40)),
                ("body", models.TextField()),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("code",), name="extranet_hookevent_code_uq")],
                "indexes": [models.Index(fields=["created_at"], name="extranet_hookevent_created_ix")],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("kind", models.CharField(max_length=40, verbose_name="event")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "On its way"), ("delivered", "Delivered"), ("failed", "Failed")],
                        default="waiting",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="attempts")),
                ("next_at", models.DateTimeField(blank=True, null=True, verbose_name="next attempt")),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="created")),
                ("last_at", models.DateTimeField(blank=True, null=True, verbose_name="last attempt")),
                ("replayed_at", models.DateTimeField(blank=True, null=True)),
                ("status", models.PositiveSmallIntegerField(blank=True, null=True)),
                ("milliseconds", models.PositiveIntegerField(blank=True, null=True)),
                (
                    "trouble",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("status", "It answered with another status than 200 to 299."),
                            (
                                "redirect",
                                "It answered with a redirect, which is not followed: enter the final address.",
                            ),
                            ("gone", "It answered that it is gone for good (410)."),
                            ("private", "The address leads into a private network."),
                            ("no_host", "There is no server of this name."),
                            ("refused", "The server refuses the connection."),
                            ("certificate", "The server's certificate is not valid for this name."),
                            ("tls", "No encrypted connection was possible."),
                            ("timeout", "It did not answer within 15 seconds."),
                            ("closed", "The server closed the connection without an answer."),
                            ("not_http", "What the server answered is no HTTP."),
                            ("unreadable", "The stored secret cannot be opened any more: renew it."),
                            ("off", "The address was switched off before it took the event."),
                        ],
                        max_length=12,
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=300)),
                ("request_headers", models.JSONField(blank=True, default=dict)),
                ("response", models.TextField(blank=True)),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="extranet.webhookendpoint",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="deliveries",
                        to="extranet.webhookevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery",
                "verbose_name_plural": "deliveries",
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="extranet_hookdelivery_code_uq"),
                    models.UniqueConstraint(fields=("event", "endpoint"), name="extranet_hookdelivery_uq"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("next_at__isnull", False), ("state", "waiting")),
                            models.Q(
                                models.Q(("state", "waiting"), _negated=True),
                                ("next_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="extranet_hookdelivery_next",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["-created_at", "-id"], name="extranet_hookdelivery_ix"),
                    models.Index(fields=["endpoint", "-created_at", "-id"], name="extranet_hookdelivery_of_ix"),
                    models.Index(fields=["kind", "-created_at", "-id"], name="extranet_hookdelivery_kind_ix"),
                    models.Index(fields=["state", "-created_at", "-id"], name="extranet_hookdelivery_state_ix"),
                    models.Index(
                        condition=models.Q(("state", "waiting")),
                        fields=["next_at"],
                        name="extranet_hookdelivery_next_ix",
                    ),
                ],
            },
        ),
    ]
