"""Settings, read from the environment (contract.md). Nonsense stops the start with one clear line."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from pixsurv.secrets import FIELD_KEYS_FILE, SECRET_KEY_FILE
from pixsurv.settings import database, env, mail, oidc
from pixsurv.settings.operator import operator

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = BASE_DIR / "var"

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.secret("SECRET_KEY", SECRET_KEY_FILE)
FIELD_KEYS = env.field_keys("FIELD_KEYS", FIELD_KEYS_FILE)

# Where people reach us: decides cookies, HSTS and every link that we print (mechanics §11).
PORT = env.integer("PORT", 8000, low=1, high=65535)
PUBLIC_URL = env.url("PUBLIC_URL", f"http://127.0.0.1:{PORT}")
PUBLIC_HOST = urlsplit(PUBLIC_URL).hostname or ""
HTTPS = PUBLIC_URL.startswith("https://")

PLAIN_HTTP_IN_PUBLIC = not HTTPS and not env.is_loopback(PUBLIC_HOST)
if PLAIN_HTTP_IN_PUBLIC and not env.flag("ALLOW_PLAIN_HTTP"):
    raise ImproperlyConfigured(
        f"PUBLIC_URL is {PUBLIC_URL}: passwords would travel in the clear."
        " Use https, or set ALLOW_PLAIN_HTTP=1."
    )

ALLOWED_HOSTS = env.words("ALLOWED_HOSTS") or [PUBLIC_HOST, "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS") or ([PUBLIC_URL] if HTTPS else [])
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")
DEMO = env.flag("PIXSURV_DEMO")
OPERATOR = operator()
# Whether administrators and secretariats must set one up (issue 7); anybody may.
SECOND_FACTOR = env.choice("SECOND_FACTOR", "optional", "required")
SENTRY_DSN = env.text("SENTRY_DSN")
# Another way to sign in than a password of ours; None: there is none.
OIDC = oidc.provider()
METRICS_TOKEN = env.long_secret("METRICS_TOKEN")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "pixsurv",
    "sessions_app",
    "proctoring",
]

MIDDLEWARE = [
    "pixsurv.proxies.TrustedProxiesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "pixsurv.middleware.HeadersMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "sessions_app.middleware.SignedInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "sessions_app.middleware.SignInLimitsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "pixsurv.urls"
WSGI_APPLICATION = "pixsurv.wsgi.application"
APPEND_SLASH = True

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "builtins": ["sessions_app.templatetags.rooms"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pixsurv.context.banners",
                "pixsurv.context.member",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader"],
                )
            ],
        },
    }
]
if DEBUG:
    TEMPLATES[0]["OPTIONS"]["loaders"] = ["django.template.loaders.filesystem.Loader"]

if not env.text("DATABASE_URL"):
    VAR_DIR.mkdir(mode=0o700, exist_ok=True)  # where the embedded database lives
_database = env.database("DATABASE_URL", f"sqlite:///{VAR_DIR / 'pixsurv.sqlite3'}")
THREADS = env.integer("WEB_THREADS", database.usual_threads(_database), low=1, high=64)
DATABASES = {"default": database.complete(_database, threads=THREADS)}
# Without it there is neither a second database nor a router: nothing changes.
if env.text("DATABASE_REPLICA_URL"):
    DATABASES["replica"] = database.replica(
        env.database("DATABASE_REPLICA_URL", "", writes=False), DATABASES["default"], threads=THREADS
    )
    DATABASE_ROUTERS = ["proctoring.archives.replica.Router"]
# What was eliminated, beside the database: it outlives any backup of it (mechanics §14).
ELIMINATION_LEDGER = Path(env.text("ELIMINATION_LEDGER") or VAR_DIR / "eliminations.jsonl")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "sessions_app.Account"
LOGIN_URL = "establishment:login"
LOGIN_REDIRECT_URL = "establishment:sessions"
PASSWORD_HASHERS = ["pixsurv.hashers.Argon2Hasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "sessions_app.context_words.ContextWordsValidator"},
]

PASSWORD_RESET_TIMEOUT = 4 * 3600  # seconds

EMAIL_URL = env.text("EMAIL_URL", "console:")
MAILERS = mail.mailers(EMAIL_URL)
DEFAULT_FROM_EMAIL = SERVER_EMAIL = mail.sender(EMAIL_URL, PUBLIC_HOST)

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"  # only for what belongs to no establishment
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "pixsurv.lean_static.LeanStaticFilesStorage"},
}


def _file_headers(headers: Any, path: str, url: str) -> None:
    """A static file is no page, and passes by `HeadersMiddleware`: no other site may embed it either."""
    headers["Cross-Origin-Resource-Policy"] = "same-origin"


WHITENOISE_ADD_HEADERS_FUNCTION = _file_headers
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Cookies: `__Host-` names bind them to this host, which only https may promise.
COOKIE_PREFIX = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}compte"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
CSRF_FAILURE_VIEW = "pixsurv.errors.csrf_failure"

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^sante/"]
SECURE_HSTS_SECONDS = 63_072_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS and TRUSTED_PROXIES else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    "manifest-src": [CSP.SELF],
}
# Subdomains and preload are the operator's choice (mechanics §11); frame-ancestors says X-Frame-Options.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021", "security.W002"]

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
FILE_UPLOAD_HANDLERS = ["pixsurv.kernel.uploads.BoundedUploadHandler"]

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "pixsurv.logging.JsonFormatter"},
        "text": {"()": "pixsurv.logging.TextFormatter", "fmt": "%(levelname)s %(message)s"},
    },
    "filters": {"hide_keys": {"()": "pixsurv.logging.HideKeys"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "filters": ["hide_keys"],
            "formatter": env.choice("LOG_FORMAT", "text", "json"),
        }
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "pixsurv": {"level": "INFO"},
        # Refusals (404, 409, 422 …) are answers, not incidents; only failures are worth a line.
        "django.request": {"level": "ERROR"},
    },
}
