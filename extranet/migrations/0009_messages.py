"""Conversations of messages, their attachments, notices and models."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import kernel.text
from kernel.text import search_text

_CHUNK = 2_000


def make_searchable(apps, schema_editor):
    """Fills the folded text of the messages that are there already."""
    message = apps.get_model("extranet", "Message")
    changed = []
    for row in message.objects.only("subject", "sender_name", "body").order_by("pk").iterator(_CHUNK):
        row.search = search_text(row.subject, row.sender_name, row.body[:5_000])
        changed.append(row)
        if len(changed) == _CHUNK:
            message.objects.bulk_update(changed, ["search"])
            changed.clear()
    message.objects.bulk_update(changed, ["search"])


class Migration(migrations.Migration):
    dependencies = [
        ("extranet", "0008_missions"),
        ("mail", "0001_initial"),
        ("storage", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="MessageFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("name", models.CharField(max_length=150, verbose_name="file name")),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="MessageModel",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("title", models.CharField(max_length=80, verbose_name="title")),
                ("subject", models.CharField(max_length=200, verbose_name="subject")),
                ("body", models.TextField(verbose_name="message")),
            ],
            options={
                "ordering": ["title", "id"],
            },
        ),
        migrations.CreateModel(
            name="MessageNotice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.RemoveIndex(
            model_name="message",
            name="extranet_message_unread_ix",
        ),
        migrations.AddField(
            model_name="message",
            name="cancelled_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="message",
            name="first",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="answers",
                to="extranet.message",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="mail_from",
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.AddField(
            model_name="message",
            name="mail_id",
            field=models.CharField(blank=True, max_length=250),
        ),
        migrations.AddField(
            model_name="message",
            name="mail_text",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="message",
            name="note",
            field=models.TextField(blank=True),
        ),
        migrations.AddField(
            model_name="message",
            name="order",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="messages",
                to="extranet.order",
            ),
        ),
        migrations.AddField(
            model_name="message",
            name="search",
            field=models.TextField(default="", editable=False),
        ),
        migrations.RunPython(make_searchable, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("state", "unread")),
                fields=["direction", "contact"],
                name="extranet_message_unread_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="message",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search"], name="extranet_message_search_ix", opclasses=["public.gin_trgm_ops"]
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("mail_id", ""), _negated=True),
                fields=("mail_id", "first"),
                name="extranet_message_mail",
            ),
        ),
        migrations.AddField(
            model_name="messagefile",
            name="message",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="files", to="extranet.message"
            ),
        ),
        migrations.AddField(
            model_name="messagefile",
            name="stored",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="message_files", to="storage.storedfile"
            ),
        ),
        migrations.AddConstraint(
            model_name="messagemodel",
            constraint=models.UniqueConstraint(fields=("code",), name="extranet_messagemodel_code_uq"),
        ),
        migrations.AddField(
            model_name="messagenotice",
            name="mail",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="message_notices", to="mail.outgoingmail"
            ),
        ),
        migrations.AddField(
            model_name="messagenotice",
            name="message",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="notices", to="extranet.message"
            ),
        ),
        migrations.AddConstraint(
            model_name="messagefile",
            constraint=models.UniqueConstraint(fields=("code",), name="extranet_messagefile_code_uq"),
        ),
    ]
