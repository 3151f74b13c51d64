"""All settings, each by environment variable; `.env.example` lists them.

Naming ALLOWED_HOSTS makes it a production installation: secrets must then be given, and HTTPS is assumed.
Without it the portal is a local one: it answers to this machine only, and keeps generated secrets in `var/`.
"""

import secrets
from datetime import timedelta
from typing import Any

from cryptography.fernet import Fernet
from csp.constants import NONE, SELF

from mfgportal import embedded
from mfgportal.env import BASE_DIR, HTTPS, PRODUCTION, VAR_DIR, env, secret
from mfgportal.settings_api import *  # noqa: F403 parts of these settings, each in a file of its own
from mfgportal.settings_audit import *  # noqa: F403
from mfgportal.settings_people import *  # noqa: F403
from mfgportal.settings_people import ALLAUTH_TRUSTED_PROXY_COUNT
from mfgportal.settings_sources import *  # noqa: F403

# --- what kind of installation ---
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
if not PRODUCTION:
    ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

SECRET_KEY = secret(
    "SECRET_KEY", file="secret_key", make=lambda: secrets.token_urlsafe(64), generate=not PRODUCTION
)
# Fernet keys, comma separated: the first encrypts, all decrypt, so that a key can be rotated.
FIELD_ENCRYPTION_KEYS = secret(
    "FIELD_ENCRYPTION_KEYS",
    file="fernet_key",
    make=lambda: Fernet.generate_key().decode(),
    generate=not PRODUCTION,
).split(",")

# --- applications ---
INSTALLED_APPS = [
    "mfgportal",
    "mfgportal.accounts",
    "mfgportal.approvals",
    "mfgportal.alerts",
    "mfgportal.reports",
    "mfgportal.displays",
    "mfgportal.habits",
    "mfgportal.workbench",
    "mfgportal.web",
    "mfgportal.api",
    "sync",
    "kpis",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # a page of allauth wants it
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "auditlog",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "mfgportal.timing.ServerTiming",
    "mfgportal.api.conditional.Conditional",
    "mfgportal.api.rate_headers.RateHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "mfgportal.accounts.sessions.LogInFirst",
    "mfgportal.accounts.audit.Trail",
    "mfgportal.habits.reading.ReadersLocale",
    "django.contrib.messages.middleware.MessageMiddleware",
    "mfgportal.accounts.sessions.SessionLimits",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "mfgportal.accounts.second_factor.SecondFactorFirst",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "mfgportal.urls"
WSGI_APPLICATION = "mfgportal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "builtins": ["mfgportal.web.templatetags.localised"],
        },
    }
]

# --- data ---
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SERVERS = embedded.place(VAR_DIR)
DATABASES: dict[str, dict[str, Any]] = {"default": env.db("DATABASE_URL", default=SERVERS.database_url)}
DATABASES["default"] |= {"CONN_MAX_AGE": 300, "CONN_HEALTH_CHECKS": True}
STATEMENT_TIMEOUT_MS = env.int("STATEMENT_TIMEOUT_MS", default=0)
if STATEMENT_TIMEOUT_MS:
    DATABASES["default"].setdefault("OPTIONS", {})["options"] = f"-c statement_timeout={STATEMENT_TIMEOUT_MS}"
# For how long contents that the source has replaced are kept. The latest is kept anyway; 0: all are.
LANDING_RETENTION_MONTHS = env.int("LANDING_RETENTION_MONTHS", default=24)
# For how long runs of streams are kept; 0: for ever. Runs that found nothing new are kept for days only.
SYNC_RUN_RETENTION_DAYS = env.int("SYNC_RUN_RETENTION_DAYS", default=90)
# Days that results of reconciliations are kept, the latest of each in any case; 0 = for ever.
RECONCILIATION_RETENTION_DAYS = env.int("RECONCILIATION_RETENTION_DAYS", default=90)
# Days that messages to people and finished bulk work are kept; 0 = for ever. What was decided stays.
MESSAGE_RETENTION_DAYS = env.int("MESSAGE_RETENTION_DAYS", default=90)
REDIS_URL = env.str("REDIS_URL", default=SERVERS.redis_url)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "mfgportal",
    }
}

