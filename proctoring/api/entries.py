"""Coming in for a candidate: `POST /entries`."""

import uuid
from datetime import date, datetime

from django.http import HttpRequest, JsonResponse
from ninja import Body, Router

from pixsurv.kernel import clock
from proctoring.api.answers import answered, declared
from proctoring.api.auth import EstablishmentKey
from proctoring.api.schemas import (
    EntryAnswer,
    EntryByIdentity,
    EntryByTicket,
    EntryRequest,
    IdempotencyKey,
)
from proctoring.models import Entry
from proctoring.selectors.attempt import is_due, standing
from proctoring.services import once
from proctoring.services.doors import API_WAIT, platform_pool
from proctoring.services.due import advance_session
from proctoring.services.entries import no_match, open_entry, token_of
from proctoring.services.once import Answer
from proctoring.services.tickets import Arrival, enter_by_ticket
from sessions_app.models import ApiKey, Session
from sessions_app.services.guessing import guarded

router = Router(tags=["entries"], auth=EstablishmentKey())
REFUSALS = {403: ("not_certifiable",), 404: ("no_match",), 410: ("session_closed",)}


@router.post(
    "/entries",
    operation_id="enter",
    summary="Come in for a candidate",
    **declared({200: EntryAnswer}, REFUSALS),
)
def enter(request: HttpRequest, data: Body[EntryRequest], idempotency_key: IdempotencyKey) -> JsonResponse:
    """Opens an entry for one candidate of a session of the key's establishment, by identity or by ticket.

    An entry holds nothing until it starts. Whoever does not match, for whatever reason, gets the same 404: a ticket
    that is wrong, used or older than five minutes too. After too many wrong tickets in a session none matches for a
    while, the right one included.
    """
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    now = clock.now()

    def act() -> Answer:
        session = (
            Session.objects.select_related("establishment")
            .filter(number=data.session_number, establishment_id=key.establishment_id)
            .first()
        )
        if session is None:
            raise no_match()
        if is_due(session, now):
            advance_session(session.pk, now=now)
            session.refresh_from_db()
        entry = _open(session, data, key, now)
        found = standing(entry.pk, now=now)
        assert found is not None
        return Answer(200, {"entry": str(entry.pk), "attempt": found.told(now)})

    body = data.model_dump(mode="json")
    answer = once.guard(scope=f"key:{key.pk}/entries", key=idempotency_key, body=body, now=now, act=act)
    # The token is never stored: a replayed entry computes the same one from its id.
    token = token_of(Entry(id=uuid.UUID(answer.body["entry"])))
    return answered({"entry_token": token, "attempt": answer.body["attempt"]})


def _open(session: Session, data: EntryByIdentity | EntryByTicket, key: ApiKey, now: datetime) -> Entry:
    if isinstance(data, EntryByTicket):
        arrival = Arrival(
            ticket=data.ticket, heartbeat=data.heartbeat, workstation=data.workstation or "", api_key=key
        )
        return enter_by_ticket(session=session, arrival=arrival, now=now)
    with guarded(platform_pool(key, session), wrong={"no_match"}, sentence=API_WAIT, now=now):
        return open_entry(
            session=session,
            last_name=data.last_name,
            first_name=data.first_name,
            birth_date=date.fromisoformat(data.birth_date),
            workstation=data.workstation or "",
            heartbeat=data.heartbeat,
            api_key=key,
            now=now,
        )
