from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("extranet", "0006_quotes")]

    operations = [
        migrations.CreateModel(
            name="AppointmentReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("channel", models.CharField(choices=[("mail", "E-mail")], default="mail", max_length=4)),
                ("starts_at", models.DateTimeField()),
                ("hours", models.PositiveSmallIntegerField()),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.AddField(
            model_name="appointment",
            name="deposit",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name="deposit"),
        ),
        migrations.AddField(
            model_name="appointment",
            name="deposit_back",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True),
        ),
        migrations.AddField(
            model_name="appointment",
            name="deposit_paid_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="appointment",
            name="refund_hours",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="appointment",
            name="refund_percent",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="appointment",
            name="told_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="appointment",
            name="told_version",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="bookingsettings",
            name="booking_from",
            field=models.CharField(
                choices=[("sent", "as soon as the order is sent"), ("agreed", "once the quote is accepted")],
                default="sent",
                max_length=6,
                verbose_name="they may book",
            ),
        ),
        migrations.AddField(
            model_name="bookingsettings",
            name="client_booking",
            field=models.BooleanField(default=False, verbose_name="clients book their visit online"),
        ),
        migrations.AddField(
            model_name="bookingsettings",
            name="deposit_amount",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=8,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(Decimal(1)),
                    django.core.validators.MaxValueValidator(Decimal(100000)),
                ],
                verbose_name="amount of the deposit (€)",
            ),
        ),
        migrations.AddField(
            model_name="bookingsettings",
            name="deposit_by_hand",
            field=models.BooleanField(default=False, verbose_name="accept the announcement of a transfer or cheque"),
        ),
        migrations.AddField(
            model_name="bookingsettings",
            name="deposit_kind",
            field=models.CharField(
                choices=[("none", "No deposit"), ("fixed", "A fixed amount"), ("percent", "A part of the price")],
                default="none",
                max_length=7,
                verbose_name="deposit",
            ),
        ),
        migrations.AddField(
            model_name="bookingsettings",
            name="deposit_max",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=8,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(Decimal(1)),
                    django.core.validators.MaxValueValidator(Decimal(100000)),
                ],
                verbose_name="at most (€)",
            ),
        ),
        migrations.AddField(
            model_name="bookingsettings",
            name="deposit_min",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=8,
                null=True,
                validators=[
                    django.core.validators.MinValueValidator(Decimal(1)),
                    django.core.validators.MaxValueValidator(Decimal(100000)),
                ],
                verbose_name="at least (€)",
            ),
        ),
        migrations.AddField(
            model_name="bookingsettings",
            name="deposit_percent",
            field=models.PositiveSmallIntegerField(
                default=30,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(100)],
                verbose_name="part of the price (%)",
            ),
        ),
        migrations.AddField(
            model_name="bookingsettings",
            name="first_reminder_hours",
            field=models.PositiveSmallIntegerField(
                default=72,
                validators=[django.core.validators.MaxValueValidator(336)],
                verbose_name="first reminder (hours before)",
            ),
        ),
        migrations.AddField(
            model_name="bookingsettings",
            name="last_reminder_hours",
            field=models.PositiveSmallIntegerField(
                default=24,
                validators=[django.core.validators.MaxValueValidator(336)],
                verbose_name="last reminder (hours before)",
            ),
        ),
        migrations.AddField(
            model_name="bookingsettings",
            name="refund_hours",
            field=models.PositiveSmallIntegerField(
                default=48,
                validators=[django.core.validators.MaxValueValidator(720)],
                verbose_name="given back in full until (hours before)",
            ),
        ),
        migrations.AddField(
            model_name="bookingsettings",
            name="refund_percent",
            field=models.PositiveSmallIntegerField(
                default=50,
                validators=[django.core.validators.MaxValueValidator(100)],
                verbose_name="then given back (%)",
            ),
        ),
        migrations.AddField(
            model_name="bookingsettings",
            name="visitor_booking",
            field=models.BooleanField(default=False, verbose_name="people without an account too"),
        ),
        migrations.AlterField(
            model_name="appointmentevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("held", "Time held"),
                    ("booked", "Booked"),
                    ("confirmed", "Confirmed"),
                    ("edited", "Edited"),
                    ("moved", "Moved"),
                    ("cancelled", "Visit cancelled"),
                    ("expired", "Not paid in time"),
                    ("done", "Visit made"),
                    ("missed", "Nobody was there"),
                    ("reopened", "Confirmed again"),
                    ("released", "Given back before it was paid"),
                    ("paid", "Deposit received"),
                    ("told", "Told by e-mail"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("deposit_back__isnull", True),
                    models.Q(
                        ("deposit__isnull", False), ("deposit_back__gte", 0), ("deposit_back__lte", models.F("deposit"))
                    ),
                    _connector="OR",
                ),
                name="extranet_appointment_back",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("deposit__isnull", True), ("deposit__gt", 0), _connector="OR"),
                name="extranet_appointment_deposit",
            ),
        ),
        migrations.AddField(
            model_name="appointmentreminder",
            name="appointment",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="reminders",
                to="extranet.appointment",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointmentreminder",
            constraint=models.UniqueConstraint(
                fields=("appointment", "starts_at", "hours", "channel"), name="extranet_appreminder_uq"
            ),
        ),
        migrations.AddField(
            model_name="appointment",
            name="geo_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="bookingsettings",
            name="geo_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="diagnostician",
            name="geo_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
