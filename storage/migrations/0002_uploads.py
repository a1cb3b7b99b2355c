"""Uploads that may be resumed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.text


class Migration(migrations.Migration):
    dependencies = [
        ("storage", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ResumableUpload",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("name", models.CharField(max_length=150, verbose_name="file name")),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                ("offset", models.PositiveBigIntegerField(default=0)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                (
                    "state",
                    models.CharField(
                        choices=[("open", "Being sent"), ("done", "Arrived"), ("refused", "Refused")],
                        default="open",
                        max_length=7,
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=40)),
                ("error_text", models.CharField(blank=True, max_length=500)),
                ("finishing_until", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("expires_at", models.DateTimeField()),
                (
                    "stored",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="storage.storedfile",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UploadPiece",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("start", models.PositiveBigIntegerField()),
                ("size", models.PositiveBigIntegerField()),
                ("key", models.CharField(max_length=200)),
                (
                    "upload",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="pieces",
                        to="storage.resumableupload",
                    ),
                ),
            ],
            options={
                "ordering": ["start"],
            },
        ),
        migrations.AddIndex(
            model_name="resumableupload",
            index=models.Index(fields=["expires_at"], name="storage_resumable_expires_ix"),
        ),
        migrations.AddConstraint(
            model_name="resumableupload",
            constraint=models.UniqueConstraint(fields=("code",), name="storage_resumable_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="resumableupload",
            constraint=models.CheckConstraint(
                condition=models.Q(("offset__lte", models.F("size"))), name="storage_resumable_offset_in_size"
            ),
        ),
        migrations.AddConstraint(
            model_name="uploadpiece",
            constraint=models.UniqueConstraint(fields=("upload", "start"), name="storage_piece_start_uq"),
        ),
    ]
