import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.text

#: A proof that can be changed proves nothing; the rows of a firm go with its schema.
LOCK = """
CREATE OR REPLACE FUNCTION extranet_missionsignature_lock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a signature is never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER extranet_missionsignature_lock BEFORE UPDATE OR DELETE ON extranet_missionsignature
    FOR EACH ROW EXECUTE FUNCTION extranet_missionsignature_lock();
"""
UNLOCK = """
DROP TRIGGER extranet_missionsignature_lock ON extranet_missionsignature;
DROP FUNCTION extranet_missionsignature_lock();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("extranet", "0007_client_booking"),
        ("storage", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="portalsettings",
            name="mission_code",
            field=models.BooleanField(default=True, verbose_name="ask for a code by e-mail before signing by a link"),
        ),
        migrations.AddField(
            model_name="portalsettings",
            name="mission_remind_days",
            field=models.PositiveIntegerField(
                blank=True,
                default=3,
                null=True,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)],
                verbose_name="remind every (days)",
            ),
        ),
        migrations.AddField(
            model_name="portalsettings",
            name="mission_remind_most",
            field=models.PositiveIntegerField(
                default=3,
                validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(20)],
                verbose_name="how many reminders at most",
            ),
        ),
        migrations.AddField(
            model_name="portalsettings",
            name="mission_trigger",
            field=models.CharField(
                choices=[
                    ("never", "Never: by hand only"),
                    ("started", "When an order is taken in charge"),
                    ("quote", "When a quote is accepted"),
                ],
                default="never",
                max_length=8,
                verbose_name="make the mission order by itself",
            ),
        ),
        migrations.AlterField(
            model_name="dossierfile",
            name="kind",
            field=models.CharField(
                choices=[
                    ("report", "Report"),
                    ("invoice", "Invoice"),
                    ("certificate", "Certificate"),
                    ("genapi", "GENAPI"),
                    ("photo", "Photo"),
                    ("mission", "Mission order"),
                    ("other", "Other"),
                ],
                default="report",
                max_length=12,
                verbose_name="kind",
            ),
        ),
        migrations.AlterField(
            model_name="orderevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("created", "Order begun"),
                    ("sent", "Order sent"),
                    ("edited", "Order edited"),
                    ("started", "In progress"),
                    ("done", "Handled"),
                    ("reopened", "To be handled again"),
                    ("cancelled", "Cancelled"),
                    ("assigned", "Assigned"),
                    ("unassigned", "No longer assigned"),
                    ("contact", "Client chosen"),
                    ("file_added", "File added"),
                    ("file_removed", "File removed"),
                    ("dossier", "Dossier made of it"),
                    ("mission", "Mission order made"),
                    ("odm_signed", "Mission order signed"),
                    ("odm_taken", "Mission order withdrawn"),
                    ("odm_reminded", "Reminder to sign sent"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="MissionModel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("version", models.PositiveIntegerField()),
                ("is_current", models.BooleanField(default=True)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("ours", "Our pages"),
                            ("form", "Your PDF, its fields filled in"),
                            ("front", "Your PDF before our pages"),
                            ("back", "Your PDF after our pages"),
                        ],
                        default="ours",
                        max_length=6,
                        verbose_name="made of",
                    ),
                ),
                (
                    "sections",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("orderer", "Orderer"),
                                ("owner", "Owner"),
                                ("occupant", "Occupant"),
                                ("property", "Property"),
                                ("building", "Description of the building"),
                                ("diagnostics", "Diagnostics"),
                                ("price", "Price"),
                                ("visit", "Visit"),
                                ("notary", "Notary"),
                                ("documents", "Documents to hand over"),
                                ("terms", "Terms"),
                            ],
                            max_length=12,
                        ),
                        blank=True,
                        default=list,
                    ),
                ),
                ("before", models.TextField(blank=True, max_length=5000, verbose_name="text before")),
                ("after", models.TextField(blank=True, max_length=5000, verbose_name="text after")),
                ("documents", models.TextField(blank=True, max_length=3000, verbose_name="documents to hand over")),
                ("terms", models.TextField(blank=True, max_length=20000, verbose_name="terms")),
                ("withdrawal", models.TextField(blank=True, max_length=10000, verbose_name="right of withdrawal")),
                ("fields", models.JSONField(blank=True, default=list)),
                ("assigned", models.JSONField(blank=True, default=dict)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
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
                    "stored",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="storage.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "model of mission orders",
            },
        ),
        migrations.CreateModel(
            name="MissionOrder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("rank", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("to_sign", "To be signed"),
                            ("signed", "Signed"),
                            ("withdrawn", "Withdrawn"),
                            ("replaced", "Replaced"),
                        ],
                        default="to_sign",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("order_version", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("language", models.CharField(max_length=10)),
                ("for_consumer", models.BooleanField(default=False)),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("asks_code", models.BooleanField(default=False)),
                ("code_hash", models.CharField(blank=True, editable=False, max_length=64)),
                ("code_expires_at", models.DateTimeField(blank=True, editable=False, null=True)),
                ("code_attempts", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("mailed_at", models.DateTimeField(blank=True, null=True)),
                ("reminders", models.PositiveSmallIntegerField(default=0)),
                ("reminders_stopped", models.BooleanField(default=False)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("end_reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
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
                    "model",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="extranet.missionmodel",
                    ),
                ),
                (
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="missions",
                        to="extranet.order",
                    ),
                ),
                (
                    "stored",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="mission", to="storage.storedfile"
                    ),
                ),
            ],
            options={
                "verbose_name": "mission order",
                "ordering": ["-rank"],
            },
        ),
        migrations.CreateModel(
            name="MissionSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "way",
                    models.CharField(
                        choices=[
                            ("account", "Online, with an account"),
                            ("link", "Online, by the link of an e-mail"),
                            ("paper", "On paper"),
                        ],
                        max_length=8,
                        verbose_name="signed",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("signed_at", models.DateTimeField(verbose_name="signed on")),
                ("local_time", models.CharField(max_length=32)),
                ("zone", models.CharField(max_length=64)),
                ("address", models.GenericIPAddressField(blank=True, null=True)),
                ("user_agent", models.CharField(blank=True, max_length=500)),
                ("account", models.CharField(blank=True, max_length=254)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("code_verified", models.BooleanField(default=False)),
                ("agreed", models.TextField(blank=True)),
                ("early_start", models.BooleanField(blank=True, null=True)),
                ("early_start_text", models.TextField(blank=True)),
                ("document_sha256", models.CharField(max_length=64)),
                ("drawing_sha256", models.CharField(blank=True, max_length=64)),
                ("proof_sha256", models.CharField(max_length=64)),
                ("signed_sha256", models.CharField(max_length=64)),
                ("uploaded_by", models.CharField(blank=True, max_length=120)),
                (
                    "mission",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="signature",
                        to="extranet.missionorder",
                    ),
                ),
                (
                    "stored",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="mission_signature",
                        to="storage.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "signature of a mission order",
            },
        ),
        migrations.AddConstraint(
            model_name="missionmodel",
            constraint=models.UniqueConstraint(fields=("code",), name="extranet_missionmodel_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="missionmodel",
            constraint=models.UniqueConstraint(fields=("version",), name="extranet_missionmodel_version_uq"),
        ),
        migrations.AddConstraint(
            model_name="missionmodel",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_current", True)), fields=("is_current",), name="extranet_missionmodel_current"
            ),
        ),
        migrations.AddConstraint(
            model_name="missionmodel",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind", "ours"), ("stored__isnull", False), _connector="OR"),
                name="extranet_missionmodel_stored",
            ),
        ),
        migrations.AddIndex(
            model_name="missionorder",
            index=models.Index(
                condition=models.Q(("state", "to_sign")), fields=["mailed_at"], name="extranet_mission_remind_ix"
            ),
        ),
        migrations.AddConstraint(
            model_name="missionorder",
            constraint=models.UniqueConstraint(fields=("code",), name="extranet_mission_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="missionorder",
            constraint=models.UniqueConstraint(fields=("order", "rank"), name="extranet_mission_rank_uq"),
        ),
        migrations.AddConstraint(
            model_name="missionorder",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "to_sign")), fields=("order",), name="extranet_mission_open_uq"
            ),
        ),
        migrations.AddIndex(
            model_name="missionsignature",
            index=models.Index(models.OrderBy(models.F("signed_at"), descending=True), name="extranet_missionsign_ix"),
        ),
        migrations.RunSQL(LOCK, UNLOCK),
    ]
