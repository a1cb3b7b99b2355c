import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models

import kernel.text

#: What a firm starts with and edits; it is the firm's own text, so in French.
TERMS = """Le paiement est exigible à la remise des rapports, sauf accord écrit contraire.
Le client garantit l’accès à toutes les parties du bien le jour de la visite ; les locaux non visités sont mentionnés dans les rapports.
Le client consommateur dispose d’un délai de rétractation de quatorze jours à compter de l’acceptation du présent devis (articles L221-18 et suivants du code de la consommation). \
S’il demande expressément que la visite ait lieu avant la fin de ce délai, il ne peut plus se rétracter une fois la prestation entièrement exécutée.
Le diagnostiqueur dispose des certifications et de l’assurance de responsabilité civile professionnelle exigées par les articles L271-6 et R271-1 et suivants du code de la construction et de l’habitation."""


def add(apps, schema_editor):
    apps.get_model("extranet", "QuoteSettings").objects.create(pk=1, terms=TERMS)


class Migration(migrations.Migration):
    dependencies = [
        ("extranet", "0005_booking"),
        ("storage", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="QuoteCounter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveSmallIntegerField(unique=True)),
                ("last", models.PositiveIntegerField(default=0)),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Quote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("number", models.CharField(blank=True, editable=False, max_length=30, verbose_name="number")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "To be checked"),
                            ("issued", "Awaiting an answer"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("replaced", "Replaced"),
                        ],
                        default="draft",
                        max_length=9,
                        verbose_name="state",
                    ),
                ),
                ("language", models.CharField(default="fr", max_length=5)),
                ("client_name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("client_company", models.CharField(blank=True, max_length=120, verbose_name="company")),
                ("client_email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("client_phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("client_address", models.CharField(blank=True, max_length=250, verbose_name="postal address")),
                (
                    "property_address",
                    models.CharField(blank=True, max_length=400, verbose_name="address of the property"),
                ),
                ("property_facts", models.JSONField(blank=True, default=list)),
                ("note", models.TextField(blank=True, max_length=2000, verbose_name="note to the client")),
                ("terms", models.TextField(blank=True, max_length=8000, verbose_name="terms")),
                (
                    "on_request",
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
                    ),
                ),
                (
                    "net",
                    models.DecimalField(decimal_places=2, default=0, max_digits=10, verbose_name="total without VAT"),
                ),
                ("vat", models.DecimalField(decimal_places=2, default=0, max_digits=10, verbose_name="VAT")),
                (
                    "gross",
                    models.DecimalField(decimal_places=2, default=0, max_digits=10, verbose_name="total with VAT"),
                ),
                ("issued_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("pdf_sha256", models.CharField(blank=True, max_length=64)),
                ("is_link_only", models.BooleanField(default=False, editable=False)),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="answered")),
                (
                    "accepted_by",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("online", "Online"),
                            ("phone", "By phone"),
                            ("paper", "Signed on paper"),
                            ("email", "By e-mail"),
                        ],
                        max_length=7,
                    ),
                ),
                ("accepted_name", models.CharField(blank=True, max_length=120, verbose_name="accepted by")),
                ("accepted_on", models.DateField(blank=True, null=True, verbose_name="accepted on")),
                ("accepted_sha256", models.CharField(blank=True, max_length=64)),
                ("accepted_address", models.GenericIPAddressField(blank=True, null=True)),
                ("accepted_agent", models.CharField(blank=True, max_length=300)),
                ("recorded_by", models.CharField(blank=True, max_length=120)),
                (
                    "refuse_reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("price", "Too expensive"),
                            ("delay", "The visit would be too late"),
                            ("other_firm", "I have chosen another firm"),
                            ("cancelled", "The sale or the rental is given up"),
                            ("content", "Diagnostics are missing or not needed"),
                            ("other", "Another reason"),
                        ],
                        max_length=10,
                        verbose_name="reason",
                    ),
                ),
                ("refuse_text", models.CharField(blank=True, max_length=500, verbose_name="in a few words")),
                ("withdraw_reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("reminders_sent", models.PositiveSmallIntegerField(default=0)),
                ("reminded_on", models.DateField(blank=True, null=True)),
                ("reminders_stopped", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("version", models.PositiveIntegerField(default=1)),
                ("search", models.TextField(editable=False)),
                (
                    "certificate",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quote_certificate",
                        to="storage.storedfile",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="quotes",
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
                    "order",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="quotes",
                        to="extranet.order",
                    ),
                ),
                (
                    "pdf",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="quote",
                        to="storage.storedfile",
                    ),
                ),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="replaced_by",
                        to="extranet.quote",
                    ),
                ),
            ],
            options={
                "verbose_name": "quote",
                "verbose_name_plural": "quotes",
            },
        ),
        migrations.CreateModel(
            name="QuoteEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("created", "Prepared"),
                            ("edited", "Edited"),
                            ("issued", "Sent"),
                            ("accepted", "Accepted"),
                            ("refused", "Refused"),
                            ("withdrawn", "Withdrawn"),
                            ("replaced", "Replaced"),
                            ("prolonged", "Prolonged"),
                            ("reminded", "Reminder sent"),
                            ("stopped", "Reminders stopped"),
                            ("resumed", "Reminders resumed"),
                        ],
                        max_length=10,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("actor_name", models.CharField(blank=True, max_length=120)),
                ("subject", models.CharField(blank=True, max_length=500)),
                ("address", models.GenericIPAddressField(blank=True, null=True)),
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
                    "quote",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="extranet.quote",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="QuoteLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rank", models.PositiveSmallIntegerField()),
                (
                    "kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("diagnostic", "Diagnostic"),
                            ("outbuilding", "Outbuildings"),
                            ("discount", "Discount"),
                            ("travel", "Travel"),
                            ("urgency", "Urgency"),
                            ("weekend", "Week-end"),
                            ("evening", "Evening"),
                        ],
                        max_length=11,
                    ),
                ),
                (
                    "diagnostic",
                    models.CharField(
                        blank=True,
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
                ),
                ("label", models.CharField(max_length=200, verbose_name="label")),
                ("detail", models.CharField(blank=True, max_length=300, verbose_name="detail")),
                ("quantity", models.DecimalField(decimal_places=2, default=1, max_digits=7, verbose_name="quantity")),
                ("unit", models.DecimalField(decimal_places=2, max_digits=9, verbose_name="unit price")),
                ("net", models.DecimalField(decimal_places=2, max_digits=10)),
                (
                    "vat_rate",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True, verbose_name="VAT"),
                ),
                ("vat", models.DecimalField(decimal_places=2, max_digits=10)),
                (
                    "quote",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="lines",
                        to="extranet.quote",
                    ),
                ),
            ],
            options={
                "ordering": ["rank"],
            },
        ),
        migrations.CreateModel(
            name="QuoteSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "issue_mode",
                    models.CharField(
                        choices=[
                            ("off", "No quote by itself"),
                            ("check", "A quote is prepared, you check it and send it"),
                            ("auto", "The quote leaves at once, if everything has a price"),
                        ],
                        default="off",
                        max_length=5,
                        verbose_name="when an order is sent",
                    ),
                ),
                ("show_prices", models.BooleanField(default=True, verbose_name="show the price to whoever orders")),
                (
                    "prefix",
                    models.CharField(
                        blank=True,
                        default="D",
                        max_length=6,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[A-Za-z0-9-]*\\Z", "Letters, figures and hyphens only."
                            )
                        ],
                        verbose_name="beginning of the numbers",
                    ),
                ),
                (
                    "valid_days",
                    models.PositiveSmallIntegerField(
                        default=30,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="valid for (days)",
                    ),
                ),
                ("terms", models.TextField(blank=True, max_length=8000, verbose_name="terms")),
                ("remind", models.BooleanField(default=False, verbose_name="remind clients who have not answered")),
                (
                    "remind_after_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(90),
                        ],
                        verbose_name="days without an answer",
                    ),
                ),
                (
                    "remind_before_days",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(60),
                        ],
                        verbose_name="days before the end of validity",
                    ),
                ),
                (
                    "most_reminders",
                    models.PositiveSmallIntegerField(
                        default=2,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(5),
                        ],
                        verbose_name="reminders at most",
                    ),
                ),
                (
                    "sites",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=120), blank=True, default=list, verbose_name="web sites"
                    ),
                ),
            ],
            options={
                "verbose_name": "settings of quotes",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="extranet_quotesettings_single")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="quote",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search"], name="extranet_quote_search_ix", opclasses=["public.gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="quote",
            index=models.Index(
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="extranet_quote_created_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="quote",
            index=models.Index(
                models.OrderBy(models.F("issued_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("state", "draft"), _negated=True),
                name="extranet_quote_issued_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="quote",
            index=models.Index(
                models.F("contact"),
                models.OrderBy(models.F("created_at"), descending=True),
                name="extranet_quote_contact_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="quote",
            index=models.Index(fields=["order"], name="extranet_quote_order_ix"),
        ),
        migrations.AddIndex(
            model_name="quote",
            index=models.Index(fields=["state", "valid_until"], name="extranet_quote_state_ix"),
        ),
        migrations.AddIndex(
            model_name="quote",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False)),
                fields=["decided_at"],
                name="extranet_quote_decided_ix",
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.UniqueConstraint(fields=("code",), name="extranet_quote_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number", ""), _negated=True), fields=("number",), name="extranet_quote_number_uq"
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "issued")), fields=("order",), name="extranet_quote_one_open"
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "accepted")), fields=("order",), name="extranet_quote_one_agreed"
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("state", "draft"),
                    models.Q(
                        models.Q(("number", ""), _negated=True),
                        ("issued_at__isnull", False),
                        ("valid_until__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="extranet_quote_issued",
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["accepted", "refused"]), _negated=True),
                    ("decided_at__isnull", False),
                    _connector="OR",
                ),
                name="extranet_quote_decided",
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("gross", django.db.models.expressions.CombinedExpression(models.F("net"), "+", models.F("vat"))),
                    ("net__gte", 0),
                    ("vat__gte", 0),
                ),
                name="extranet_quote_amounts",
            ),
        ),
        migrations.AddIndex(
            model_name="quoteevent",
            index=models.Index(
                models.F("quote"), models.OrderBy(models.F("at"), descending=True), name="extranet_quote_event_ix"
            ),
        ),
        migrations.AddConstraint(
            model_name="quoteline",
            constraint=models.UniqueConstraint(fields=("quote", "rank"), name="extranet_quoteline_rank_uq"),
        ),
        migrations.AddConstraint(
            model_name="quoteline",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="extranet_quoteline_quantity"
            ),
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
