"""The test itself, seen by the entry that came for it: everything under `/attempt`."""

import uuid
from collections.abc import Callable
from datetime import datetime

from django.http import HttpRequest, JsonResponse
from ninja import Router
from ninja.errors import AuthenticationError
from pydantic import BaseModel

from pixsurv.kernel import clock
from pixsurv.kernel.journal import Json
from proctoring.api.answers import answered, declared
from proctoring.api.auth import EntryToken
from proctoring.api.schemas import AlertRequest, AttemptAnswer, IdempotencyKey, ProgressRequest, StartRequest
from proctoring.models import Entry
from proctoring.selectors.attempt import AttemptObject, Standing, attempt_object, standing
from proctoring.services import alerts, heartbeat, once, progress, running
from proctoring.services.doors import CODE_WAIT, code_pool
from proctoring.services.due import advance_session
from proctoring.services.entries import candidate_actor
from proctoring.services.once import Answer
from proctoring.services.room import refuse
from sessions_app.services.guessing import guarded

router = Router(tags=["attempt"], auth=EntryToken())
NOT_STARTED = ("not_in_progress",)


@router.get(
    "",
    operation_id="look",
    summary="Where the test stands",
    **declared({200: AttemptAnswer}, {409: ("entry_superseded",)}, posted=False, body=False),
)
def look(request: HttpRequest) -> JsonResponse:
    """To be asked while the presence is awaited, after a refusal, and every 2 s until an end is final."""
    now = clock.now()
    found = _standing(request, now)
    _require_not_superseded(found)
    return answered(found.told(now))


@router.post(
    "/start",
    operation_id="start",
    summary="Start, or resume",
    **declared(
        {200: AttemptAnswer},
        {
            403: ("presence_not_confirmed", "resume_not_authorised", "not_certifiable"),
            404: ("wrong_access_code",),
            409: ("attempt_over",),
            410: ("session_closed",),
        },
    ),
)
def start(request: HttpRequest, data: StartRequest, idempotency_key: IdempotencyKey) -> JsonResponse:
    """With the access code. From then on this entry holds the attempt, and any other one is superseded.

    A start under a new entry while the test runs is a re-entry: it is refused with `resume_not_authorised`
    and files a resume request, until the proctor authorises it. A second start under the entry that started
    changes nothing.
    """

    def act(found: Standing, now: datetime) -> int:
        with guarded(code_pool(found.entry), wrong={"wrong_access_code"}, sentence=CODE_WAIT, now=now):
            running.start_or_resume(
                entry=found.entry, access_code=data.access_code, actor=candidate_actor(found.entry), now=now
            )
        return 200

    return _act(request, "start", idempotency_key, data, act)


@router.post(
    "/progress",
    operation_id="report_progress",
    summary="The heartbeat: the candidate is there, at this question",
    **declared(
        {200: AttemptAnswer},
        {409: ("attempt_over", "entry_superseded", *NOT_STARTED), 410: ("session_closed",)},
    ),
)
def report_progress(
    request: HttpRequest, data: ProgressRequest, idempotency_key: IdempotencyKey
) -> JsonResponse:
    """To be sent every `heartbeat_seconds`. It clears a pending resume request and an announced leave."""
    now = clock.now()
    usual = not idempotency_key and not data.timed_out
    if usual and (attempt := _usual_beat(request, data, now)):
        return answered(attempt)
    found = _standing(request, now, question=data.question)

    def act() -> Answer:
        _require_not_superseded(found)
        progress.beat(
            entry=found.entry,
            visible=data.visible,
            question=data.question,
            timed_out=data.timed_out,
            actor=candidate_actor(found.entry),
            now=now,
        )
        return Answer(200, found.told(now))

    return _once(found.entry, "progress", idempotency_key, data, now, act)


