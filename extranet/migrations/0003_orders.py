import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import kernel.text


class Migration(migrations.Migration):
    dependencies = [
        ("extranet", "0002_defaults"),
        ("storage", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="portalsettings",
            name="order_mails",
            field=models.BooleanField(default=True, verbose_name="tell who orders of each change of state by e-mail"),
        ),
        migrations.AddField(
            model_name="portalsettings",
            name="visitor_orders",
            field=models.BooleanField(default=False, verbose_name="take orders from people without an account"),
        ),
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("number", models.CharField(editable=False, max_length=20, verbose_name="number")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("todo", "To be handled"),
                            ("ongoing", "In progress"),
                            ("done", "Handled"),
                            ("cancelled", "Cancelled"),
                        ],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("client", "By a client"),
                            ("staff", "By the firm"),
                            ("visitor", "Without an account"),
                        ],
                        max_length=8,
                        verbose_name="came",
                    ),
                ),
                (
                    "transaction",
                    models.CharField(
                        choices=[
                            ("sale", "Sale"),
                            ("rental", "Rental"),
                            ("works", "Works or demolition"),
                            ("other", "Other"),
                        ],
                        default="sale",
                        max_length=8,
                        verbose_name="made for",
                    ),
                ),
                (
                    "furnished",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("", "I do not know")],
                        max_length=8,
                        verbose_name="let furnished",
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
                    "valid_reports",
                    models.JSONField(blank=True, default=dict, verbose_name="reports that are still valid"),
                ),
                ("zones", models.JSONField(blank=True, default=dict, verbose_name="zones")),
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
                        verbose_name="property",
                    ),
                ),
                ("street", models.CharField(blank=True, max_length=200, verbose_name="address")),
                ("street_extra", models.CharField(blank=True, max_length=200, verbose_name="building, stairs")),
                ("floor", models.CharField(blank=True, max_length=20, verbose_name="floor")),
                ("door", models.CharField(blank=True, max_length=20, verbose_name="door")),
                ("lot", models.CharField(blank=True, max_length=60, verbose_name="lot")),
                ("postcode", models.CharField(blank=True, max_length=10, verbose_name="postcode")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="town")),
                ("insee", models.CharField(blank=True, editable=False, max_length=5)),
                ("cadastre", models.CharField(blank=True, max_length=100, verbose_name="land registry")),
                ("year", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="year of construction")),
                (
                    "build_period",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("before_1949", "Before 1949"),
                            ("before_1997", "From 1949 to June 1997"),
                            ("since_1997", "Since July 1997"),
                            ("", "I do not know"),
                        ],
                        max_length=12,
                        verbose_name="building permit",
                    ),
                ),
                (
                    "surface",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=8, null=True, verbose_name="surface (m²)"
                    ),
                ),
                (
                    "rooms",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(200),
                        ],
                        verbose_name="rooms",
                    ),
                ),
                ("outbuildings", models.CharField(blank=True, max_length=200, verbose_name="outbuildings")),
                (
                    "co_owned",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("", "I do not know")],
                        max_length=8,
                        verbose_name="in co-ownership",
                    ),
                ),
                (
                    "heating",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "No heating"),
                            ("individual", "Individual"),
                            ("collective", "Collective"),
                            ("", "I do not know"),
                        ],
                        max_length=12,
                        verbose_name="heating",
                    ),
                ),
                (
                    "wood_heating",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("", "I do not know")],
                        max_length=8,
                        verbose_name="wood-fired heating",
                    ),
                ),
                (
                    "pool",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("", "I do not know")],
                        max_length=8,
                        verbose_name="private pool",
                    ),
                ),
                (
                    "gas",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "None"),
                            ("recent", "15 years or less"),
                            ("old", "More than 15 years"),
                            ("", "I do not know"),
                        ],
                        max_length=8,
                        verbose_name="gas installation",
                    ),
                ),
                (
                    "electricity",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("none", "None"),
                            ("recent", "15 years or less"),
                            ("old", "More than 15 years"),
                            ("", "I do not know"),
                        ],
                        max_length=8,
                        verbose_name="electrical installation",
                    ),
                ),
                (
                    "sewered",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("", "I do not know")],
                        max_length=8,
                        verbose_name="connected to the public sewer",
                    ),
                ),
                (
                    "energy_class",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A"), ("B", "B"), ("C", "C"), ("D", "D"), ("E", "E"), ("F", "F"), ("G", "G")],
                        max_length=1,
                        verbose_name="known energy class",
                    ),
                ),
                (
                    "orderer_role",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("owner", "Owner"),
                            ("agency", "Agency"),
                            ("notary", "Notary"),
                            ("tenant", "Tenant"),
                            ("other", "Other"),
                        ],
                        max_length=8,
                        verbose_name="orders as",
                    ),
                ),
                ("orderer_name", models.CharField(blank=True, max_length=120, verbose_name="name")),
                ("orderer_company", models.CharField(blank=True, max_length=120, verbose_name="company")),
                ("orderer_email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("orderer_phone", models.CharField(blank=True, max_length=30, verbose_name="phone")),
                ("orderer_address", models.CharField(blank=True, max_length=250, verbose_name="postal address")),
                ("owner_name", models.CharField(blank=True, max_length=120, verbose_name="owner")),
                ("owner_email", models.EmailField(blank=True, max_length=254, verbose_name="owner's e-mail")),
                ("owner_phone", models.CharField(blank=True, max_length=30, verbose_name="owner's phone")),
                ("owner_address", models.CharField(blank=True, max_length=250, verbose_name="owner's postal address")),
                (
                    "occupied",
                    models.CharField(
                        blank=True,
                        choices=[("yes", "Yes"), ("no", "No"), ("", "I do not know")],
                        max_length=8,
                        verbose_name="occupied",
                    ),
                ),
                ("occupant_name", models.CharField(blank=True, max_length=120, verbose_name="occupant")),
                ("occupant_email", models.EmailField(blank=True, max_length=254, verbose_name="occupant's e-mail")),
                ("occupant_phone", models.CharField(blank=True, max_length=30, verbose_name="occupant's phone")),
                ("notary_name", models.CharField(blank=True, max_length=120, verbose_name="notary")),
                ("notary_email", models.EmailField(blank=True, max_length=254, verbose_name="notary's e-mail")),
                ("notary_phone", models.CharField(blank=True, max_length=30, verbose_name="notary's phone")),
                ("wanted_by", models.DateField(blank=True, null=True, verbose_name="reports wanted by")),
                ("signing_on", models.DateField(blank=True, null=True, verbose_name="signature planned on")),
                ("urgent", models.BooleanField(default=False, verbose_name="urgent")),
                ("keys", models.CharField(blank=True, max_length=200, verbose_name="where the keys are")),
                ("access_name", models.CharField(blank=True, max_length=120, verbose_name="contact for the visit")),
                ("access_phone", models.CharField(blank=True, max_length=30, verbose_name="phone of this contact")),
                ("access_note", models.CharField(blank=True, max_length=500, verbose_name="how to get in")),
                ("remarks", models.TextField(blank=True, verbose_name="remarks")),
                ("latitude", models.FloatField(blank=True, null=True, verbose_name="latitude")),
                ("longitude", models.FloatField(blank=True, null=True, verbose_name="longitude")),
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
                        max_length=10,
                    ),
                ),
                ("geo_score", models.FloatField(blank=True, null=True)),
                ("geo_label", models.CharField(blank=True, max_length=250)),
                ("geo_at", models.DateTimeField(blank=True, null=True)),
                ("staff_notes", models.TextField(blank=True, verbose_name="internal notes")),
                ("cancel_reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="begun")),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True, verbose_name="sent")),
                ("started_at", models.DateTimeField(blank=True, null=True, verbose_name="in progress since")),
                ("done_at", models.DateTimeField(blank=True, null=True, verbose_name="handled")),
                ("cancelled_at", models.DateTimeField(blank=True, null=True, verbose_name="cancelled")),
                ("version", models.PositiveIntegerField(default=1)),
                ("search", models.TextField(editable=False)),
                (
                    "assigned_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="orders",
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
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="order",
                        to="extranet.dossier",
                    ),
                ),
            ],
            options={
                "verbose_name": "order",
                "verbose_name_plural": "orders",
            },
        ),
        migrations.CreateModel(
            name="OrderEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
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
                        ],
                        max_length=12,
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True)),
                ("actor_name", models.CharField(blank=True, max_length=120)),
                ("subject", models.CharField(blank=True, max_length=500)),
                ("for_staff", models.BooleanField(default=False)),
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
                    "order",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="events",
                        to="extranet.order",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="OrderFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("name", models.CharField(max_length=150, verbose_name="file name")),
                ("added_by", models.CharField(blank=True, max_length=120)),
                ("by_staff", models.BooleanField(default=False)),
                ("added_at", models.DateTimeField(auto_now_add=True)),
                (
                    "order",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="files", to="extranet.order"
                    ),
                ),
                (
                    "stored",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="order_file", to="storage.storedfile"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.AddIndex(
            model_name="order",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["search"], name="extranet_order_search_ix", opclasses=["public.gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                models.OrderBy(models.F("sent_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("state", "draft"), _negated=True),
                name="extranet_order_sent_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                models.F("contact"),
                models.OrderBy(models.F("sent_at"), descending=True),
                name="extranet_order_contact_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("state__in", ["todo", "ongoing"])),
                fields=["state", "sent_at"],
                name="extranet_order_open_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="order",
            index=models.Index(
                condition=models.Q(("state", "draft")), fields=["updated_at"], name="extranet_order_draft_ix"
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.UniqueConstraint(fields=("code",), name="extranet_order_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("surface__isnull", True), ("surface__gt", 0), _connector="OR"),
                name="extranet_order_surface",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("latitude__isnull", True), ("longitude__isnull", True)),
                    models.Q(("latitude__range", (-90, 90)), ("longitude__range", (-180, 180))),
                    _connector="OR",
                ),
                name="extranet_order_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "draft"), ("sent_at__isnull", False), _connector="OR"),
                name="extranet_order_sent",
            ),
        ),
        migrations.AddIndex(
            model_name="orderevent",
            index=models.Index(
                models.F("order"), models.OrderBy(models.F("at"), descending=True), name="extranet_order_event_ix"
            ),
        ),
        migrations.AddConstraint(
            model_name="orderfile",
            constraint=models.UniqueConstraint(fields=("code",), name="extranet_orderfile_code_uq"),
        ),
    ]
