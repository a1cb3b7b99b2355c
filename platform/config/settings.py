"""Django's settings: one file, read from the environment, safe by default; deploy/runbook.md lists the variables."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sentry_sdk
import structlog
from django.utils.csp import CSP
from sentry_sdk.integrations.django import DjangoIntegration

from config import env
from config.apps import SHARED_APPS as SHARED
from config.apps import TENANT_APPS as TENANT
from kernel.logs import mask_tokens

ROOT = Path(__file__).resolve().parents[2]

# --- where we are -----------------------------------------------------------------------------------------------------
DEBUG = env.boolean("DEBUG", False)
SECRET_KEY = env.text("SECRET_KEY", "unsafe-development-key-of-diagdesk-never-in-production" if DEBUG else None)
SECRET_KEY_FALLBACKS = [key for key in env.text("SECRET_KEY_FALLBACKS", "").split(",") if key]
URL_SCHEME, BASE_DOMAIN, URL_PORT = env.origin("DIAGDESK_URL", "http://localhost:8000")
CONSOLE_DOMAIN = f"console.{BASE_DOMAIN}"
PLATFORM_NAME = "Diagdesk"
#: The host is checked against the table of domains by tenants.middleware: an unknown one is a 404.
ALLOWED_HOSTS = ["*"]
TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT

# --- apps and tenancy -------------------------------------------------------------------------------------------------
SHARED_APPS = SHARED
TENANT_APPS = TENANT
INSTALLED_APPS = [*SHARED_APPS, *(app for app in TENANT_APPS if app not in SHARED_APPS)]
TENANT_MODEL = "tenants.Firm"
TENANT_DOMAIN_MODEL = "tenants.Domain"
TENANT_LIMIT_SET_CALLS = True
ROOT_URLCONF = "config.urls_firm"
PUBLIC_SCHEMA_URLCONF = "config.urls_public"
CONSOLE_URLCONF = "config.urls_console"
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # the identifier is unique whatever its case, by a constraint on lower(username) that this misses
    "security.W021",  # whether browsers preload HSTS for a domain is its owner's decision, and hard to take back
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **env.database("DATABASE_URL", "postgresql://postgres@localhost/diagdesk"),
        "ENGINE": "kernel.db",
        "CONN_MAX_AGE": env.integer("DATABASE_CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }
}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "django_cache",
        "KEY_FUNCTION": "kernel.tenancy.cache_key",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "api.middleware.ProblemMiddleware",
    "tenants.middleware.FirmMiddleware",
    "kernel.middleware.NulMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "themes.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "tenants.middleware.SuspensionMiddleware",
    "accounts.middleware.OwnLanguageMiddleware",
    "accounts.middleware.AccountStateMiddleware",
]
WSGI_APPLICATION = "config.wsgi.application"

# --- templates and static files ---------------------------------------------------------------------------------------
FORM_RENDERER = "themes.forms.FormRenderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "themes" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "themes.context.branding",
                "extranet.context.portal",
                "billing.context.paying",
            ],
        },
    }
]
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(ROOT / ".static")))
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "themes.staticfiles.VendorFinder",
]

# --- files ------------------------------------------------------------------------------------------------------------
STORAGE_DIR = Path(env.text("STORAGE_DIR", str(ROOT / ".data" / "files")))
S3_BUCKET = env.text("S3_BUCKET", "")
S3_ENDPOINT_URL = env.text("S3_ENDPOINT_URL", "")
if S3_BUCKET:
    _FILES: dict[str, Any] = {
        "BACKEND": "storage.backends.S3FirmStorage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": S3_ENDPOINT_URL or None,
            "access_key": env.text("S3_ACCESS_KEY_ID", "") or None,
            "secret_key": env.text("S3_SECRET_ACCESS_KEY", "") or None,
            "region_name": env.text("S3_REGION", "") or None,
        },
    }
else:
    _FILES = {"BACKEND": "storage.backends.DiskFirmStorage", "OPTIONS": {"location": str(STORAGE_DIR)}}
STORAGES: dict[str, dict[str, Any]] = {
    "default": _FILES,
    "staticfiles": {"BACKEND": "themes.staticfiles.StaticStorage"},
}
#: Behind nginx on the same disk, downloads leave by this internal location instead of through Python.
X_ACCEL_PREFIX = env.text("X_ACCEL_PREFIX", "")
UPLOAD_MAX_BYTES = env.integer("UPLOAD_MAX_BYTES", 500 * 1024 * 1024)
#: Of one file that is sent in pieces which a cut line does not lose (storage.actions.resumable).
RESUMABLE_MAX_BYTES = env.integer("RESUMABLE_MAX_BYTES", 2 * 1024 * 1024 * 1024)
CLAMD_ADDRESS = env.text("CLAMD_ADDRESS", "")
FILE_UPLOAD_HANDLERS = ["storage.uploads.LimitedUploadHandler"]
FILE_UPLOAD_TEMP_DIR = env.text("FILE_UPLOAD_TEMP_DIR", "") or None
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 100

# --- who: passwords, sessions, second factors -------------------------------------------------------------------------
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
AUTHENTICATION_BACKENDS = ["accounts.backends.AccountBackend"]
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 14 * 24 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "reset_password": "accounts.forms.PasswordResetForm",
    "change_password": "accounts.forms.PasswordChangeForm",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.tokens.PasswordResetTokens"  # noqa: S105
ACCOUNT_RATE_LIMITS = {"login_failed": "20/10m/ip,5/10m/key", "reset_password": "20/10m/ip,5/10m/key"}
MFA_ADAPTER = "accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "add_webauthn": "accounts.passkey_forms.AddPasskeyForm",
    "edit_webauthn": "accounts.passkey_forms.EditPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_TOLERANCE = 1
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = URL_SCHEME == "http"
USERSESSIONS_TRACK_ACTIVITY = False

# --- languages --------------------------------------------------------------------------------------------------------
LANGUAGE_CODE = "fr"
LANGUAGES = [
    ("fr", "Français"),
    ("en", "English"),
    ("es", "Español"),
    ("de", "Deutsch"),
    ("it", "Italiano"),
    ("nl", "Nederlands"),
]
#: Those of the staff's and the operators' pages; the others are for what clients read.
OFFICE_LANGUAGES = ("fr", "en")
LOCALE_PATHS = [ROOT / "themes" / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Paris"

# --- mail -------------------------------------------------------------------------------------------------------------
_SMTP_SECURITY = env.choice("SMTP_SECURITY", "none", {"none", "starttls", "tls"})
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": env.text("SMTP_HOST", "localhost"),
            "port": env.integer("SMTP_PORT", 25),
            "username": env.text("SMTP_USER", ""),
            "password": env.text("SMTP_PASSWORD", ""),
            "use_tls": _SMTP_SECURITY == "starttls",
            "use_ssl": _SMTP_SECURITY == "tls",
            "timeout": 30,
        },
    }
}
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM", f"Diagdesk <no-reply@{BASE_DOMAIN}>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
#: Every mail that the product sends (mail.kinds.MailKind), in the order of the page of texts.
MAIL_TABLES = [
    "extranet.emails.MAILS",
    "extranet.emails_guest.MAILS",
    "accounts.emails.MAILS",
    "billing.emails.MAILS",
    "extranet.emails_renewal.MAILS",
    "extranet.emails_order.MAILS",
    "extranet.emails_visit.MAILS",
    "extranet.emails_quote.MAILS",
    "extranet.emails_mission.MAILS",
    "extranet.emails_join.MAILS",
    "extranet.emails_library.MAILS",
    "extranet.emails_archive.MAILS",
    "extranet.emails_site.MAILS",
    "extranet.emails_sms.MAILS",
    "extranet.emails_server.MAILS",
    "extranet.emails_webhook.MAILS",
]
#: The domain whose mail comes to `manage.py inbound_mail`; empty: mails cannot be answered.
INBOUND_DOMAIN = env.text("INBOUND_DOMAIN", "").lower()
#: How many mails of one firm the platform's server takes in an hour and in 24; what is more waits.
MAIL_HOUR_LIMIT = env.integer("MAIL_HOUR_LIMIT", 500)
MAIL_DAY_LIMIT = env.integer("MAIL_DAY_LIMIT", 5_000)
#: Whether a firm's mail server may lie in a private network: on developers' machines and in tests alone.
MAIL_ALLOW_PRIVATE_HOSTS = env.boolean("MAIL_ALLOW_PRIVATE_HOSTS", DEBUG)
#: host:port of the DNS server that is asked about SPF, DKIM and DMARC; empty: the machine's own.
DNS_SERVER = env.text("DNS_SERVER", "")
#: Days after which a mail's body goes, and its line in the log.
MAIL_BODY_DAYS = env.integer("MAIL_BODY_DAYS", 90)
MAIL_LOG_DAYS = env.integer("MAIL_LOG_DAYS", 395)

# --- jobs -------------------------------------------------------------------------------------------------------------
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "actions"
PROCRASTINATE_IMPORT_PATHS = [
    "mail.actions",
    "storage.actions",
    "tenants.actions",
    "accounts.actions",
    "extranet.actions",
    "billing.actions",
    "console.actions",
]

# --- places -----------------------------------------------------------------------------------------------------------
#: The service that finds addresses: its base address, seconds before it counts as down and between two tries.
GEOCODER_URL = env.address("GEOCODER_URL", "https://data.geopf.fr/geocodage")
GEOCODER_TIMEOUT = env.integer("GEOCODER_TIMEOUT", 10)
GEOCODER_WAIT = 5
#: The maps' tiles, with {z}, {x} and {y} ({s} for one of the letters a, b, c), and whose they are.
MAP_TILES_URL = env.address(
    "MAP_TILES_URL",
    "https://data.geopf.fr/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER=GEOGRAPHICALGRIDSYSTEMS.PLANIGNV2&STYLE=normal&FORMAT=image/png"
    "&TILEMATRIXSET=PM&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}",
)
MAP_TILES_ATTRIBUTION = env.text("MAP_TILES_ATTRIBUTION", "© IGN")
_TILES = "{0.scheme}://{0.netloc}".format(urlsplit(MAP_TILES_URL)).replace("{s}", "*")

# --- payments ---------------------------------------------------------------------------------------------------------
#: Base addresses of the providers' interfaces; others than these stand in for them on a developer's machine.
STRIPE_URL = env.address("STRIPE_URL", "https://api.stripe.com")
PAYPAL_TEST_URL = env.address("PAYPAL_TEST_URL", "https://api-m.sandbox.paypal.com")
PAYPAL_LIVE_URL = env.address("PAYPAL_LIVE_URL", "https://api-m.paypal.com")
#: In place of every Lyra brand's own addresses (billing.providers.lyra); empty: those.
LYRA_URL = env.text("LYRA_URL", "")
PAYMENT_TIMEOUT = env.integer("PAYMENT_TIMEOUT", 15)

# --- text messages ----------------------------------------------------------------------------------------------------
#: Base addresses of the carriers' interfaces; others than these stand in for them on a developer's machine.
OVH_SMS_URL = env.address("OVH_SMS_URL", "https://eu.api.ovh.com")
BREVO_SMS_URL = env.address("BREVO_SMS_URL", "https://api.brevo.com")
TWILIO_SMS_URL = env.address("TWILIO_SMS_URL", "https://api.twilio.com")
SMSMODE_SMS_URL = env.address("SMSMODE_SMS_URL", "https://rest.smsmode.com")
SMS_TIMEOUT = env.integer("SMS_TIMEOUT", 15)

# --- the interface for programs ---------------------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["api.renderers.FastJson"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_PAGINATION_CLASS": "api.pagination.Cursors",
    "DEFAULT_SCHEMA_CLASS": "api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "api.problems.answer_problem",
    "DEFAULT_METADATA_CLASS": None,
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
#: The names of sets of values in the specification: without them, those of two fields called `kind` are numbered.
_NAMED_VALUES = (
    "billing.enums.Dispute",
    "billing.enums.Method",
    "billing.enums.Mode",
    "billing.enums.PaymentStatus",
    "billing.enums.Provider",
    "billing.enums.RefundStatus",
    "extranet.enums.AccessKind",
    "extranet.enums.ContactKind",
    "extranet.enums.DiagnosticKind",
    "extranet.enums.Direction",
    "extranet.enums.DownloadState",
    "extranet.enums.EnergyLetter",
    "extranet.enums.FileKind",
    "extranet.enums.Finding",
    "extranet.enums.Payer",
    "extranet.enums.PaymentState",
    "extranet.enums.PropertyKind",
    "extranet.enums.Transaction",
    "extranet.enums.Visibility",
    "extranet.enums.MessageState",
    "extranet.enums.RequestKind",
    "extranet.enums.RequestState",
    "extranet.enums_booking.AppointmentState",
    "extranet.enums_library.Audience",
    "extranet.enums_library.Holding",
    "extranet.enums_order.Answer",
    "extranet.enums_order.BuildPeriod",
    "extranet.enums_order.HeatingKind",
    "extranet.enums_order.Installation",
    "extranet.enums_order.OrderEventKind",
    "extranet.enums_order.OrderOrigin",
    "extranet.enums_order.OrderState",
    "extranet.enums_order.OrdererRole",
    "extranet.enums_price.LineKind",
    "extranet.enums_price.SizeBy",
    "extranet.enums_quote.AcceptedBy",
    "extranet.enums_quote.QuoteEventKind",
    "extranet.enums_quote.QuoteState",
    "extranet.enums_quote.RefuseReason",
    "accounts.models.Scope",
)
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Diagdesk",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {name.rpartition(".")[2]: name for name in _NAMED_VALUES},
    "DESCRIPTION": (
        "What software can read and write by itself at a firm. Guide, codes of errors and changes: /api/v1/docs/guide/,"
        " /api/v1/docs/problems/, /api/v1/docs/changelog/. Answers of a client's key have what clients see of a thing."
    ),
}

# --- webhooks ---------------------------------------------------------------------------------------------------------
#: Whether they may go without TLS and into a private network: on developers' machines and in tests alone.
WEBHOOK_ALLOW_PRIVATE_HOSTS = env.boolean("WEBHOOK_ALLOW_PRIVATE_HOSTS", DEBUG)
#: Days after which events and what became of them are forgotten.
WEBHOOK_LOG_DAYS = env.integer("WEBHOOK_LOG_DAYS", 30)

# --- safety -----------------------------------------------------------------------------------------------------------
_STORE = [S3_ENDPOINT_URL] if S3_ENDPOINT_URL else []
if S3_BUCKET and not S3_ENDPOINT_URL:
    _STORE = [f"https://{S3_BUCKET}.s3.{env.text('S3_REGION')}.amazonaws.com"]
SECURE_CSP: dict[str, Any] = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:", "blob:", *_STORE],
    "font-src": [CSP.SELF, "data:"],
    "connect-src": [CSP.SELF, *_STORE],
    "worker-src": [CSP.SELF, "blob:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}
#: Of the pages with a map alone: their tiles come from another host.
MAP_CSP = SECURE_CSP | {"img-src": [*SECURE_CSP["img-src"], _TILES]}
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
CSRF_FAILURE_VIEW = "themes.views.csrf_failure"
if URL_SCHEME == "https":
    # Host-only by name: a browser refuses such a cookie with a Domain, so that no firm can set another's.
    SESSION_COOKIE_NAME = "__Host-sessionid"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
    SECURE_HSTS_SECONDS = env.integer("HSTS_SECONDS", 31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    if TRUSTED_PROXY_COUNT:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- logs and errors --------------------------------------------------------------------------------------------------
LOG_FORMAT = env.choice("LOG_FORMAT", "console" if DEBUG else "json", {"json", "console"})
_SHARED_PROCESSORS: list[Any] = [
    structlog.contextvars.merge_contextvars,
    mask_tokens,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
structlog.configure(
    processors=[
        *_SHARED_PROCESSORS,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "structured": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.processors.JSONRenderer(ensure_ascii=False)
            if LOG_FORMAT == "json"
            else structlog.dev.ConsoleRenderer(colors=False),
            "foreign_pre_chain": [*_SHARED_PROCESSORS, structlog.processors.format_exc_info],
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"level": "WARNING"},
        # aiosmtpd's, which tells each command and address
        "mail.log": {"level": "WARNING"},
        # it tells the addresses that it looks up
        "geopy": {"level": "ERROR"},
        "procrastinate.blueprints": {"level": "WARNING"},
        "procrastinate.periodic": {"level": "WARNING"},
    },
}
DJANGO_STRUCTLOG_USER_ID_FIELD = None
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

SENTRY_DSN = env.text("SENTRY_DSN", "")
if SENTRY_DSN:
    sentry_sdk.init(
        dsn=SENTRY_DSN,
        environment=env.text("SENTRY_ENVIRONMENT", "production"),
        integrations=[DjangoIntegration()],
        # the firm is a tag (tenants.middleware, kernel.jobs); people, addresses and bodies stay here
        send_default_pii=False,
        max_request_body_size="never",
        include_local_variables=False,
        traces_sample_rate=0.0,
    )
