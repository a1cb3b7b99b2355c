"""What is due and what it costs: rules, zones and price lists, with those that a firm starts with."""

from dataclasses import asdict
from decimal import Decimal

import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

import kernel.text
from extranet.needs_defaults import DEFAULT_NEEDS
from extranet.price_defaults import NAME, PACKS, TERMS, default_prices


def add(apps, schema_editor):
    NeedRule = apps.get_model("extranet", "NeedRule")
    for rule in DEFAULT_NEEDS:
        NeedRule.objects.create(**asdict(rule))
    entry = apps.get_model("extranet", "PriceList").objects.create(name=NAME, is_unchecked=True, **TERMS)
    PriceRow = apps.get_model("extranet", "PriceRow")
    PriceRow.objects.bulk_create([PriceRow(price_list=entry, **row) for row in default_prices()])
    PricePack = apps.get_model("extranet", "PricePack")
    for name, least, percent in PACKS:
        PricePack.objects.create(price_list=entry, name=name, least=least, percent=percent)


class Migration(migrations.Migration):
    dependencies = [("extranet", "0003_orders")]
    operations = [
        migrations.CreateModel(
            name="NeedRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
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
                    "effect",
                    models.CharField(
                        choices=[
                            ("requires", "Makes the diagnostic mandatory"),
                            ("exempts", "Exempts from the diagnostic"),
                        ],
                        default="requires",
                        max_length=8,
                        verbose_name="effect",
                    ),
                ),
                ("conditions", models.JSONField(blank=True, default=dict)),
                (
                    "surface_from",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=8, null=True, verbose_name="from (m²)"
                    ),
                ),
                (
                    "surface_below",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=8, null=True, verbose_name="below (m²)"
                    ),
                ),
                ("applies_from", models.DateField(blank=True, null=True, verbose_name="in force from")),
                ("applies_until", models.DateField(blank=True, null=True, verbose_name="in force until")),
                ("reason", models.CharField(max_length=300, verbose_name="reason")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
            ],
            options={
                "verbose_name": "rule of the diagnostics due",
                "verbose_name_plural": "rules of the diagnostics due",
                "ordering": ["kind", "id"],
                "constraints": [models.UniqueConstraint(fields=("code",), name="extranet_need_code_uq")],
            },
        ),
        migrations.CreateModel(
            name="PriceList",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("name", models.CharField(max_length=80, verbose_name="name")),
                ("is_active", models.BooleanField(default=True, verbose_name="in use")),
                ("is_unchecked", models.BooleanField(default=False, editable=False)),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                (
                    "contact_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("agency", "Agency"),
                            ("notary", "Notary"),
                            ("owner", "Owner"),
                            ("manager", "Property manager"),
                            ("other", "Other"),
                        ],
                        max_length=8,
                        verbose_name="type of clients",
                    ),
                ),
                (
                    "size_by",
                    models.CharField(
                        choices=[("surface", "Surface (m²)"), ("rooms", "Number of rooms")],
                        default="surface",
                        max_length=7,
                        verbose_name="prices go by",
                    ),
                ),
                (
                    "vat_rate",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        default=Decimal("20.00"),
                        max_digits=4,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(50)),
                        ],
                        verbose_name="VAT",
                    ),
                ),
                ("travel_free_km", models.PositiveSmallIntegerField(default=0, verbose_name="kilometres included")),
                (
                    "travel_per_km",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal(0),
                        max_digits=9,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="price of a kilometre beyond",
                    ),
                ),
                (
                    "travel_most",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=9,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="travel at most",
                    ),
                ),
                (
                    "urgent_amount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal(0),
                        max_digits=9,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="urgency: amount",
                    ),
                ),
                (
                    "urgent_percent",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal(0),
                        max_digits=5,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(200)),
                        ],
                        verbose_name="urgency: percent",
                    ),
                ),
                (
                    "weekend_amount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal(0),
                        max_digits=9,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="week-end",
                    ),
                ),
                (
                    "evening_amount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal(0),
                        max_digits=9,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="evening",
                    ),
                ),
                (
                    "outbuilding_amount",
                    models.DecimalField(
                        decimal_places=2,
                        default=Decimal(0),
                        max_digits=9,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="each outbuilding",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="price_lists",
                        to="extranet.contact",
                        verbose_name="client",
                    ),
                ),
            ],
            options={
                "verbose_name": "price list",
                "verbose_name_plural": "price lists",
                "ordering": ["name", "id"],
            },
        ),
        migrations.CreateModel(
            name="PricePack",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80, verbose_name="name")),
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
                    ),
                ),
                (
                    "least",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="from how many diagnostics"),
                ),
                (
                    "transaction",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sale", "Sale"),
                            ("rental", "Rental"),
                            ("works", "Works or demolition"),
                            ("other", "Other"),
                        ],
                        max_length=8,
                        verbose_name="made for",
                    ),
                ),
                (
                    "percent",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=5,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(Decimal(0)),
                            django.core.validators.MaxValueValidator(Decimal(100)),
                        ],
                        verbose_name="discount (%)",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=9,
                        null=True,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="discount (€)",
                    ),
                ),
                (
                    "price_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="packs", to="extranet.pricelist"
                    ),
                ),
            ],
            options={
                "verbose_name": "pack",
                "verbose_name_plural": "packs",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PriceRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "diagnostic",
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
                    "transaction",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sale", "Sale"),
                            ("rental", "Rental"),
                            ("works", "Works or demolition"),
                            ("other", "Other"),
                        ],
                        max_length=8,
                        verbose_name="made for",
                    ),
                ),
                (
                    "property_kind",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("house", "House"),
                            ("flat", "Flat"),
                            ("building", "Building"),
                            ("commercial", "Commercial premises"),
                            ("land", "Land"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                        verbose_name="type of property",
                    ),
                ),
                (
                    "size_from",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name="from"),
                ),
                (
                    "size_to",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=8, null=True, verbose_name="to"),
                ),
                (
                    "price",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=9,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="price without VAT",
                    ),
                ),
                (
                    "price_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rows", to="extranet.pricelist"
                    ),
                ),
            ],
            options={
                "verbose_name": "price",
                "verbose_name_plural": "prices",
                "ordering": ["diagnostic", "transaction", "property_kind", "size_from", "id"],
            },
        ),
        migrations.CreateModel(
            name="TravelPrice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "postcode",
                    models.CharField(
                        max_length=5,
                        validators=[django.core.validators.RegexValidator("^[0-9]{2,5}$")],
                        verbose_name="beginning of the postcode",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=9,
                        validators=[django.core.validators.MinValueValidator(Decimal(0))],
                        verbose_name="price without VAT",
                    ),
                ),
                (
                    "price_list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="travels", to="extranet.pricelist"
                    ),
                ),
            ],
            options={
                "verbose_name": "travel",
                "verbose_name_plural": "travels",
                "ordering": ["postcode", "id"],
            },
        ),
        migrations.CreateModel(
            name="ZoneArea",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                (
                    "zone",
                    models.CharField(
                        choices=[
                            ("termites", "Termites"),
                            ("merule", "Dry rot"),
                            ("risks", "Risks and pollution"),
                            ("noise", "Aircraft noise plan"),
                            ("air", "Atmosphere protection plan"),
                        ],
                        max_length=10,
                        verbose_name="zone",
                    ),
                ),
                ("area", models.CharField(max_length=5, verbose_name="department or postcode")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="commune")),
                ("city_key", models.CharField(blank=True, editable=False, max_length=100)),
                (
                    "answer",
                    models.CharField(
                        choices=[("yes", "Yes"), ("no", "No"), ("", "I do not know")],
                        default="yes",
                        max_length=3,
                        verbose_name="in the zone",
                    ),
                ),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
            ],
            options={
                "verbose_name": "zone",
                "verbose_name_plural": "zones",
                "ordering": ["zone", "area", "city", "id"],
                "indexes": [models.Index(fields=["area", "city_key"], name="extranet_zonearea_place_ix")],
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="extranet_zonearea_code_uq"),
                    models.UniqueConstraint(fields=("zone", "area", "city_key"), name="extranet_zonearea_place_uq"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="pricelist",
            constraint=models.UniqueConstraint(fields=("code",), name="extranet_pricelist_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="travelprice",
            constraint=models.UniqueConstraint(fields=("price_list", "postcode"), name="extranet_travel_postcode_uq"),
        ),
        migrations.RunPython(add, migrations.RunPython.noop),
    ]
