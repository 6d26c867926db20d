"""edx-proctoring without the platform around it: sessions in the database, the services that its own tests bring."""

import os
from urllib.parse import urlsplit

_database = urlsplit(os.environ["PEER_DATABASE"])
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database.path.lstrip("/"),
        "USER": _database.username,
        "PASSWORD": _database.password or "",
        "HOST": _database.hostname,
        "PORT": _database.port or 5432,
        "CONN_MAX_AGE": None,
    }
}
SECRET_KEY = "the bench signs with this, and throws its database away afterwards"
ALLOWED_HOSTS = ["127.0.0.1"]
USE_TZ = True
TIME_ZONE = "UTC"
ROOT_URLCONF = "bench.peers.edx.urls"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.sites",
    "edx_when",
    "edx_proctoring",
    "rest_framework",
    "waffle",
]
SITE_ID = 1
ENV_ROOT = os.environ.get("TMPDIR", "/tmp")  # noqa: S108
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "crum.CurrentRequestUserMiddleware",
    "waffle.middleware.WaffleMiddleware",
    "django.middleware.gzip.GZipMiddleware",
]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {}}]
REST_FRAMEWORK = {"DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"]}

COURSE_ID_REGEX = r"[^/+]+(/|\+)[^/+]+(/|\+)[^/]+"
COURSE_ID_PATTERN = rf"(?P<course_id>{COURSE_ID_REGEX})"
PROCTORING_SETTINGS = {"ALLOW_CALLBACK_SIMULATION": False}
PROCTORING_BACKENDS = {"DEFAULT": "null", "null": {}}
PROCTORING_USER_OBFUSCATION_KEY = "bench"
TECH_SUPPORT_EMAIL = "bench@example.org"
FEATURES: dict = {}
PLATFORM_NAME = SITE_NAME = "bench"
LMS_ROOT_URL = "http://127.0.0.1"
CONTACT_EMAIL = DEFAULT_FROM_EMAIL = PROCTORING_BACKEND_EMAIL = "bench@example.org"
LEARNING_MICROFRONTEND_URL = "http://127.0.0.1"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
LOGGING = {"version": 1, "disable_existing_loggers": True, "root": {"level": "ERROR"}}
