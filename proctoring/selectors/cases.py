"""The cases that rooms sent up, as the room that asked and the day board show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from pixsurv.kernel.identity import identity_key
from pixsurv.kernel.journal import Json
from proctoring.enums import CaseKind, CaseState
from proctoring.models import Case
from proctoring.selectors.wording import age_words, clock_time, day, named_in
from sessions_app.models import Event, Pupil, Session
from sessions_app.models.candidate import COMPETENCES_NEEDED
from sessions_app.models.pupil import school_year_of

type Facts = dict[str, Json]
NOT_ON_YEARS_LIST = "Inconnu de la liste des élèves de cette année"
# What « Accepter » and « Refuser » do, in one sentence each.
CONSEQUENCE = {
    CaseKind.LATE: "Accepté, il peut être coché et commencer son test. Refusé, il passera au rattrapage.",
    CaseKind.REOPENING: "Accepté, l’élève reprend avec le code d’accès\u00a0; son heure de fin ne change pas.",
    CaseKind.NOT_LISTED: "Accepté, il est ajouté à la liste de cette salle.",
    CaseKind.TRANSFER: "Accepté, il passe de l’autre liste à celle-ci\u00a0; les deux journaux le disent.",
}


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case with every string ready."""

    id: int
    sequence: int
    kind: str
    title: str
    full_name: str
    birth: str
    class_name: str
    known: str  # what the list of the year says of a pupil who is on no list of today
    room: str
    number: int
    starts: str
    from_room: str
    reason: str
    asked_by: str
    asked: str
    since: datetime
    age: str
    state: str
    answer: str
    consequence: str

    @property
    def waits(self) -> bool:
        return self.state == CaseState.OPEN


def open_cases(sessions: Iterable[Session], now: datetime) -> list[CaseRow]:
    """Those that wait in these sessions, the oldest first. Three queries at most, whatever their number."""
    by_id = {session.pk: session for session in sessions}
    waiting = list(
        Case.objects.filter(session_id__in=by_id, state=CaseState.OPEN)
        .select_related("candidate__session")
        .order_by("asked_at", "pk")
    )
    for case in waiting:
        case.session = by_id[case.session_id]
    return _rows(waiting, now)


def sent_cases(session: Session) -> list[CaseRow]:
    """What this room asked about pupils who are not on its list, the newest first, with what became of it."""
    kinds = [CaseKind.NOT_LISTED, CaseKind.TRANSFER]
    sent = list(
        Case.objects.filter(session_id=session.pk, kind__in=kinds)
        .exclude(state=CaseState.WITHDRAWN)
        .select_related("candidate__session")
        .order_by("-asked_at", "-pk")
    )
    for case in sent:
        case.session = session
    return _rows(sent, None)


def words_of(case: Case) -> CaseRow:
    """One case of a room that is at hand."""
    return _rows([case], None)[0]


def _rows(cases: list[Case], now: datetime | None) -> list[CaseRow]:
    if not cases:
        return []
    told = _facts_of(cases)
    pupils = _pupils_of([(case, told[case.pk]) for case in cases]) if now is not None else {}
    return [_row(case, told[case.pk], pupils, now) for case in cases]


def _row(case: Case, facts: Facts, pupils: dict[str, Pupil], now: datetime | None) -> CaseRow:
    session, kind = case.session, CaseKind(case.kind)
    actor = facts.get("actor")
    born = str(facts.get("birth_date") or "")
    other = case.candidate.session if kind == CaseKind.TRANSFER and case.candidate is not None else None
    new = kind == CaseKind.NOT_LISTED
    pupil = pupils.get(_key(facts)) if new else None
    person = case.candidate if case.candidate is not None else pupil
    return CaseRow(
        id=case.pk,
        sequence=case.raised_sequence,
        kind=kind.value,
        title=kind.label,
        full_name=named_in(facts),
        birth=day(date.fromisoformat(born)) if born else "",
        class_name=person.class_name if person is not None else "",
        known=_known(pupil) if new and now is not None else "",
        room=session.room,
        number=session.number,
        starts=clock_time(session.local(session.starts_at)),
        from_room=f"{other.room} à {clock_time(session.local(other.starts_at))}" if other is not None else "",
        reason=str(facts.get("reason") or ""),
        asked_by=str(actor.get("name", "")) if isinstance(actor, dict) else "",
        asked=clock_time(session.local(case.asked_at)),
        since=case.asked_at,
        age=age_words(now - case.asked_at) if now is not None else "",
        state=case.state,
        answer=_answer(case),
        consequence=CONSEQUENCE[kind],
    )


def _answer(case: Case) -> str:
    """« En attente », « Accepté à 10h31 »."""
    label = CaseState(case.state).label
    if case.answered_at is None:
        return label
    return f"{label} à {clock_time(case.session.local(case.answered_at))}"


def _known(pupil: Pupil | None) -> str:
    """What an admin wants to know before he says yes."""
    if pupil is None:
        return NOT_ON_YEARS_LIST
    if pupil.certifiable is None:
        profile = "profil non vérifié"
    elif pupil.certifiable:
        profile = "certifiable"
    else:
        profile = f"pas encore certifiable ({pupil.certifiable_competences}/{COMPETENCES_NEEDED})"
    extra = f", temps majoré {pupil.extra_time_percent}\u00a0%" if pupil.extra_time_percent else ""
    return f"Sur la liste de l’année, {profile}{extra}"


def _facts_of(cases: list[Case]) -> dict[int, Facts]:
    """The facts of the events that raised them, in one query; empty where they are eliminated."""
    wanted = Q()
    for case in cases:
        wanted |= Q(session_id=case.session_id, sequence=case.raised_sequence)
    found = {
        (event.session_id, event.sequence): dict(event.facts or {}) for event in Event.objects.filter(wanted)
    }
    return {case.pk: found.get((case.session_id, case.raised_sequence), {}) for case in cases}


def _pupils_of(cases: list[tuple[Case, Facts]]) -> dict[str, Pupil]:
    """By identity: the pupils of the school year whom the rooms asked to enrol. No query when none did."""
    new = [(case, facts) for case, facts in cases if case.kind == CaseKind.NOT_LISTED and facts]
    if not new:
        return {}
    session = new[0][0].session
    year = school_year_of(session.local(session.starts_at).date())
    pupils = Pupil.objects.filter(
        establishment_id=session.establishment_id,
        school_year=year,
        identity_key__in=[_key(facts) for _, facts in new],
    )
    return {pupil.identity_key: pupil for pupil in pupils}


def _key(facts: Facts) -> str:
    if not facts.get("birth_date"):
        return ""
    born = date.fromisoformat(str(facts["birth_date"]))
    return identity_key(str(facts["last_name"]), str(facts["first_name"]), born)
