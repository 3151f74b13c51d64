"""Settings of people: log-in, second factors, single sign-on, sessions. A part of `mfgportal.settings`."""

from typing import Any

from mfgportal.env import HTTPS, PRODUCTION, env

AUTH_USER_MODEL = "accounts.User"
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105 - a model
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": env.int("PASSWORD_MIN_LENGTH", default=12)},
    }
] + [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 3600  # an invitation is good for as long

# --- log-in ---
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "start"
ACCOUNT_ADAPTER = "mfgportal.accounts.adapter.ClosedSignup"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # people are made by an admin, not by sign-up
ACCOUNT_EMAIL_NOTIFICATIONS = True  # of a new password or a removed second factor
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # nobody gets mail because somebody typed an address
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[mfgportal] "
ACCOUNT_SESSION_REMEMBER = None
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # other sessions end all the same: their hash is another
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
# Lock-out. Counted in the shared cache, so that it holds over all processes and machines. Failures count by
# the name that was typed, whether there is such a person or not.
ACCOUNT_RATE_LIMITS = {"login": "60/m/ip", "login_failed": "20/m/ip,5/15m/key"}
# How many proxies in front are ours: the client's address is what the outermost of them saw.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

# --- sessions: a shift without a click, a week in all. 0: no limit ---
SESSION_IDLE_MINUTES = env.int("SESSION_IDLE_MINUTES", default=480)
SESSION_MAX_HOURS = env.int("SESSION_MAX_HOURS", default=168)

# --- second factor: demanded of administrators. A local portal, as the demo, does not unless told so ---
MFA_REQUIRED = env.bool("MFA_REQUIRED", default=PRODUCTION)
MFA_ADAPTER = "mfgportal.accounts.second_factor.EncryptedFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an admin gave the address
MFA_TOTP_ISSUER = "mfgportal"
MFA_TOTP_TOLERANCE = 1  # phones are a little fast or slow
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

# --- single sign-on by OpenID Connect: with an issuer, log-in offers it ---
OIDC_ISSUER: str = env.str("OIDC_ISSUER", default="").strip().rstrip("/")
OIDC_ID = "sso"
# What of a person's claims says the role and the plants: names in `roles=…`, and codes or names of plants.
OIDC_ROLE_CLAIM = env.str("OIDC_ROLE_CLAIM", default="groups")
OIDC_ROLES: dict[str, str] = env.dict("OIDC_ROLES", default={})
OIDC_DEFAULT_ROLE = env.str("OIDC_DEFAULT_ROLE", default="")
OIDC_PLANT_CLAIM = env.str("OIDC_PLANT_CLAIM", default="")
# The provider asks for a second factor itself: none is asked for here.
OIDC_SECOND_FACTOR = env.bool("OIDC_SECOND_FACTOR", default=False)
SOCIALACCOUNT_ADAPTER = "mfgportal.accounts.single_sign_on.SingleSignOn"
SOCIALACCOUNT_EMAIL_REQUIRED = False
SOCIALACCOUNT_STORE_TOKENS = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # the company's own provider: a verified address is the person's
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
# A link, as the CSP lets no form lead elsewhere. The risk of it is in connecting accounts, which is refused.
SOCIALACCOUNT_LOGIN_ON_GET = True
SOCIALACCOUNT_OPENID_CONNECT_URL_PREFIX = "oidc"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "SCOPE": env.list("OIDC_SCOPES", default=["openid", "profile", "email"]),
        "APPS": [
            {
                "provider_id": OIDC_ID,
                "name": env.str("OIDC_NAME", default="Company account"),
                "client_id": env.str("OIDC_CLIENT_ID", default=""),
                "secret": env.str("OIDC_CLIENT_SECRET", default="").strip(),
                "settings": {"server_url": OIDC_ISSUER},
            }
        ]
        if OIDC_ISSUER
        else [],
    }
}
