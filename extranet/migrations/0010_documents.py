"""The firm's own documents, its company data and account requests."""

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

import kernel.text

#: What a firm starts with and edits; it is the firm's own text, so in French.
CATEGORIES = ["Attestations d’assurance", "Certifications", "Notices", "Logiciels", "Liens"]


def add(apps, schema_editor):
    apps.get_model("extranet", "Company").objects.create(pk=1)
    DocumentCategory = apps.get_model("extranet", "DocumentCategory")
    for position, name in enumerate(CATEGORIES, start=1):
        DocumentCategory.objects.create(name=name, position=position)


class Migration(migrations.Migration):
    dependencies = [
        ("extranet", "0009_messages"),
        ("storage", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DocumentCategory",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("position", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "category of documents",
                "ordering": ["position", "id"],
                "constraints": [models.UniqueConstraint(fields=("code",), name="extranet_doccategory_code_uq")],
            },
        ),
        migrations.CreateModel(
            name="FirmDocument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("told", models.SmallIntegerField(blank=True, editable=False, null=True)),
                ("position", models.PositiveIntegerField(default=0)),
                ("title", models.CharField(max_length=200, verbose_name="title")),
                ("description", models.CharField(blank=True, max_length=500, verbose_name="description")),
                (
                    "holding",
                    models.CharField(
                        choices=[("file", "A file"), ("link", "A link"), ("notice", "A text")],
                        default="file",
                        max_length=6,
                        verbose_name="what it is",
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=150, verbose_name="file name")),
                ("version", models.PositiveIntegerField(default=1)),
                ("link", models.CharField(blank=True, max_length=500, verbose_name="address of the link")),
                ("text", models.TextField(blank=True, max_length=20000, verbose_name="text")),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("members", "Everyone who logs in"),
                            ("kinds", "Some types of clients"),
                            ("public", "Visitors of the web site too"),
                            ("staff", "The firm only"),
                        ],
                        default="members",
                        max_length=7,
                        verbose_name="seen by",
                    ),
                ),
                (
                    "kinds",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("agency", "Agency"),
                                ("notary", "Notary"),
                                ("owner", "Owner"),
                                ("manager", "Property manager"),
                                ("other", "Other"),
                            ],
                            max_length=8,
                        ),
                        blank=True,
                        default=list,
                        verbose_name="types",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="added")),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("search", models.TextField(editable=False)),
                (
                    "category",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="extranet.documentcategory",
                        verbose_name="category",
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
                    "diagnostician",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="documents",
                        to="extranet.diagnostician",
                        verbose_name="diagnostician",
                    ),
                ),
                (
                    "stored",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="firm_document",
                        to="storage.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "document",
                "verbose_name_plural": "documents",
                "ordering": ["position", "id"],
            },
        ),
        migrations.CreateModel(
            name="FirmDocumentVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("number", models.PositiveIntegerField()),
                ("name", models.CharField(max_length=150, verbose_name="file name")),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("replaced_at", models.DateTimeField(auto_now_add=True)),
                ("replaced_by", models.CharField(blank=True, max_length=120)),
                (
                    "document",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="versions",
                        to="extranet.firmdocument",
                    ),
                ),
                (
                    "stored",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="firm_document_version",
                        to="storage.storedfile",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
            },
        ),
        migrations.CreateModel(
            name="AccountRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unconfirmed", "E-mail not confirmed"),
                            ("waiting", "To be decided"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                        ],
                        default="unconfirmed",
                        max_length=11,
                        verbose_name="state",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("company", models.CharField(blank=True, max_length=120, verbose_name="company")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("agency", "Agency"),
                            ("notary", "Notary"),
                            ("owner", "Owner"),
                            ("manager", "Property manager"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=8,
                        verbose_name="type",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("message", models.TextField(blank=True, max_length=2000, verbose_name="message")),
                ("language", models.CharField(default="fr", max_length=5)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="sent")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="received")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
                ("decided_name", models.CharField(blank=True, max_length=120)),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="account_requests",
                        to="extranet.contact",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("made_contact", models.BooleanField(default=False, editable=False)),
                (
                    "sub_account",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="extranet.subaccount",
                    ),
                ),
            ],
            options={
                "verbose_name": "account request",
                "verbose_name_plural": "account requests",
                "indexes": [
                    models.Index(django.db.models.functions.text.Lower("email"), name="extranet_join_email_ix"),
                    models.Index(
                        models.OrderBy(models.F("confirmed_at"), descending=True),
                        models.OrderBy(models.F("id"), descending=True),
                        name="extranet_join_confirmed_ix",
                    ),
                    models.Index(
                        condition=models.Q(("state", "waiting")), fields=["id"], name="extranet_join_waiting_ix"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="extranet_join_code_uq"),
                    models.CheckConstraint(
                        condition=models.Q(("state", "unconfirmed"), ("confirmed_at__isnull", False), _connector="OR"),
                        name="extranet_join_confirmed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["accepted", "refused"]), _negated=True),
                            ("decided_at__isnull", False),
                            _connector="OR",
                        ),
                        name="extranet_join_decided",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Certification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("told", models.SmallIntegerField(blank=True, editable=False, null=True)),
                (
                    "domain",
                    models.CharField(
                        choices=[
                            ("energy", "Energy performance (DPE)"),
                            ("energy_plus", "Energy performance with the option of all buildings"),
                            ("audit", "Regulatory energy audit"),
                            ("asbestos", "Asbestos"),
                            ("asbestos_plus", "Asbestos with the option of all buildings"),
                            ("lead", "Lead"),
                            ("termites", "Termites"),
                            ("gas", "Gas"),
                            ("electricity", "Electricity"),
                        ],
                        max_length=14,
                        verbose_name="domain",
                    ),
                ),
                ("number", models.CharField(max_length=60, verbose_name="certificate number")),
                ("body", models.CharField(max_length=120, verbose_name="certification body")),
                (
                    "diagnostician",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="certifications",
                        to="extranet.diagnostician",
                        verbose_name="diagnostician",
                    ),
                ),
            ],
            options={
                "verbose_name": "certification",
                "verbose_name_plural": "certifications",
                "ordering": ["diagnostician__name", "diagnostician_id", "domain", "id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("expires_on__isnull", False)),
                        fields=["expires_on"],
                        name="extranet_certification_end_ix",
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("code",), name="extranet_certification_code_uq")],
            },
        ),
        migrations.CreateModel(
            name="Company",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("expires_on", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("told", models.SmallIntegerField(blank=True, editable=False, null=True)),
                ("legal_name", models.CharField(blank=True, max_length=150, verbose_name="legal name")),
                ("legal_form", models.CharField(blank=True, max_length=40, verbose_name="legal form")),
                (
                    "capital",
                    models.PositiveBigIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(1000000000000),
                        ],
                        verbose_name="capital (€)",
                    ),
                ),
                ("siren", models.CharField(blank=True, max_length=9, verbose_name="SIREN")),
                ("siret", models.CharField(blank=True, max_length=14, verbose_name="SIRET")),
                ("vat_number", models.CharField(blank=True, max_length=13, verbose_name="VAT number")),
                ("rcs_town", models.CharField(blank=True, max_length=80, verbose_name="registered (RCS) at")),
                ("naf", models.CharField(blank=True, max_length=5, verbose_name="activity code (NAF)")),
                ("street", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("postcode", models.CharField(blank=True, max_length=10, verbose_name="postcode")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="town")),
                ("phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("website", models.CharField(blank=True, max_length=200, verbose_name="web site")),
                ("insurer", models.CharField(blank=True, max_length=120, verbose_name="insurance company")),
                ("policy", models.CharField(blank=True, max_length=60, verbose_name="policy number")),
                (
                    "cover_claim",
                    models.PositiveBigIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(1000000000000)],
                        verbose_name="cover per claim (€)",
                    ),
                ),
                (
                    "cover_year",
                    models.PositiveBigIntegerField(
                        blank=True,
                        null=True,
                        validators=[django.core.validators.MaxValueValidator(1000000000000)],
                        verbose_name="cover per year (€)",
                    ),
                ),
                ("signer_name", models.CharField(blank=True, max_length=120, verbose_name="who signs")),
                ("signer_role", models.CharField(blank=True, max_length=80, verbose_name="as")),
                (
                    "signature",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="company_signature",
                        to="storage.storedfile",
                    ),
                ),
            ],
            options={
                "verbose_name": "company",
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="extranet_company_code_uq"),
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="extranet_company_single"),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="firmdocument",
            index=models.Index(fields=["category", "position", "id"], name="extranet_firmdocument_ix"),
        ),
        migrations.AddIndex(
            model_name="firmdocument",
            index=models.Index(
                condition=models.Q(("expires_on__isnull", False)),
                fields=["expires_on"],
                name="extranet_firmdocument_end_ix",
            ),
        ),
        migrations.AddConstraint(
            model_name="firmdocument",
            constraint=models.UniqueConstraint(fields=("code",), name="extranet_firmdocument_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="firmdocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("holding", "file"), ("stored__isnull", False), models.Q(("name", ""), _negated=True)),
                    models.Q(("holding", "link"), ("stored__isnull", True), models.Q(("link", ""), _negated=True)),
                    models.Q(("holding", "notice"), ("stored__isnull", True), models.Q(("text", ""), _negated=True)),
                    _connector="OR",
                ),
                name="extranet_firmdocument_holds",
            ),
        ),
        migrations.AddConstraint(
            model_name="firmdocumentversion",
            constraint=models.UniqueConstraint(fields=("code",), name="extranet_docversion_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="firmdocumentversion",
            constraint=models.UniqueConstraint(fields=("document", "number"), name="extranet_docversion_number_uq"),
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
