"""The panel « Que faire si… » of a room, for all of it or for one pupil (R18): what fits now, what is done about it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType

from proctoring import rules
from proctoring.advice import ADVICE, CALL_FOR_CODES, MEANS, Advice, Situation
from proctoring.categories import EXTRA_TIME_EXCEEDED
from proctoring.enums import BEFORE, OVER, RUNNING, AttemptState, Need
from proctoring.models import Attempt
from proctoring.selectors.gesture import Gesture
from proctoring.selectors.room import some_rows, whole_board
from proctoring.selectors.room_incident import running_incident
from proctoring.selectors.row import Row
from proctoring.selectors.silence import Silence
from proctoring.selectors.wording import clock_time
from sessions_app.enums import SignInMode
from sessions_app.help.callers import CallFor, caller_for
from sessions_app.help.tutorial import FORGOTTEN_CODES, SOS_STEPS, Step
from sessions_app.models import Candidate, Contact, Session
from sessions_app.selectors.help import HelpEntry, help_entries
from sessions_app.selectors.school import contacts as contacts_of

CHOOSE = "Choisissez d’abord l’élève, en haut."
NOBODY_TO_CALL = "Votre établissement n’a pas noté qui appeler pour cela."

# What a row tells of the whole room; the rest is his own affair.
OF_ANY_ROW = frozenset(
    {
        *(Situation.ALERT, Situation.RESUME, Situation.DISCONNECTED, Situation.OVERTIME),
        *(Situation.NOT_CERTIFIABLE, Situation.LATE),
    }
)
NEEDS: Mapping[Need, Situation] = MappingProxyType(
    {
        Need.ALERT: Situation.ALERT,
        Need.RESUME: Situation.RESUME,
        Need.DISCONNECTED: Situation.DISCONNECTED,
        Need.OVERTIME: Situation.OVERTIME,
    }
)
STATES: Mapping[str, frozenset[Situation]] = MappingProxyType(
    {
        AttemptState.EXPECTED: frozenset({Situation.EXPECTED, Situation.TO_SIGN_IN}),
        AttemptState.PRESENT: frozenset({Situation.PRESENT, Situation.TO_SIGN_IN}),
        AttemptState.IN_PROGRESS: frozenset({Situation.IN_PROGRESS, Situation.STARTED}),
        AttemptState.RESUME_AUTHORISED: frozenset({Situation.AUTHORISED, Situation.STARTED}),
        **dict.fromkeys(OVER, frozenset({Situation.OVER, Situation.STARTED})),
    }
)
RANKS: Mapping[Situation, int] = MappingProxyType({one: rank for rank, one in enumerate(Situation)})


@dataclass(frozen=True, slots=True)
class Button:
    """A gesture, with its whole address."""

    gesture: Gesture
    url: str


@dataclass(frozen=True, slots=True)
class Now:
    """One line of « En ce moment »: what holds, what it means, the gesture it calls for."""

    words: str
    means: tuple[str, ...] = ()
    button: Button | None = None


@dataclass(frozen=True, slots=True)
class Codes:
    """Forgotten codes, for one sign-in mode."""

    label: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PanelEntry:
    """A subject, with one of these: a gesture (`is_called_for`: the row's own), the reason of none, a contact."""

    help: HelpEntry
    button: Button | None = None
    is_called_for: bool = False
    reason: str = ""
    contact: Contact | None = None
    codes: tuple[Codes, ...] = ()
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """What fits stands first, the rest follows folded. `people`: whom one may choose, where nobody is yet."""

    now: list[Now]
    first: list[PanelEntry]
    others: list[PanelEntry]
    people: list[Row]


@dataclass(frozen=True, slots=True)
class Seen:
    """A row, the situations that it is in, and every gesture that it offers now."""

    row: Row
    holds: frozenset[Situation]
    gestures: tuple[Gesture, ...]

    def button(self, advice: Advice, room_url: str) -> Button | None:
        """The first way of this advice that the row offers."""
        for way in advice.ways:
            if way.when is not None and way.when not in self.holds:
                continue
            found = next((one for one in self.gestures if one.path == way.path), None)
            if found is not None:
                return Button(found, f"{room_url}candidats/{self.row.id}/{found.path}")
        return None


@dataclass(frozen=True, slots=True)
class View:
    """The room as the panel looks at it: all its rows, or the selected pupil's alone."""

    session: Session
    room_url: str
    holds: frozenset[Situation]
    seen: list[Seen]
    pupil: Candidate | None = None

    def fits(self, advice: Advice) -> frozenset[Situation]:
        return self.holds.intersection(advice.for_room if self.pupil is None else advice.for_pupil)

    def button(self, advice: Advice) -> Button | None:
        if advice.of_room:
            return self._of_room(advice.ways[0].path)
        if self.pupil is not None:
            return self.seen[0].button(advice, self.room_url)
        # In the room: of the one row that is in that situation; of several, one must be chosen.
        near = [one for one in self.seen if one.holds & OF_ANY_ROW & frozenset(advice.for_pupil)]
        return near[0].button(advice, self.room_url) if len(near) == 1 else None

    def _of_room(self, path: str) -> Button | None:
        return None if self.session.is_over else _room_button(path, self.room_url)

    def reason(self, advice: Advice) -> str:
        """Why there is no gesture; nothing where the subject never had one."""
        if not advice.ways:
            return ""
        if self.pupil is None and not advice.of_room and not self.session.is_over:
            return CHOOSE
        return next((words for situation, words in advice.why_not if situation in self.holds), "")


ROOM_GESTURES: Mapping[str, str] = MappingProxyType(
    {
        "absent-de-la-liste/": "Élève absent de la liste",
        "incident-salle/": "Incident dans toute la salle",
        "incident-salle/fin/": "Fin de l’incident",
    }
)


def panel_of_room(session: Session, room_url: str, *, now: datetime) -> Panel:
    """Three queries; one more while something is proposed."""
    board = whole_board(session, now=now)
    seen = [Seen(row, _of_row(row, session), _gestures(row)) for row in board.rows]
    silent = board.silence if board.silence is not None and board.silence.asks else None
    holds = _of_session(session).union(*(one.holds & OF_ANY_ROW for one in seen))
    view = View(
        session, room_url, holds | ({Situation.SILENT_TOGETHER} if silent is not None else set()), seen
    )
    told = [*_incident(session, room_url, now), *_silence(silent, room_url), *_phase(session)]
    return _panel(view, told, board.rows)


def panel_of_pupil(candidate: Candidate, attempt: Attempt, room_url: str, *, now: datetime) -> Panel:
    """The same about him: his state, his needs, how he signs in, his extra time. Six queries at most."""
    session = candidate.session
    row = next(one for one in some_rows(session, [candidate.pk], now=now).rows if one.id == candidate.pk)
    own = _of_row(row, session) | _of_person(candidate, row)
    asked = row.open and not row.refusal and rules.late_question_asked(attempt, session)
    seen = Seen(row, own | _of_session(session), _gestures(row, late=asked and Situation.LATE in own))
    told = [*_incident(session, room_url, now), _of_pupil(seen, room_url)]
    return _panel(View(session, room_url, seen.holds, [seen], candidate), told, [])


# ---- what holds ----


def _of_session(session: Session) -> frozenset[Situation]:
    if session.is_over:
        return frozenset({Situation.CLOSED})
    phase = Situation.BEFORE_LAUNCH if session.launched_at is None else Situation.LAUNCHED
    return frozenset({phase, Situation.ROOM_INCIDENT} if session.incident_runs else {phase})


def _of_row(row: Row, session: Session) -> frozenset[Situation]:
    waiting = row.open and row.state == AttemptState.EXPECTED
    found = {
        Situation.LATE: waiting and session.launched_at is not None,
        Situation.NOT_CERTIFIABLE: waiting and row.not_certifiable,
    }
    return _true(found) | STATES[row.state] | {NEEDS[badge.need] for badge in row.needs}


def _of_person(candidate: Candidate, row: Row) -> frozenset[Situation]:
    before = row.open and row.state in BEFORE
    return _true(
        {
            Situation.NEVER_CONNECTED: before and candidate.sign_in_mode == SignInMode.NEVER,
            Situation.SIGN_IN_UNKNOWN: before and candidate.sign_in_mode == SignInMode.UNKNOWN,
            Situation.TIMED: row.open and row.state in RUNNING and bool(candidate.extra_time_percent),
        }
    )


def _true(found: Mapping[Situation, bool]) -> frozenset[Situation]:
    return frozenset(one for one, holds in found.items() if holds)


def _gestures(row: Row, *, late: bool = False) -> tuple[Gesture, ...]:
    """Those of the row, first the one it calls for; then those that its box and its incident form hold."""
    name = row.full_name
    own = (row.gesture, *row.menu)
    more = (
        (late, Gesture("Arrivée après le lancement", f"de {name}", "retard/")),
        (
            row.open,
            Gesture(
                f"Noter {EXTRA_TIME_EXCEEDED}",
                f"pour {name}",
                f"incident/?categorie={EXTRA_TIME_EXCEEDED}",
            ),
        ),
    )
    return (*(one for one in own if one is not None), *(one for allowed, one in more if allowed))


# ---- « En ce moment » ----


def _incident(session: Session, room_url: str, now: datetime) -> list[Now]:
    running = running_incident(session, now)
    if running is None:
        return []
    words = f"Incident dans toute la salle\u00a0: {running.label}, depuis {running.clock}"
    return [Now(words, button=_room_button("incident-salle/fin/", room_url))]


def _silence(silent: Silence | None, room_url: str) -> list[Now]:
    if silent is None:
        return []
    words = f"{len(silent.rows)} postes sans nouvelles depuis {silent.clock}"
    return [Now(words, button=_room_button("incident-salle/", room_url))]


def _room_button(path: str, room_url: str) -> Button:
    return Button(Gesture(ROOM_GESTURES[path], "", path), room_url + path)


def _phase(session: Session) -> list[Now]:
    if session.is_over:
        return [Now(session.get_state_display())]
    if session.launched_at is None:
        return [Now("Session pas encore lancée")]
    return [Now(f"Session lancée à {clock_time(session.local(session.launched_at))}")]


def _of_pupil(seen: Seen, room_url: str) -> Now:
    """His row in words, and the very gesture that it shows."""
    row, gesture = seen.row, seen.row.gesture
    said = [row.state_label, *(badge.label for badge in row.needs), *([row.refusal] if row.refusal else [])]
    means = tuple(words for situation, words in MEANS.items() if situation in seen.holds)
    url = f"{room_url}candidats/{row.id}/{gesture.path}" if gesture is not None else ""
    return Now(" · ".join(said), means, Button(gesture, url) if gesture is not None else None)


# ---- put together ----


def _panel(view: View, told: list[Now], people: list[Row]) -> Panel:
    texts = {one.topic: one for one in help_entries(view.session.establishment)}
    contacts = contacts_of(view.session.establishment)
    entries = [(advice, _entry(view, advice, texts[advice.topic], contacts)) for advice in ADVICE]
    fitting = [(advice, entry) for advice, entry in entries if view.fits(advice)]
    fitting.sort(key=lambda one: min(RANKS[situation] for situation in view.fits(one[0])))
    others = [entry for advice, entry in entries if not view.fits(advice)]
    # The gesture that the row calls for stands once: under the subject that fits, else under « En ce moment ».
    called = [one.button for one in told if one.button is not None]
    first = [replace(entry, is_called_for=entry.button in called) for _, entry in fitting]
    shown = [entry.button for entry in first]
    told = [replace(one, button=None) if one.button in shown else one for one in told]
    return Panel(told, first, others, people)


def _entry(view: View, advice: Advice, told: HelpEntry, contacts: list[Contact]) -> PanelEntry:
    button = view.button(advice)
    call = _call(view, advice)
    contact = caller_for(call, contacts) if call is not None else None
    reason = "" if button is not None else view.reason(advice)
    return PanelEntry(
        told,
        button,
        reason=reason or (NOBODY_TO_CALL if call is not None and contact is None else ""),
        contact=contact,
        codes=_codes(view.pupil) if advice.codes else (),
        steps=SOS_STEPS if advice.tutorial else (),
    )


def _call(view: View, advice: Advice) -> CallFor | None:
    """Forgotten codes: by his sign-in mode."""
    if advice.codes and view.pupil is not None:
        return CALL_FOR_CODES.get(view.pupil.sign_in_mode, advice.call)
    return advice.call


def _codes(pupil: Candidate | None) -> tuple[Codes, ...]:
    """His own mode; of everybody, every mode."""
    modes = FORGOTTEN_CODES if pupil is None else [SignInMode(pupil.sign_in_mode)]
    return tuple(Codes(str(SignInMode(mode).label), FORGOTTEN_CODES[SignInMode(mode)]) for mode in modes)
