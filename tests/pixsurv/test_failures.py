"""What goes to Sentry when something breaks (SENTRY_DSN): where, never whom."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from pixsurv.failures import scrubbed

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.any_database

# A process of its own: Sentry hooks itself into whatever runs beside it.
BROKEN_PAGE = """
import json, os
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
from sentry_sdk.transport import Transport
sent = []
class Kept(Transport):
    def capture_envelope(self, envelope):
        sent.extend(item.payload.json for item in envelope.items if item.payload.json)
django.setup()
from pixsurv.failures import tell_failures
tell_failures("https://key@sentry.example/1", transport=Kept())
from django.test import Client
def broken(request, token):
    pupil = request.POST["name"]
    raise ValueError(f"no place for {pupil}")
from django.urls import path
import pixsurv.urls
from django.contrib.auth.decorators import login_not_required
pixsurv.urls.urlpatterns.insert(0, path("etablissement/invitation/<str:token>/", login_not_required(broken)))
client = Client(raise_request_exception=False, headers={"host": "localhost"})
client.cookies["salle-123456"] = "t0" + "ken-of-a-room"
secret = "Zoé " + "SECR" + "ÈTE"  # Sentry quotes the source, this one too
answer = client.post("/etablissement/invitation/k3y-" + "of-a-school/?q=" + secret, {"name": secret})
assert answer.status_code == 500, answer.status_code
import sentry_sdk
sentry_sdk.flush()
print(json.dumps(sent, ensure_ascii=False, default=str))
"""


def test_a_broken_page_tells_where_and_never_whom() -> None:
    done = subprocess.run(
        [sys.executable, "-c", BROKEN_PAGE], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told = done.stdout.splitlines()[-1]
    events = json.loads(told)
    assert any("ValueError" in json.dumps(event) for event in events)
    for word in ("SECRÈTE", "t0ken", "k3y-of-a-school"):
        assert word not in told, told[max(0, told.find(word) - 200) : told.find(word) + 100]


def test_what_an_event_keeps() -> None:
    event: Any = {
        "user": {"id": 4},
        "breadcrumbs": {"values": [{"message": "x"}]},
        "extra": {"path": "/"},
        "request": {"method": "POST", "url": "https://x/y", "data": {"name": "Zoé"}, "cookies": {"a": "b"}},
        "exception": {"values": [{"type": "IntegrityError", "value": "DETAIL: (Zoé)", "stacktrace": {}}]},
    }
    assert scrubbed(event, None) == {
        "request": {"method": "POST"},
        "exception": {"values": [{"type": "IntegrityError", "stacktrace": {}}]},
    }


def test_nothing_leaves_without_an_address(settings: Settings) -> None:
    assert settings.SENTRY_DSN == ""
