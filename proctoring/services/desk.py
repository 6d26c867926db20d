"""The built-in desk (D1–D6): joining, and the answers, attempt data and never events (mechanics §1)."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction

from pixsurv.kernel import crypto
from pixsurv.kernel.errors import Busy, DomainError
from pixsurv.kernel.identity import identity_key
from proctoring import rules
from proctoring.enums import RUNNING, AlertStatus
from proctoring.models import Answer, Attempt, Entry
from proctoring.questions.bank import QUESTIONS_PER_TEST, draw
from proctoring.selectors.attempt import is_due
from proctoring.selectors.desk import DeskPage, Due, Stage, Version, desk_page
from proctoring.services import alerts, once, progress, running, tickets
from proctoring.services.doors import CODE_WAIT, IDENTITY_WAIT, code_pool, identity_pool
from proctoring.services.due import advance_session
from proctoring.services.entries import (
    candidate_actor,
    entry_id_of,
    entry_of,
    no_match,
    open_entry,
    set_workstation,
)
from proctoring.services.room import refuse
from sessions_app.models import Session
from sessions_app.services.guessing import guarded
from sessions_app.services.journal import busy_when_locked

ALERT_KINDS = ("image", "embed", "file", "focus")
# One thing due can bring another (a question passed on, then one that left the set), never many.
MOST_DUE = 5


def join(
    *,
    session_number: int,
    last_name: str,
    first_name: str,
    birth_date: date,
    workstation: str,
    form_key: str,
    heartbeat: int | None,
    browser: str,
    now: datetime,
) -> Entry:
    """A new entry for the candidate of that identity; the same one for the same form again (mechanics §10).

    `browser`: the mark that the join page gave. Refused with `no_match` (the same for every mismatch),
    `followed_by_hand`, `not_certifiable`, `session_closed`, `too_many_requests`.
    """
    session = _session(session_number)
    person = identity_key(last_name, first_name, birth_date)
    # The person is part of it: a form that is corrected and sent again is another entry.
    entry_id = uuid.uuid5(uuid.NAMESPACE_OID, crypto.derive(f"join:{form_key}:{session.pk}:{person}"))
    entry = _existing(entry_id)
    if entry is None:
        pool = identity_pool(session, browser)
        try:
            with guarded(pool, wrong={"no_match"}, sentence=IDENTITY_WAIT, now=now), transaction.atomic():
                entry = open_entry(
                    session=session,
                    last_name=last_name,
                    first_name=first_name,
                    birth_date=birth_date,
                    heartbeat=heartbeat,
                    now=now,
                    entry_id=entry_id,
                )
        except IntegrityError:  # the other half of a double click was faster
            entry = Entry.objects.select_related("candidate").get(pk=entry_id)
    if workstation:
        set_workstation(
            session_id=session.pk,
            candidate_id=entry.candidate_id,
            workstation=workstation,
            actor=candidate_actor(entry),
            now=now,
        )
    return entry


def join_by_ticket(
    *,
    session_number: int,
    ticket: str,
    workstation: str,
    form_key: str,
    heartbeat: int | None,
    browser: str,
    now: datetime,
) -> Entry:
    """As `join`, with the six digits that the proctor gave instead of an identity (R21).

    Wrong ones are counted by the session (`tickets`), whatever the browser.
    """
    session = _session(session_number)
    key = crypto.derive(f"join:{form_key}:{session.pk}:ticket:{ticket}")
    arrival = tickets.Arrival(
        ticket=ticket,
        heartbeat=heartbeat,
        workstation=workstation,
        entry_id=uuid.uuid5(uuid.NAMESPACE_OID, key),
    )
    return tickets.enter_by_ticket(session=session, arrival=arrival, now=now)


def current(*, token: str, now: datetime) -> DeskPage | None:
    """The page of this entry once what fell due is written; None when the token opens nothing."""
    entry = entry_of(token)
    if entry is not None and is_due(entry.session, now):
        advance_session(entry.session_id, now=now)
        entry = entry_of(token)
    for _ in range(MOST_DUE):
        if entry is None:
            return None
        page = desk_page(entry, now=now)
        if page.due is None:
            return page
        _write_due(page)
        entry = entry_of(token)
    raise Busy


def acting(*, token: str, now: datetime) -> DeskPage | None:
    """The page of an entry that acts in its test: by that its holder never left it (mechanics §4)."""
    page = current(token=token, now=now)
    if page is not None and page.stage == Stage.RESUME and page.attempt.holder_id == page.entry.pk:
        heard(page, visible=True)
        page = current(token=token, now=now)
    return page


def ask_to_resume(page: DeskPage) -> None:
    """The request of somebody who came in again for a running test (D4)."""
    running.request_resume(entry=page.entry, actor=candidate_actor(page.entry), now=page.now)


def start(page: DeskPage, *, access_code: str) -> None:
    """Start or resume; refused as `running.start_or_resume` says."""
    with guarded(code_pool(page.entry), wrong={"wrong_access_code"}, sentence=CODE_WAIT, now=page.now):
        running.start_or_resume(
            entry=page.entry, access_code=access_code, actor=candidate_actor(page.entry), now=page.now
        )


def complete(page: DeskPage) -> None:
    """« J’ai terminé ». Refused with `entry_superseded`, `attempt_over`, `session_closed`."""
    running.complete(entry=page.entry, actor=candidate_actor(page.entry), now=page.now)


def raise_alert(page: DeskPage, *, kinds: Sequence[str], key: str) -> None:
    """« Signaler un problème sur cette question »; the same form sent again raises nothing more."""
    known = [kind for kind in ALERT_KINDS if kind in kinds]
    entry, position = page.entry, page.position

    def act() -> once.Answer:
        actor = candidate_actor(entry)
        alerts.raise_alert(entry=entry, question=position, kinds=known, actor=actor, now=page.now)
        return once.Answer(200)

    once.guard(
        scope=f"entry:{entry.pk.hex}/alerts",
        key=key,
        body={"question": position, "kinds": known},
        now=page.now,
        act=act,
    )


def still_the_same(*, token: str, seen: Version, visible: bool, now: datetime) -> bool:
    """The heartbeat of a page that nothing has changed for: one conditional UPDATE (quality §1).

    False: something may have changed, or this is not the holder any more; `heard` then goes the long way. The
    sequence says that no act concerned this candidate since, the question that no other tab answered.
    """
    entry_id = entry_id_of(token)
    if entry_id is None or not seen.only_the_journal_counts:
        return False
    unchanged = Attempt.objects.filter(
        holder_id=entry_id,
        state__in=RUNNING,
        last_sequence=seen.sequence,
        resume_requested_at=None,
        started_at__gt=now - rules.LIFE_OF_A_TEST,
    )
    if seen.stage != Stage.LAST:
        unchanged = unchanged.filter(question=seen.position)
    if seen.marks == "":
        unchanged = unchanged.filter(deadline_at__gt=now)
    fields = progress.seen_fields(rules.DESK_HEARTBEAT, visible=visible, question=None, now=now)
    with busy_when_locked():
        return bool(unchanged.update(**fields))


def heard(page: DeskPage, *, visible: bool) -> None:
    """The heartbeat of a page that is about to be told something: refusals are said by that page."""
    if page.attempt.holder_id != page.entry.pk:
        return
    try:
        progress.beat(entry=page.entry, visible=visible, actor=candidate_actor(page.entry), now=page.now)
    except Busy:
        raise
    except DomainError:
        return


def start_clock(page: DeskPage, *, position: int) -> None:
    """« Commencer la question »: the clock of a timed question runs from now, once and for all."""
    Attempt.objects.filter(
        holder_id=page.entry.pk, state__in=RUNNING, question=position, question_shown_at=None
    ).update(question_shown_at=page.now, **_seen(page))


def record_answer(
    page: DeskPage,
    *,
    response: Sequence[str],
    skipped: bool = False,
    timed_out: bool = False,
    system: bool = False,
) -> bool:
    """Answer, skip or time out the question of `page`; False when it has its answer already (a double click).

    From the holder only, in a running test: refused with `entry_superseded`, `attempt_over`,
    `presence_not_confirmed`. `system`: the clock or the proctor did it, the candidate was not seen. When this
    returns, and not before, the answer is committed.
    """
    with busy_when_locked(), transaction.atomic():
        attempt = _locked(page)
        last = Answer.objects.filter(attempt_id=attempt.pk).order_by("-position").first()
        if page.position != (last.position + 1 if last is not None else 1) or page.position > page.total:
            return False
        Answer.objects.create(
            attempt=attempt,
            position=page.position,
            question_id=attempt.question_ids[page.position - 1],
            response=[] if skipped or timed_out else list(response),
            skipped=skipped,
            timed_out=timed_out,
            answered_at=page.now,
        )
        Attempt.objects.filter(pk=attempt.pk).update(
            question=min(page.position + 1, page.total),
            question_shown_at=None,
            **({} if system else _seen(page)),
        )
    # Only now: the session's row is locked before the attempt's, never after it.
    if timed_out:
        progress.note_timed_out(entry=page.entry, question=page.position, now=page.now)
    if page.alert is not None and page.alert.status == AlertStatus.OPEN:
        actor = candidate_actor(page.entry)
        alerts.lapse_answered(entry=page.entry, question=page.position, actor=actor, now=page.now)
    return True


def _session(number: int) -> Session:
    session = Session.objects.select_related("establishment").filter(number=number).first()
    if session is None:
        raise no_match()
    if session.by_hand and not session.is_over:
        raise DomainError("followed_by_hand", "Le test se passe sur Pix, pas ici.")
    return session


def _existing(entry_id: uuid.UUID) -> Entry | None:
    return Entry.objects.select_related("candidate").filter(pk=entry_id).first()


def _write_due(page: DeskPage) -> None:
    if page.due == Due.PREPARE:
        _prepare(page)
        return
    try:
        passed = page.due == Due.PASS_ON
        record_answer(page, response=[], skipped=passed, timed_out=not passed, system=True)
    except Busy:
        raise
    except DomainError:
        return  # the test ended, or moved, in between: the next reading says so


def _prepare(page: DeskPage) -> None:
    """Draw the questions of this attempt, and say which one is current.

    The draw depends on the attempt alone, so that two requests at once draw the same test; nobody can compute
    it without the installation's key.
    """
    attempt = page.attempt
    drawn = attempt.question_ids or draw(crypto.derive(f"draw:{attempt.pk}"))[:QUESTIONS_PER_TEST]
    answered = Answer.objects.filter(attempt_id=attempt.pk).count()
    Attempt.objects.filter(pk=attempt.pk, holder_id=page.entry.pk, state__in=RUNNING).update(
        question_ids=drawn, question=min(answered + 1, len(drawn)), question_shown_at=None
    )


def _locked(page: DeskPage) -> Attempt:
    """The attempt as committed, its row ours: an end at the same instant is before or after, never during."""
    attempt = (
        Attempt.objects.select_for_update(no_key=True).filter(candidate_id=page.entry.candidate_id).first()
    )
    if attempt is None:
        raise refuse("presence_not_confirmed")
    if attempt.holder_id != page.entry.pk:
        raise refuse("entry_superseded")
    if rules.state_at(attempt, page.now) not in RUNNING:
        raise refuse("attempt_over")
    return attempt


def _seen(page: DeskPage) -> dict[str, object]:
    return progress.seen_fields(page.entry.heartbeat, visible=True, question=None, now=page.now)