# --- e-mail: without EMAIL_URL nothing leaves the machine, and each mail is a file ---
vars().update(env.email_url("EMAIL_URL", default=f"filemail:///{VAR_DIR / 'mail'}"))
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", default=20)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="mfgportal <mfgportal@localhost>")
# Where links in mails lead.
SITE_URL: str = env.str("SITE_URL", default=f"http://127.0.0.1:{env.int('PORT', default=8000)}").rstrip("/")

# --- language and time: plants' zones are applied where values are bucketed and shown ---
LANGUAGE_CODE = "en"
# Of numbers and dates, for whom neither person nor browser says: en, de, fr or es.
LOCALE = env.str("LOCALE", default="en").lower()
TIME_ZONE = "UTC"
USE_TZ = True

# --- money: what sums over plants of several currencies are shown in ---
ENTERPRISE_CURRENCY = env.str("ENTERPRISE_CURRENCY", default="EUR").upper()

# --- maintenance: a repair that nobody takes up for longer is an exception, and listed so ---
ACKNOWLEDGE_WITHIN_HOURS = env.int("ACKNOWLEDGE_WITHIN_HOURS", default=4)
# Of some priorities, such as "high=1,low=24".
ACKNOWLEDGE_WITHIN_HOURS_BY_PRIORITY = env(
    "ACKNOWLEDGE_WITHIN_HOURS_BY_PRIORITY", cast={"key": str, "value": float}, default={}
)

# --- static files ---
STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(VAR_DIR / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "media"

# --- security ---
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# Asked by the container's own health check and by Prometheus, within the network, over plain HTTP.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
# With it, /metrics answers only to `Authorization: Bearer …`.
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="").strip()
# A worker whose last tick is older is taken for dead.
TICK_MAX_AGE_S = env.int("TICK_MAX_AGE_S", default=120)
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],  # plotly makes a chart's picture from these
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

# --- tasks ---
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # Far above the longest task, which is a minute or so. One that runs twice all the same does no harm: the
    # second finds the first's lock.
    "visibility_timeout": 3600,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,  # with the line above: a killed worker's tasks come back in seconds
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "socket_keepalive": True,
}
# What may wait for a source has a queue of its own, so that sources that hang never keep a tick from a worker
# that takes ticks alone.
CELERY_TASK_ROUTES = {
    f"sync.tasks.{name}": {"queue": "reading"}
    for name in ("run_stream", "sync_source", "sweep_stream", "refresh_stream", "compare")
} | {
    # A mail server may hang, too.
    "mfgportal.alerts.tasks.send_mails": {"queue": "reading"},
    "mfgportal.reports.tasks.send_reports": {"queue": "reading"},
    "mfgportal.workbench.tasks.send_notices": {"queue": "reading"},
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 3.0
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_TIMEZONE = TIME_ZONE
# Kept in memory: a file of when each tick last ran would silence beat after its clock was put back.
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_BEAT_SCHEDULE = {
    # A tick that no worker took is worth little, as the next one asks the same. But clocks of machines
    # differ, and one that looks an hour old must count.
    task.rpartition(".")[2]: {"task": task, "schedule": every_s, "options": {"expires": 7200}}
    for task, every_s in {
        "sync.tasks.wake_streams": 5.0,
        "sync.tasks.refresh_components": 5.0,
        "sync.tasks.tend_landing": 300.0,
        "mfgportal.alerts.tasks.judge_rules": 10.0,
        "mfgportal.alerts.tasks.wake_mails": 10.0,
        "mfgportal.reports.tasks.wake_reports": 20.0,
        "mfgportal.workbench.tasks.tend_workbench": 10.0,
        "mfgportal.workbench.tasks.forget_old": 3600.0,
    }.items()
}

# --- logs ---
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "mfgportal.logs.LineFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "odoorpc": {"level": "INFO"},  # at DEBUG it would write passwords
        "httpx": {"level": "WARNING"},  # a line per request otherwise
        "celery.worker.strategy": {"level": "WARNING"},  # a line per tick, as do the next three
        "celery.worker.request": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
