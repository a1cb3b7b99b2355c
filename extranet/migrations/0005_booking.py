import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import extranet.models.appointment
import kernel.text

#: Minutes on the spot, and more for each further 10 m² beyond 70: what a firm starts with and edits.
DURATIONS = {
    "dpe": (45, 5),
    "audit": (90, 8),
    "amiante": (30, 4),
    "dapp": (30, 4),
    "dta": (60, 6),
    "amiante_works": (60, 6),
    "crep": (45, 6),
    "plomb_works": (45, 6),
    "termites": (20, 3),
    "merule": (20, 3),
    "gaz": (20, 0),
    "elec": (25, 2),
    "erp": (0, 0),
    "ensa": (0, 0),
    "anc": (45, 0),
    "carrez": (20, 3),
    "boutin": (20, 3),
    "bois": (10, 0),
    "piscine": (10, 0),
    "dtg": (180, 5),
    "pemd": (90, 6),
    "other": (30, 0),
}


def add(apps, schema_editor):
    apps.get_model("extranet", "BookingSettings").objects.create(pk=1)
    Duration = apps.get_model("extranet", "DiagnosticDuration")
    Duration.objects.bulk_create(
        Duration(kind=kind, minutes=minutes, extra_minutes=extra) for kind, (minutes, extra) in DURATIONS.items()
    )