@router.post(
    "/alerts",
    operation_id="raise_alert",
    summary="The question is broken",
    **declared(
        {200: AttemptAnswer, 201: AttemptAnswer},
        {409: ("attempt_over", "entry_superseded", *NOT_STARTED), 410: ("session_closed",)},
    ),
)
def raise_alert(request: HttpRequest, data: AlertRequest, idempotency_key: IdempotencyKey) -> JsonResponse:
    """201 for a new alert, 200 when one is open on that question already.

    `alert` then tells the outcome: `refused`, go on with the question; `validated`, move on to the next one. The
    proctor has 10 s to think again: until the answer is final, `alert` stays `open`.
    """

    def act(found: Standing, now: datetime) -> int:
        _, is_new = alerts.raise_alert(
            entry=found.entry,
            question=data.question,
            kinds=data.kinds,
            actor=candidate_actor(found.entry),
            now=now,
        )
        return 201 if is_new else 200

    return _act(request, "alerts", idempotency_key, data, act, question=data.question)


@router.post(
    "/leave",
    operation_id="leave",
    summary="The page of the test was left",
    **declared({202: AttemptAnswer}, {409: ("entry_superseded",)}, body=False),
)
def leave(request: HttpRequest, idempotency_key: IdempotencyKey) -> JsonResponse:
    """No state changes: silence will be shown earlier. Accepted, and without effect, when no test runs."""

    def act(found: Standing, now: datetime) -> int:
        _require_not_superseded(found)
        running.leave(entry=found.entry, actor=candidate_actor(found.entry), now=now)
        return 202

    return _act(request, "leave", idempotency_key, None, act)


@router.post(
    "/complete",
    operation_id="complete",
    summary="The candidate has finished",
    **declared(
        {200: AttemptAnswer},
        {409: ("not_in_progress", "entry_superseded"), 410: ("session_closed",)},
        body=False,
    ),
)
def complete(request: HttpRequest, idempotency_key: IdempotencyKey) -> JsonResponse:
    """Final. Completing again answers 200."""

    def act(found: Standing, now: datetime) -> int:
        running.complete(entry=found.entry, actor=candidate_actor(found.entry), now=now)
        return 200

    return _act(request, "complete", idempotency_key, None, act)


def _usual_beat(request: HttpRequest, data: ProgressRequest, now: datetime) -> AttemptObject | None:
    entry_id: uuid.UUID = request.auth  # type: ignore[attr-defined]
    beat = heartbeat.beat_at_once(entry_id=entry_id, question=data.question, visible=data.visible, now=now)
    if beat is None:
        return None
    return attempt_object(
        beat.attempt,
        question=data.question,
        alert_status=beat.alert_status,
        heartbeat=beat.heartbeat,
        zone=beat.zone,
        closed=False,
        now=now,
    )


def _standing(request: HttpRequest, now: datetime, *, question: int | None = None) -> Standing:
    """The entry of the token, after the clock wrote what fell due; 401 when it does not stand any more."""
    entry_id: uuid.UUID = request.auth  # type: ignore[attr-defined]
    found = standing(entry_id, now=now, question=question)
    if found is not None and found.is_due(now):
        advance_session(found.entry.session_id, now=now)
        found = standing(entry_id, now=now, question=question)
    if found is None:
        raise AuthenticationError
    return found


def _require_not_superseded(found: Standing) -> None:
    if found.superseded:
        raise refuse("entry_superseded")


def _act(
    request: HttpRequest,
    call: str,
    key: str,
    data: BaseModel | None,
    act: Callable[[Standing, datetime], int],
    *,
    question: int | None = None,
) -> JsonResponse:
    """Act under the caller's entry, once for `key`; answer the attempt as it then stands."""
    now = clock.now()
    found = _standing(request, now)

    def answer() -> Answer:
        status = act(found, now)
        after = standing(found.entry.pk, now=now, question=question)
        if after is None:
            raise AuthenticationError
        return Answer(status, after.told(now))

    return _once(found.entry, call, key, data, now, answer)


def _once(
    entry: Entry, call: str, key: str, data: BaseModel | None, now: datetime, act: Callable[[], Answer]
) -> JsonResponse:
    body: Json = data.model_dump(mode="json") if data is not None else None
    answer = once.guard(scope=f"entry:{entry.pk.hex}/{call}", key=key, body=body, now=now, act=act)
    return answered(answer.body, status=answer.status)
