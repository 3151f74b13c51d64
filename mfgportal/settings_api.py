"""Settings of the API. A part of `mfgportal.settings`."""

from datetime import timedelta

from mfgportal.env import env
from mfgportal.settings_people import ALLAUTH_TRUSTED_PROXY_COUNT

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "mfgportal.api.authentication.KeyAuthentication",  # first: its challenge makes a missing log-in a 401
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": [
        "rest_framework.permissions.IsAuthenticated",
        "mfgportal.api.permissions.KeyScope",
    ],
    "DEFAULT_RENDERER_CLASSES": ["mfgportal.api.renderers.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["mfgportal.api.bodies.SizedJson"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "mfgportal.api.formats.Formats",
    "DEFAULT_SCHEMA_CLASS": "mfgportal.api.schema.Schema",
    "EXCEPTION_HANDLER": "mfgportal.api.errors.handle",
    "DEFAULT_THROTTLE_CLASSES": [
        "mfgportal.api.throttles.PerUser",
        "mfgportal.api.throttles.PerAddress",
    ],
    "DEFAULT_THROTTLE_RATES": {"user": "600/min", "anon": "60/min", "wrong_token": "30/min"},
    "NUM_PROXIES": ALLAUTH_TRUSTED_PROXY_COUNT,
}
# Rows that a file may have at most. XLSX: what a person can still open; Excel itself ends at 1,048,576.
EXPORT_MAX_ROWS = {
    "csv": env.int("EXPORT_MAX_ROWS", default=1_000_000),
    "parquet": env.int("EXPORT_MAX_ROWS", default=1_000_000),
    "xlsx": min(env.int("EXPORT_MAX_ROWS", default=200_000), 1_000_000),
}
REST_KNOX = {"TOKEN_TTL": timedelta(days=365), "TOKEN_PREFIX": "mfg_", "AUTH_HEADER_PREFIX": "Token"}
SPECTACULAR_SETTINGS = {
    "TITLE": "mfgportal",
    "DESCRIPTION": "KPIs, places, the exception queue and the syncs, within the plants you may see. Log in "
    "with a session, or send `Authorization: Token …`, made on /account/keys/ or by `manage.py "
    "api_token USER`. A key has scopes; headers `RateLimit` say how much may still be asked. Errors are "
    "problem details (RFC 9457). Durations are seconds, times are UTC.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],  # a key of any scope may read it
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "mfgportal.api.schema.add_problems",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}