class Migration(migrations.Migration):
    dependencies = [
        ("extranet", "0004_prices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="BookingSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("street", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("postcode", models.CharField(blank=True, max_length=10, verbose_name="postcode")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="town")),
                ("latitude", models.FloatField(blank=True, editable=False, null=True)),
                ("longitude", models.FloatField(blank=True, editable=False, null=True)),
                (
                    "geo_state",
                    models.CharField(
                        choices=[
                            ("none", "No address"),
                            ("waiting", "Being looked up"),
                            ("found", "Found"),
                            ("unsure", "To be checked"),
                            ("not_found", "Address not found"),
                            ("failed", "The address service did not answer"),
                            ("by_hand", "Placed by hand"),
                        ],
                        default="none",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        choices=[
                            ("Europe/Paris", "Mainland France (Paris)"),
                            ("America/Guadeloupe", "Guadeloupe"),
                            ("America/Martinique", "Martinique"),
                            ("America/Cayenne", "French Guiana"),
                            ("Indian/Reunion", "Réunion"),
                            ("Indian/Mayotte", "Mayotte"),
                        ],
                        default="Europe/Paris",
                        max_length=24,
                        verbose_name="time zone",
                    ),
                ),
                (
                    "holiday_region",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Mainland France"),
                            ("6AE", "Alsace"),
                            ("57", "Moselle"),
                            ("971", "Guadeloupe"),
                            ("972", "Martinique"),
                            ("973", "French Guiana"),
                            ("974", "Réunion"),
                            ("976", "Mayotte"),
                        ],
                        max_length=4,
                        verbose_name="public holidays of",
                    ),
                ),
                ("works_on_holidays", models.BooleanField(default=False, verbose_name="visits on public holidays too")),
                (
                    "step_minutes",
                    models.PositiveSmallIntegerField(
                        choices=[(15, "quarter of an hour"), (30, "half-hour"), (60, "hour")],
                        default=30,
                        verbose_name="visits begin every",
                    ),
                ),
                (
                    "notice_hours",
                    models.PositiveSmallIntegerField(
                        default=24,
                        validators=[django.core.validators.MaxValueValidator(720)],
                        verbose_name="notice (hours)",
                    ),
                ),
                (
                    "horizon_days",
                    models.PositiveSmallIntegerField(
                        default=60,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="horizon (days)",
                    ),
                ),
                (
                    "hold_minutes",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(30),
                            django.core.validators.MaxValueValidator(240),
                        ],
                        verbose_name="time to pay (minutes)",
                    ),
                ),
                (
                    "base_minutes",
                    models.PositiveSmallIntegerField(
                        default=20,
                        validators=[django.core.validators.MaxValueValidator(240)],
                        verbose_name="each visit (minutes)",
                    ),
                ),
                (
                    "included_surface",
                    models.PositiveSmallIntegerField(
                        default=70,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(2000),
                        ],
                        verbose_name="surface included (m²)",
                    ),
                ),
                (
                    "buffer_minutes",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[django.core.validators.MaxValueValidator(240)],
                        verbose_name="between two visits (minutes)",
                    ),
                ),
                (
                    "speed_kmh",
                    models.PositiveSmallIntegerField(
                        default=45,
                        validators=[
                            django.core.validators.MinValueValidator(5),
                            django.core.validators.MaxValueValidator(130),
                        ],
                        verbose_name="average speed (km/h)",
                    ),
                ),
                (
                    "detour_percent",
                    models.PositiveSmallIntegerField(
                        default=130,
                        validators=[
                            django.core.validators.MinValueValidator(100),
                            django.core.validators.MaxValueValidator(300),
                        ],
                        verbose_name="roads against the straight line (%)",
                    ),
                ),
                (
                    "unknown_minutes",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[django.core.validators.MaxValueValidator(240)],
                        verbose_name="travel when a place is not known (minutes)",
                    ),
                ),
                (
                    "move_hours",
                    models.PositiveSmallIntegerField(
                        default=48,
                        validators=[django.core.validators.MaxValueValidator(720)],
                        verbose_name="clients move a visit until (hours before)",
                    ),
                ),
                (
                    "cancel_hours",
                    models.PositiveSmallIntegerField(
                        default=48,
                        validators=[django.core.validators.MaxValueValidator(720)],
                        verbose_name="clients cancel a visit until (hours before)",
                    ),
                ),
                (
                    "most_moves",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[django.core.validators.MaxValueValidator(20)],
                        verbose_name="how often clients may move a visit",
                    ),
                ),
            ],
            options={
                "verbose_name": "rules of visits",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="extranet_booking_single")],
            },
        ),
        migrations.CreateModel(
            name="DiagnosticDuration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("dpe", "Energy performance (DPE)"),
                            ("audit", "Regulatory energy audit"),
                            ("amiante", "Asbestos before sale"),
                            ("dapp", "Asbestos of private parts (DAPP)"),
                            ("dta", "Asbestos technical file (DTA)"),
                            ("amiante_works", "Asbestos before works"),
                            ("crep", "Lead exposure risk (CREP)"),
                            ("plomb_works", "Lead before works"),
                            ("termites", "Termites"),
                            ("merule", "Dry rot"),
                            ("gaz", "Gas installation"),
                            ("elec", "Electrical installation"),
                            ("erp", "Risks and pollution (ERP)"),
                            ("ensa", "Aircraft noise (ENSA)"),
                            ("anc", "Non-collective sanitation"),
                            ("carrez", "Carrez floor area"),
                            ("boutin", "Boutin living area"),
                            ("bois", "Wood-fired heating"),
                            ("piscine", "Pool safety"),
                            ("dtg", "Overall technical diagnosis (DTG)"),
                            ("pemd", "Products, materials and waste (PEMD)"),
                            ("other", "Other diagnostic"),
                        ],
                        max_length=14,
                        verbose_name="diagnostic",
                    ),
                ),
                (
                    "minutes",
                    models.PositiveSmallIntegerField(
                        default=30, validators=[django.core.validators.MaxValueValidator(600)], verbose_name="minutes"
                    ),
                ),
                (
                    "extra_minutes",
                    models.PositiveSmallIntegerField(
                        default=0,
                        validators=[django.core.validators.MaxValueValidator(60)],
                        verbose_name="more for each further 10 m²",
                    ),
                ),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("kind",), name="extranet_duration_kind_uq")]},
        ),
        migrations.CreateModel(
            name="Diagnostician",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("street", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("postcode", models.CharField(blank=True, max_length=10, verbose_name="postcode")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="town")),
                ("latitude", models.FloatField(blank=True, editable=False, null=True)),
                ("longitude", models.FloatField(blank=True, editable=False, null=True)),
                (
                    "geo_state",
                    models.CharField(
                        choices=[
                            ("none", "No address"),
                            ("waiting", "Being looked up"),
                            ("found", "Found"),
                            ("unsure", "To be checked"),
                            ("not_found", "Address not found"),
                            ("failed", "The address service did not answer"),
                            ("by_hand", "Placed by hand"),
                        ],
                        default="none",
                        editable=False,
                        max_length=10,
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                (
                    "colour",
                    models.CharField(
                        choices=[
                            ("blue", "Blue"),
                            ("teal", "Teal"),
                            ("green", "Green"),
                            ("amber", "Amber"),
                            ("orange", "Orange"),
                            ("red", "Red"),
                            ("pink", "Pink"),
                            ("purple", "Purple"),
                            ("slate", "Slate"),
                            ("brown", "Brown"),
                        ],
                        default="blue",
                        max_length=8,
                        verbose_name="colour",
                    ),
                ),
                (
                    "diagnostics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("dpe", "Energy performance (DPE)"),
                                ("audit", "Regulatory energy audit"),
                                ("amiante", "Asbestos before sale"),
                                ("dapp", "Asbestos of private parts (DAPP)"),
                                ("dta", "Asbestos technical file (DTA)"),
                                ("amiante_works", "Asbestos before works"),
                                ("crep", "Lead exposure risk (CREP)"),
                                ("plomb_works", "Lead before works"),
                                ("termites", "Termites"),
                                ("merule", "Dry rot"),
                                ("gaz", "Gas installation"),
                                ("elec", "Electrical installation"),
                                ("erp", "Risks and pollution (ERP)"),
                                ("ensa", "Aircraft noise (ENSA)"),
                                ("anc", "Non-collective sanitation"),
                                ("carrez", "Carrez floor area"),
                                ("boutin", "Boutin living area"),
                                ("bois", "Wood-fired heating"),
                                ("piscine", "Pool safety"),
                                ("dtg", "Overall technical diagnosis (DTG)"),
                                ("pemd", "Products, materials and waste (PEMD)"),
                                ("other", "Other diagnostic"),
                            ],
                            max_length=14,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="diagnostics",
                    ),
                ),
                (
                    "postcodes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=5), blank=True, default=list, verbose_name="zone of work"
                    ),
                ),
                ("takes_online", models.BooleanField(default=True, verbose_name="clients may book")),
                ("is_active", models.BooleanField(default=True, verbose_name="makes visits")),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="diagnostician",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "diagnostician",
                "verbose_name_plural": "diagnosticians",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="WorkingHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        verbose_name="day",
                    ),
                ),
                ("starts", models.TimeField(verbose_name="from")),
                ("ends", models.TimeField(verbose_name="to")),
                (
                    "diagnostician",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="hours",
                        to="extranet.diagnostician",
                    ),
                ),
            ],
            options={"ordering": ["weekday", "starts"]},
        ),
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("leave", "Leave"),
                            ("sick", "Sick leave"),
                            ("training", "Training"),
                            ("other", "Other"),
                        ],
                        default="leave",
                        max_length=8,
                        verbose_name="reason",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="to")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
                (
                    "diagnostician",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="absences",
                        to="extranet.diagnostician",
                    ),
                ),
            ],
            options={"verbose_name": "absence", "verbose_name_plural": "absences", "ordering": ["starts_at", "id"]},
        ),
        migrations.CreateModel(
            name="CalendarFeed",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("token_hash", models.CharField(max_length=64)),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(blank=True, null=True)),
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
                (
                    "diagnostician",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="feed", to="extranet.diagnostician"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Appointment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("street", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("postcode", models.CharField(blank=True, max_length=10, verbose_name="postcode")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="town")),
                ("latitude", models.FloatField(blank=True, editable=False, null=True)),
                ("longitude", models.FloatField(blank=True, editable=False, null=True)),
                (
                    "geo_state",
                    models.CharField(
                        choices=[
                            ("none", "No address"),
                            ("waiting", "Being looked up"),
                            ("found", "Found"),
                            ("unsure", "To be checked"),
                            ("not_found", "Address not found"),
                            ("failed", "The address service did not answer"),
                            ("by_hand", "Placed by hand"),
                        ],
                        default="none",
                        editable=False,
                        max_length=10,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("held", "Being paid"),
                            ("confirmed", "Confirmed"),
                            ("done", "Visit made"),
                            ("missed", "Nobody was there"),
                            ("cancelled", "Visit cancelled"),
                            ("expired", "Not paid in time"),
                        ],
                        default="confirmed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="to")),
                ("held_until", models.DateTimeField(blank=True, null=True)),
                (
                    "diagnostics",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("dpe", "Energy performance (DPE)"),
                                ("audit", "Regulatory energy audit"),
                                ("amiante", "Asbestos before sale"),
                                ("dapp", "Asbestos of private parts (DAPP)"),
                                ("dta", "Asbestos technical file (DTA)"),
                                ("amiante_works", "Asbestos before works"),
                                ("crep", "Lead exposure risk (CREP)"),
                                ("plomb_works", "Lead before works"),
                                ("termites", "Termites"),
                                ("merule", "Dry rot"),
                                ("gaz", "Gas installation"),
                                ("elec", "Electrical installation"),
                                ("erp", "Risks and pollution (ERP)"),
                                ("ensa", "Aircraft noise (ENSA)"),
                                ("anc", "Non-collective sanitation"),
                                ("carrez", "Carrez floor area"),
                                ("boutin", "Boutin living area"),
                                ("bois", "Wood-fired heating"),
                                ("piscine", "Pool safety"),
                                ("dtg", "Overall technical diagnosis (DTG)"),
                                ("pemd", "Products, materials and waste (PEMD)"),
                                ("other", "Other diagnostic"),
                            ],
                            max_length=14,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="diagnostics",
                    ),
                ),
                (
                    "surface",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=7,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(99999),
                        ],
                        verbose_name="surface (m²)",
                    ),
                ),
                ("street_extra", models.CharField(blank=True, max_length=200, verbose_name="building, floor, door")),
                ("person_name", models.CharField(blank=True, max_length=120, verbose_name="who opens the door")),
                ("person_phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("person_email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("access_note", models.CharField(blank=True, max_length=300, verbose_name="access, keys")),
                ("staff_note", models.TextField(blank=True, max_length=5000, verbose_name="note for the staff")),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("client_moves", models.PositiveSmallIntegerField(default=0)),
                ("cancel_reason", models.CharField(blank=True, max_length=300, verbose_name="reason")),
                ("version", models.PositiveIntegerField(default=1)),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="appointments",
                        to="extranet.contact",
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="appointments",
                        to="extranet.dossier",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="appointments",
                        to="extranet.order",
                    ),
                ),
            ],
            options={"verbose_name": "visit", "verbose_name_plural": "visits", "ordering": ["starts_at", "id"]},
        ),
        migrations.CreateModel(
            name="AppointmentEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
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
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("actor_name", models.CharField(blank=True, max_length=120)),
                ("note", models.CharField(blank=True, max_length=300)),
                ("version", models.PositiveIntegerField()),
                ("before_starts_at", models.DateTimeField(blank=True, null=True)),
                ("before_ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "actor",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "appointment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="extranet.appointment",
                    ),
                ),
                (
                    "before_who",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="extranet.diagnostician",
                    ),
                ),
            ],
            options={"ordering": ["-at", "-id"]},
        ),
        migrations.AddField(
            model_name="appointment",
            name="diagnostician",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="appointments",
                to="extranet.diagnostician",
            ),
        ),
        migrations.AddConstraint(
            model_name="diagnostician",
            constraint=models.UniqueConstraint(fields=("code",), name="extranet_diagnostician_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="calendarfeed",
            constraint=models.UniqueConstraint(fields=("token_hash",), name="extranet_calfeed_token_uq"),
        ),
        migrations.AddIndex(
            model_name="appointmentevent",
            index=models.Index(fields=["appointment", "-at", "-id"], name="extranet_appevent_ix"),
        ),
        migrations.AddIndex(
            model_name="appointment", index=models.Index(fields=["starts_at"], name="extranet_appointment_start_ix")
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(fields=["diagnostician", "starts_at"], name="extranet_appointment_who_ix"),
        ),
        migrations.AddIndex(
            model_name="appointment",
            index=models.Index(
                condition=models.Q(("state", "held")), fields=["held_until"], name="extranet_appointment_held_ix"
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.UniqueConstraint(fields=("code",), name="extranet_appointment_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_at__lt", models.F("ends_at"))), name="extranet_appointment_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "held"), _negated=True), ("held_until__isnull", False), _connector="OR"
                ),
                name="extranet_appointment_held",
            ),
        ),
        migrations.AddConstraint(
            model_name="appointment",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("state__in", ["held", "confirmed"])),
                expressions=[
                    (django.contrib.postgres.indexes.OpClass("diagnostician", name="public.gist_int8_ops"), "="),
                    (
                        extranet.models.appointment.TsTzRange(
                            "starts_at", "ends_at", django.contrib.postgres.fields.ranges.RangeBoundary()
                        ),
                        "&&",
                    ),
                ],
                name="extranet_appointment_overlap",
            ),
        ),
        migrations.AddIndex(
            model_name="absence", index=models.Index(fields=["ends_at"], name="extranet_absence_ends_ix")
        ),
        migrations.AddConstraint(
            model_name="absence", constraint=models.UniqueConstraint(fields=("code",), name="extranet_absence_code_uq")
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts_at__lt", models.F("ends_at"))), name="extranet_absence_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="workinghours",
            constraint=models.UniqueConstraint(fields=("diagnostician", "weekday", "starts"), name="extranet_hours_uq"),
        ),
        migrations.AddConstraint(
            model_name="workinghours",
            constraint=models.CheckConstraint(
                condition=models.Q(("starts__lt", models.F("ends"))), name="extranet_hours_order"
            ),
        ),
        migrations.AddConstraint(
            model_name="workinghours",
            constraint=models.CheckConstraint(condition=models.Q(("weekday__lte", 6)), name="extranet_hours_weekday"),
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
