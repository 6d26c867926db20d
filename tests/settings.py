"""Settings of the test run: those of production, with fixed secrets, a fast hasher and loud templates.

The environment is set before the real settings are read: a developer's own variables must not change a test.
"""

import os

for name in (
    "DATABASE_REPLICA_URL",
    "DEBUG",
    "PIXSURV_DEMO",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "TRUSTED_PROXIES",
    "EMAIL_URL",
    "SENTRY_DSN",
):
    os.environ.pop(name, None)
for name in [name for name in os.environ if name.startswith("OIDC_")]:
    del os.environ[name]
os.environ["SECRET_KEY"] = "the tests sign with this, nothing else does: 0123456789"
os.environ["FIELD_KEYS"] = "dGVzdHMgZW5jcnlwdCB3aXRoIHRoaXMsIG9ubHkgdHM="
os.environ["PUBLIC_URL"] = "http://127.0.0.1:8000"

from pixsurv.settings import *  # noqa: E402, F403
from pixsurv.settings import BASE_DIR, DATABASES, PASSWORD_HASHERS, STORAGES, TEMPLATES  # noqa: E402


class UndefinedVariable:
    """Stands for a variable that the template does not have: rendering it is a failure, not an empty space.

    `{% if name %}` and `{% firstof %}` never render it, so they still accept an undefined variable.
    """

    def __contains__(self, item: object) -> bool:
        return item == "%s"  # Django then asks for the name, through %

    def __mod__(self, name: object) -> str:
        raise LookupError(f"undefined variable in a template: {name}")

    def __str__(self) -> str:
        raise LookupError("undefined variable in a template")


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable()

# MD5 costs nothing; the real hasher stays second, so that a test can still ask for it by name.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *PASSWORD_HASHERS]

# Static files straight from their sources: no collectstatic before a test.
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True

# A test's database need not outlive a power cut, only a killed process: no commit waits for the disk.
OPTIONS = DATABASES["default"]["OPTIONS"]
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, because the threads of a race need connections of their own; one a process: two runs may meet.
    (BASE_DIR / "var").mkdir(mode=0o700, exist_ok=True)
    DATABASES["default"]["TEST"] = {"NAME": str(BASE_DIR / "var" / f"test-{os.getpid()}.sqlite3")}
    OPTIONS["init_command"] = OPTIONS["init_command"].replace("synchronous=FULL", "synchronous=OFF")
else:
    OPTIONS["options"] += " -c synchronous_commit=off"
