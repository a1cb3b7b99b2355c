from decimal import Decimal

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

import billing.models.provider_account
import kernel.text


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("extranet", "0005_booking"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BillingSettings",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
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
                        verbose_name="VAT rate (%)",
                    ),
                ),
                ("next_receipt_number", models.PositiveIntegerField(default=1, editable=False)),
                ("remind_unpaid", models.BooleanField(default=False, verbose_name="remind clients of unpaid dossiers")),
                (
                    "first_reminder_days",
                    models.PositiveSmallIntegerField(
                        default=7,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="first reminder after (days)",
                    ),
                ),
                (
                    "reminder_every_days",
                    models.PositiveSmallIntegerField(
                        default=10,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(365),
                        ],
                        verbose_name="then every (days)",
                    ),
                ),
                (
                    "max_reminders",
                    models.PositiveSmallIntegerField(
                        default=3,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(20),
                        ],
                        verbose_name="at most",
                    ),
                ),
                ("reminder_subject", models.CharField(blank=True, max_length=150, verbose_name="subject")),
                ("reminder_text", models.TextField(blank=True, max_length=3000, verbose_name="text")),
            ],
            options={
                "verbose_name": "payment settings",
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="billing_settings_single")],
            },
        ),
        migrations.CreateModel(
            name="Payment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                (
                    "provider",
                    models.CharField(
                        choices=[
                            ("stripe", "Stripe"),
                            ("paypal", "PayPal"),
                            ("payzen", "PayZen"),
                            ("systempay", "Systempay"),
                            ("manual", "Transfer, cheque or cash"),
                        ],
                        max_length=10,
                        verbose_name="provider",
                    ),
                ),
                (
                    "mode",
                    models.CharField(choices=[("test", "Test"), ("live", "Live")], max_length=4, verbose_name="mode"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("created", "Not started"),
                            ("pending", "Waiting for confirmation"),
                            ("succeeded", "Paid"),
                            ("failed", "Refused"),
                            ("cancelled", "Given up"),
                            ("expired", "Expired"),
                        ],
                        default="created",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("card", "Card"),
                            ("paypal", "PayPal"),
                            ("debit", "Direct debit"),
                            ("transfer", "Transfer"),
                            ("cheque", "Cheque"),
                            ("cash", "Cash"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                        verbose_name="paid by",
                    ),
                ),
                ("amount", models.PositiveBigIntegerField(verbose_name="amount")),
                ("currency", models.CharField(default="EUR", max_length=3)),
                (
                    "vat_rate",
                    models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True, verbose_name="VAT rate"),
                ),
                ("refunded", models.PositiveBigIntegerField(default=0, verbose_name="refunded")),
                (
                    "dispute",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "None"),
                            ("open", "Contested"),
                            ("won", "Contested, and kept"),
                            ("lost", "Contested, and lost"),
                        ],
                        default="",
                        max_length=4,
                    ),
                ),
                ("payer_name", models.CharField(blank=True, max_length=120, verbose_name="payer")),
                ("payer_email", models.EmailField(blank=True, max_length=254, verbose_name="payer's email")),
                ("language", models.CharField(default="fr", max_length=5)),
                ("provider_ref", models.CharField(blank=True, max_length=120, verbose_name="provider's reference")),
                ("capture_ref", models.CharField(blank=True, max_length=120)),
                ("pay_url", models.TextField(blank=True)),
                ("instrument", models.CharField(blank=True, max_length=60)),
                ("error", models.CharField(blank=True, max_length=300, verbose_name="what went wrong")),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="started")),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("paid_at", models.DateTimeField(blank=True, null=True, verbose_name="paid")),
                ("checked_at", models.DateTimeField(blank=True, null=True)),
                ("checks", models.PositiveIntegerField(default=0)),
                ("receipt_number", models.PositiveIntegerField(blank=True, null=True, verbose_name="receipt")),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="payments",
                        to="extranet.contact",
                    ),
                ),
                (
                    "recorded_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "payment",
                "verbose_name_plural": "payments",
            },
        ),
        migrations.CreateModel(
            name="PaymentLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reference", models.CharField(blank=True, max_length=60)),
                ("title", models.CharField(max_length=200)),
                ("amount", models.PositiveBigIntegerField()),
                ("refunded", models.PositiveBigIntegerField(default=0)),
                (
                    "appointment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="payment_lines",
                        to="extranet.appointment",
                    ),
                ),
                (
                    "dossier",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="payment_lines",
                        to="extranet.dossier",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="billing.payment"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ProviderAccount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                (
                    "provider",
                    models.CharField(
                        choices=[
                            ("stripe", "Stripe"),
                            ("paypal", "PayPal"),
                            ("payzen", "PayZen"),
                            ("systempay", "Systempay"),
                            ("manual", "Transfer, cheque or cash"),
                        ],
                        max_length=10,
                        verbose_name="provider",
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[("test", "Test"), ("live", "Live")], default="test", max_length=4, verbose_name="mode"
                    ),
                ),
                ("label", models.CharField(max_length=80, verbose_name="label shown to the client")),
                (
                    "instructions",
                    models.TextField(blank=True, max_length=2000, verbose_name="explanation for the client"),
                ),
                (
                    "manual_method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("card", "Card"),
                            ("paypal", "PayPal"),
                            ("debit", "Direct debit"),
                            ("transfer", "Transfer"),
                            ("cheque", "Cheque"),
                            ("cash", "Cash"),
                            ("other", "Other"),
                        ],
                        max_length=10,
                        verbose_name="how it is paid",
                    ),
                ),
                ("position", models.PositiveIntegerField(default=0)),
                ("is_active", models.BooleanField(default=False, verbose_name="offered to clients")),
                (
                    "token",
                    models.CharField(default=billing.models.provider_account.new_token, editable=False, max_length=64),
                ),
                ("brand", models.CharField(blank=True, max_length=20, verbose_name="brand")),
                (
                    "uses_form",
                    models.BooleanField(default=False, verbose_name="payment form instead of the REST interface"),
                ),
                ("verified_at", models.DateTimeField(blank=True, null=True, verbose_name="keys checked")),
                ("verify_error", models.CharField(blank=True, max_length=300)),
                ("last_notified_at", models.DateTimeField(blank=True, null=True, verbose_name="last notification")),
                (
                    "last_rejected_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="last notification refused"),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "means of payment",
                "verbose_name_plural": "means of payment",
                "ordering": ["position", "id"],
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="billing_account_code_uq"),
                    models.UniqueConstraint(fields=("token",), name="billing_account_token_uq"),
                ],
            },
        ),
        migrations.AddField(
            model_name="payment",
            name="account",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="payments", to="billing.provideraccount"
            ),
        ),
        migrations.CreateModel(
            name="Notification",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mode", models.CharField(choices=[("test", "Test"), ("live", "Live")], max_length=4)),
                ("dedupe_key", models.CharField(max_length=200)),
                ("kind", models.CharField(blank=True, max_length=80)),
                ("body", models.TextField()),
                ("payment_code", models.CharField(blank=True, max_length=64)),
                ("refs", models.JSONField(default=list)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("received", "To be handled"),
                            ("handled", "Handled"),
                            ("ignored", "Of no concern to us"),
                            ("failed", "To be tried again"),
                        ],
                        default="received",
                        max_length=8,
                        verbose_name="state",
                    ),
                ),
                ("error", models.CharField(blank=True, max_length=300)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("received_at", models.DateTimeField(auto_now_add=True, verbose_name="received")),
                ("handled_at", models.DateTimeField(blank=True, null=True)),
                (
                    "payment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="notifications",
                        to="billing.payment",
                    ),
                ),
                (
                    "account",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="notifications",
                        to="billing.provideraccount",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="Credentials",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mode", models.CharField(choices=[("test", "Test"), ("live", "Live")], max_length=4)),
                ("identifier", models.CharField(blank=True, max_length=200)),
                ("webhook_id", models.CharField(blank=True, max_length=100)),
                ("sealed", models.TextField(blank=True)),
                ("sealed_before", models.TextField(blank=True)),
                ("changed_at", models.DateTimeField(blank=True, null=True, verbose_name="changed")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credentials",
                        to="billing.provideraccount",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Refund",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                ("amount", models.PositiveBigIntegerField(verbose_name="amount")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("requested", "Asked"),
                            ("pending", "Being made"),
                            ("succeeded", "Refunded"),
                            ("failed", "Refused"),
                        ],
                        default="requested",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                (
                    "origin",
                    models.CharField(
                        choices=[
                            ("here", "Here"),
                            ("provider", "At the provider"),
                            ("reversal", "Payment cancelled by the provider"),
                            ("chargeback", "Chargeback"),
                        ],
                        default="here",
                        max_length=10,
                        verbose_name="made",
                    ),
                ),
                ("provider_ref", models.CharField(blank=True, max_length=120, verbose_name="provider's reference")),
                ("reason", models.CharField(blank=True, max_length=200, verbose_name="reason")),
                ("reopens", models.BooleanField(default=False, verbose_name="the dossier becomes unpaid again")),
                ("error", models.CharField(blank=True, max_length=300)),
                ("requested_by_name", models.CharField(blank=True, max_length=120)),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="asked")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="refunded")),
                (
                    "line",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="refunds",
                        to="billing.paymentline",
                    ),
                ),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="refunds", to="billing.payment"
                    ),
                ),
                (
                    "requested_by",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "refund",
                "verbose_name_plural": "refunds",
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="ReminderStop",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stopped_by", models.CharField(blank=True, max_length=120)),
                ("stopped_at", models.DateTimeField(auto_now_add=True)),
                (
                    "dossier",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="reminder_stop", to="extranet.dossier"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="UnpaidReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("to", models.EmailField(max_length=254)),
                ("by_hand", models.BooleanField(default=False)),
                ("sent_at", models.DateTimeField(auto_now_add=True)),
                (
                    "dossier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="unpaid_reminders",
                        to="extranet.dossier",
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.CreateModel(
            name="PaymentIssue",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(default=kernel.text.new_code, editable=False, max_length=16)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("paid_twice", "Paid twice"),
                            ("amount_changed", "The amount changed meanwhile"),
                            ("wrong_amount", "Not the amount asked for"),
                            ("late", "Paid after it had ended"),
                            ("refunded_elsewhere", "Refunded at the provider"),
                            ("reversed", "Cancelled by the provider"),
                            ("chargeback", "Chargeback"),
                            ("dossier_gone", "The dossier is no longer there"),
                            ("differs", "The provider says otherwise"),
                            ("deposit_late", "Deposit for a time that is gone"),
                            ("deposit_back", "Deposit to be given back"),
                        ],
                        max_length=20,
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=300)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
                ("resolved_by", models.CharField(blank=True, max_length=120)),
                (
                    "payment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="issues", to="billing.payment"
                    ),
                ),
            ],
            options={
                "ordering": ["id"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("resolved_at__isnull", True)),
                        fields=["created_at"],
                        name="billing_issue_open_ix",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("code",), name="billing_issue_code_uq"),
                    models.UniqueConstraint(fields=("payment", "kind", "note"), name="billing_issue_uq"),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="paymentline",
            constraint=models.UniqueConstraint(fields=("payment", "dossier"), name="billing_line_uq"),
        ),
        migrations.AddConstraint(
            model_name="paymentline",
            constraint=models.UniqueConstraint(fields=("payment", "appointment"), name="billing_line_visit_uq"),
        ),
        migrations.AddConstraint(
            model_name="paymentline",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="billing_line_amount"),
        ),
        migrations.AddConstraint(
            model_name="paymentline",
            constraint=models.CheckConstraint(
                condition=models.Q(("refunded__lte", models.F("amount"))), name="billing_line_refunded"
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                models.OrderBy(models.F("created_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="billing_payment_created_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                models.OrderBy(models.F("paid_at"), descending=True),
                models.OrderBy(models.F("id"), descending=True),
                name="billing_payment_paid_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                models.OrderBy(
                    django.db.models.functions.comparison.Coalesce("paid_at", "created_at"),
                    descending=True,
                ),
                models.OrderBy(models.F("id"), descending=True),
                name="billing_payment_happened_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("status__in", ("created", "pending"))),
                fields=["created_at"],
                name="billing_payment_open_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="payment",
            index=models.Index(
                condition=models.Q(("capture_ref", ""), _negated=True),
                fields=["capture_ref"],
                name="billing_payment_capture_ix",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(fields=("code",), name="billing_payment_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(fields=("receipt_number",), name="billing_payment_receipt_uq"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    models.Q(("provider_ref", ""), _negated=True), models.Q(("provider", "manual"), _negated=True)
                ),
                fields=("account", "provider_ref"),
                name="billing_payment_ref_uq",
            ),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="billing_payment_amount"),
        ),
        migrations.AddConstraint(
            model_name="payment",
            constraint=models.CheckConstraint(
                condition=models.Q(("refunded__lte", models.F("amount"))), name="billing_payment_refunded"
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                condition=models.Q(("state__in", ("received", "failed"))),
                fields=["account", "id"],
                name="billing_notification_todo_ix",
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                models.OrderBy(models.F("received_at"), descending=True), name="billing_notification_at_ix"
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.UniqueConstraint(fields=("account", "dedupe_key"), name="billing_notification_uq"),
        ),
        migrations.AddConstraint(
            model_name="credentials",
            constraint=models.UniqueConstraint(fields=("account", "mode"), name="billing_credentials_uq"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(fields=("code",), name="billing_refund_code_uq"),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.UniqueConstraint(
                condition=models.Q(("provider_ref", ""), _negated=True),
                fields=("payment", "provider_ref"),
                name="billing_refund_ref_uq",
            ),
        ),
        migrations.AddConstraint(
            model_name="refund",
            constraint=models.CheckConstraint(condition=models.Q(("amount__gt", 0)), name="billing_refund_amount"),
        ),
    ]
