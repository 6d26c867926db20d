"""A test platform, as tests drive it: real URLs, a bearer, JSON."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from sessions_app.models import ApiKey, Candidate

BASE = "/api/v1"


class Platform:
    """One platform of one establishment; `token` is that of its latest entry."""

    def __init__(self, key: ApiKey) -> None:
        self.secret: str = key.secret  # type: ignore[attr-defined]
        self.token = ""
        self.client = Client(enforce_csrf_checks=True)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        bearer: str | None = None,
        once: str = "",
        raw: bytes | str | None = None,
    ) -> HttpResponse:
        headers = {"Authorization": f"Bearer {self.token if bearer is None else bearer}"}
        if once:
            headers["Idempotency-Key"] = once
        data = raw if raw is not None else (json.dumps(body) if body is not None else "")
        return self.client.generic(
            method, BASE + path, data=data, content_type="application/json", headers=headers
        )

    def get(self, **options: Any) -> HttpResponse:
        return self.call("GET", "/attempt", **options)

    def post(self, what: str, body: Any = None, **options: Any) -> HttpResponse:
        return self.call("POST", f"/attempt/{what}", body, **options)

    def enter(self, candidate: Candidate, *, once: str = "", **more: Any) -> HttpResponse:
        """Come in for this candidate; on success its token becomes ours."""
        body = {
            "session_number": candidate.session.number,
            "last_name": candidate.last_name,
            "first_name": candidate.first_name,
            "birth_date": candidate.birth_date.isoformat(),
            **more,
        }
        answer = self.call("POST", "/entries", body, bearer=self.secret, once=once)
        if answer.status_code == 200:
            self.token = answer.json()["entry_token"]
        return answer


def code_of(answer: HttpResponse) -> tuple[int, str]:
    """Status and code of a refusal, after a look at its form."""
    body = answer.json()
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "code", "detail"} <= set(body)
    assert body["type"] == "about:blank"
    assert body["status"] == answer.status_code
    assert body["detail"]
    return answer.status_code, body["code"]
