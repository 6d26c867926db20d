"""Behind an https PUBLIC_URL: every cookie is bound to this host and travels encrypted (quality §3, mechanics §11)."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent

# In a process of its own: names and flags of cookies are settled when the settings are read.
SCRIPT = """
import json, logging
import django
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
django.setup()
logging.disable()
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment
setup_test_environment()
call_command("migrate", verbosity=0)
from tests import factories
session = factories.SessionFactory()
paul = factories.CandidateFactory(session=session)
admin = factories.MembershipFactory(establishment=session.establishment).account
browser, told = Client(), []
def ask(method, path, data=None):
    answer = getattr(browser, method)(path, data, secure=True)
    told.append({
        "path": path, "status": answer.status_code, "hsts": answer.headers.get("Strict-Transport-Security", ""),
        "cookies": {name: one.OutputString() for name, one in answer.cookies.items()},
    })
    return answer
ask("get", "/")
ask("post", "/surveillance/", {"number": session.number, "password": factories.PASSWORD, "name": "Perrine Essai"})
ask("get", f"/surveillance/{session.number}/")
ask("post", "/surveillance/entrainement/")
ask("get", "/candidat/")
who = {"number": session.number, "last_name": paul.last_name, "first_name": paul.first_name, "workstation": "P1"}
ask("post", "/candidat/", {**who, "birth_date": "1999-01-01"})
ask("post", "/candidat/", {**who, "birth_date": paul.birth_date.isoformat()})
ask("post", "/candidat/test/temps/", {"hidden": "1"})
ask("post", "/etablissement/", {"email": admin.email, "password": factories.ACCOUNT_PASSWORD})
ask("get", "/etablissement/sessions/")
ask("post", f"/surveillance/{session.number}/quitter/")
told.append({"plain": Client().get("/").status_code})
print(json.dumps(told))
"""


def test_every_cookie_is_bound_to_the_host_and_every_answer_asks_for_https() -> None:
    env = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "pixsurv.settings",
        "PUBLIC_URL": "https://testserver",
        "ALLOWED_HOSTS": "testserver",
        "SECRET_KEY": "a process signs with this, nothing else does: 0123456789",
        "FIELD_KEYS": "dGVzdHMgZW5jcnlwdCB3aXRoIHRoaXMsIG9ubHkgdHM=",
        "DATABASE_URL": "sqlite://:memory:",
        "EMAIL_URL": "smtp+tls://mail.example:587",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *told, plain = json.loads(done.stdout)
    assert plain == {"plain": 301}
    assert all(one["status"] < 400 or one["status"] == 422 for one in told), told
    assert all(one["hsts"] == "max-age=63072000" for one in told)
    set_here = {name: text for one in told for name, text in one["cookies"].items()}  # as it was said last
    assert len(set_here) >= 8, set_here
    for name, text in set_here.items():
        assert name.startswith("__Host-"), text
        assert "Path=/" in text and "Domain" not in text
        assert "Secure" in text, "a browser would not forget it either"
    kept = [text for one in told for text in one["cookies"].values() if "Max-Age=0" not in text]
    assert all("HttpOnly" in text and "SameSite=Lax" in text for text in kept)
