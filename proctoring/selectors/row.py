"""One row of the room, with every string ready: templates only place them."""

import re
from dataclasses import dataclass
from datetime import datetime

from pixsurv.kernel.identity import begins
from proctoring import rules
from proctoring.categories import alert_words
from proctoring.enums import BEFORE, OVER, RUNNING, AttemptState, Need, Source
from proctoring.models import Attempt
from proctoring.selectors.gesture import Gesture
from proctoring.selectors.row_case import RowCase, row_case_of
from proctoring.selectors.row_menu import ALWAYS, menu_entries
from proctoring.selectors.wording import age_words, clock_time, day, duration_words
from sessions_app.actors import ActorKind
from sessions_app.enums import EventKind, LatePolicy
from sessions_app.models import Candidate, Session

# What stands for a state: icon of the sprite, class of the style sheet. The word is the enum's label.
STATE_LOOK: dict[str, tuple[str, str]] = {
    AttemptState.EXPECTED: ("cercle", "attente"),
    AttemptState.PRESENT: ("present", "present"),
    AttemptState.IN_PROGRESS: ("encours", "encours"),
    AttemptState.RESUME_AUTHORISED: ("reprise", "reprise"),
    AttemptState.COMPLETED: ("fini", "fini"),
    AttemptState.ENDED: ("arrete", "fini"),
    AttemptState.EXPIRED: ("depasse", "depasse"),
}
# What stands for a need: icon, chalk. In the order in which one of them colours the row's margin.
NEED_LOOK: dict[Need, tuple[str, str]] = {
    Need.ALERT: ("main", "jaune"),
    Need.RESUME: ("reprise", "bleu"),
    Need.OVERTIME: ("horloge", "rouge"),
    Need.DISCONNECTED: ("silence", "gris"),
}


@dataclass(frozen=True, slots=True)
class NeedBadge:
    need: Need
    label: str
    icon: str
    chalk: str
    since: datetime
    in_lane: bool
    counts_up: bool  # « depuis 2 min » ticks in the browser
    age: str


@dataclass(frozen=True, slots=True)
class Row:
    """A candidate as the proctor sees him. No question number: progress would make every poll carry rows."""

    id: int
    last_name: str
    first_name: str
    birth: str
    class_name: str
    workstation: str
    state: str
    state_label: str
    state_icon: str
    state_class: str
    detail: str
    needs: tuple[NeedBadge, ...]
    homonym: bool
    open: bool  # the session still is
    actions: frozenset[EventKind]
    refusal: str  # why the box can't be ticked, said before (R8)
    late_refused: bool
    not_certifiable: bool
    end_time: str
    end_passed: bool
    before_start: str
    by_hand: bool
    alert_question: int | None
    case: RowCase
    alert_said: str  # what he says is broken
    proposals_open: int
    out_since: datetime | None
    out_age: str

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def state_word(self) -> str:
        return self.state_label.partition(" — ")[0]

    @property
    def state_more(self) -> str:
        """What « Vue compacte » leaves out of the state's name."""
        return self.state_label.partition(" — ")[2]

    @property
    def needs_attribute(self) -> str:
        have = {badge.need for badge in self.needs}
        return " ".join(need.value for need in Need if need in have)

    @property
    def chalk(self) -> str:
        have = {badge.need: badge.chalk for badge in self.needs}
        return next((have[need] for need in NEED_LOOK if need in have), "")

    @property
    def has_box(self) -> bool:
        """A box where it can serve, also where it is refused with its reason beside."""
        return self.open and self.state in BEFORE

    @property
    def is_present(self) -> bool:
        return self.state == AttemptState.PRESENT

    @property
    def is_aside(self) -> bool:
        return self.state == AttemptState.EXPECTED or self.state in OVER

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def is_out(self) -> bool:
        return self.out_since is not None

    def _needs(self, need: Need) -> bool:
        return any(badge.need == need for badge in self.needs)

    @property
    def wants_resume(self) -> bool:
        return self._needs(Need.RESUME)

    @property
    def overtime(self) -> bool:
        return self._needs(Need.OVERTIME)

    @property
    def has_alert(self) -> bool:
        return self._needs(Need.ALERT)

    @property
    def gesture(self) -> Gesture | None:
        """The one gesture that this row calls for now; nothing that the table does not allow."""
        possible = (
            (self.has_alert, Gesture("Gérer le signalement", f"de {self.full_name}", "signalement/")),
            (
                self.wants_resume and EventKind.RESUME_AUTHORISED in self.actions,
                Gesture("Autoriser la reprise", f"du test de {self.full_name}", "reprise/"),
            ),
            (
                self.overtime and EventKind.ENDED in self.actions and not self.by_hand,
                Gesture("Terminer le test", f"de {self.full_name}", "fin/", look="bouton--danger"),
            ),
            (self.is_out, Gesture("Retour", f"de {self.full_name}", "retour/", asks=False)),
            *((self.by_hand and allowed, gesture) for allowed, gesture in self._written_down()),
            (
                self.not_certifiable and self.open and self.state == AttemptState.EXPECTED,
                Gesture("Devenu certifiable", f": {self.full_name}", "certifiable/", look="bouton--lien"),
            ),
            (self.case.is_next, self.case.gesture(self.full_name)),
        )
        return next((gesture for allowed, gesture in possible if allowed), None)

    def _written_down(self) -> tuple[tuple[bool, Gesture], ...]:
        """R22: the words of the person who writes down what he sees."""
        acts = (
            (EventKind.STARTED, "A commencé à…", "a-la-main/commence/"),
            (EventKind.RESUMED, "A repris à…", "a-la-main/repris/"),
            (EventKind.COMPLETED, "A terminé à…", "a-la-main/termine/"),
        )
        return tuple(
            (kind in self.actions, Gesture(words, f"({self.full_name})", path)) for kind, words, path in acts
        )

    @property
    def paper(self) -> tuple[Gesture, ...]:
        """What the paper list may add to this row, in any session."""
        return tuple(gesture for allowed, gesture in self._written_down() if allowed)

    @property
    def _menu_keys(self) -> frozenset[str]:
        seated = self.open and (self.is_present or self.is_running)
        possible = {
            "reprise": EventKind.RESUME_AUTHORISED in self.actions,
            "retirer": EventKind.RESUME_CANCELLED in self.actions,
            "ignorer": self.wants_resume,
            "annuler": EventKind.END_UNDONE in self.actions,
            "retour": self.is_out,
            self.case.key: self.case.is_seldom,
            "incident": self.open,
            "poste": seated,
            "sortie": seated and not self.is_out,
            "aide": True,
            "detail": True,
            "fin": EventKind.ENDED in self.actions,
        }
        return frozenset(key for key, allowed in possible.items() if allowed)

    @property
    def menu(self) -> tuple[Gesture, ...]:
        """The other gestures; ending stands alone, last."""
        keys = self._menu_keys
        return tuple(gesture for key, gesture in menu_entries(self.full_name).items() if key in keys)

    @property
    def menu_keys(self) -> str:
        """Which entries of `whole_menu` are this row's, beyond what every row of an open room has."""
        return " ".join(sorted(self._menu_keys - ALWAYS))

    @property
    def workstation_key(self) -> tuple[int, int, str]:
        """14 after 9; those without a workstation last."""
        digits = re.search(r"\d+", self.workstation)
        return (not self.workstation, int(digits[0]) if digits else 10**6, self.workstation)

    def matches(self, search: str) -> bool:
        return begins(search, first=self.first_name, last=self.last_name)


def row_of(candidate: Candidate, session: Session, now: datetime) -> Row:
    """The row of a candidate as `selectors.room` annotates him."""
    attempt = getattr(candidate, "attempt", None) or Attempt(candidate=candidate, session=session)
    state = rules.state_at(attempt, now)
    icon, look = STATE_LOOK[state]
    running = state in RUNNING
    out_since = attempt.out_since if state in rules.MAY_BE_OUT and not session.is_over else None
    refusal = _refusal(candidate, attempt, session) if state == AttemptState.EXPECTED else ""
    return Row(
        id=candidate.pk,
        last_name=candidate.last_name.upper(),
        first_name=candidate.first_name,
        birth=day(candidate.birth_date),
        class_name=candidate.class_name,
        workstation=attempt.workstation,
        state=state,
        state_label=label_of(state, session),
        state_icon=icon,
        state_class=look,
        detail=_detail(attempt, state, candidate, session),
        needs=() if session.is_over else _badges(candidate, attempt, session, now),
        homonym=bool(getattr(candidate, "is_homonym", False)),
        open=not session.is_over,
        actions=_offered(attempt, session, now),
        refusal=refusal,
        late_refused=attempt.late_refused_at is not None and state == AttemptState.EXPECTED,
        not_certifiable=candidate.certifiable is False,
        end_time=clock_time(session.local(attempt.deadline_at)) if running and attempt.deadline_at else "",
        end_passed=running
        and attempt.deadline_at is not None
        and rules.standing(session, now) >= attempt.deadline_at,
        before_start=_before_start(candidate, session)
        if state == AttemptState.PRESENT and not session.is_over
        else "",
        by_hand=session.by_hand,
        alert_question=getattr(candidate, "open_alert_question", None),
        case=row_case_of(attempt, session, now),
        alert_said=", ".join(alert_words(getattr(candidate, "open_alert_kinds", None) or [])),
        proposals_open=attempt.proposals_open if not session.is_over else 0,
        out_since=out_since,
        out_age=age_words(now - out_since) if out_since is not None else "",
    )


def _offered(attempt: Attempt, session: Session, now: datetime) -> frozenset[EventKind]:
    """The undo is offered for its 10 s; what is received in the grace after them still counts (mechanics §5)."""
    actions = rules.allowed_actions(attempt, session, ActorKind.PROCTOR, now)
    return actions - {EventKind.END_UNDONE} if rules.is_final(attempt, now) else actions


def label_of(state: AttemptState, session: Session) -> str:
    """The word for a state, which for an expected candidate depends on how far the session is (R5)."""
    if state != AttemptState.EXPECTED:
        return state.label
    if session.is_over:
        return "Absent"
    return "Pas encore arrivé" if session.launched_at is not None else state.label


def _refusal(candidate: Candidate, attempt: Attempt, session: Session) -> str:
    if candidate.certifiable is False:
        return f"Pas encore certifiable ({candidate.certifiable_competences}/5) — parcours SOS"
    settled = session.establishment.late_policy == LatePolicy.PROCTOR_DECIDES
    if attempt.late_refused_at is not None and not settled:
        return f"En retard — refusé à {clock_time(session.local(attempt.late_refused_at))}"
    return ""


def _detail(attempt: Attempt, state: AttemptState, candidate: Candidate, session: Session) -> str:
    """The small words beside the state; « temps majoré » only where the school shows it openly (P9, R13)."""
    words: list[str] = []
    if state in OVER and attempt.over_at is not None:
        words.append(f"à {clock_time(session.local(attempt.over_at))}")
    elif state == AttemptState.RESUME_AUTHORISED and attempt.resume_authorised_at is not None:
        words.append(f"depuis {clock_time(session.local(attempt.resume_authorised_at))}")
    elif state == AttemptState.PRESENT and attempt.arrival == "late":
        words.append("retard accepté")
    elif state == AttemptState.IN_PROGRESS and attempt.source and attempt.started_at is not None:
        words.append(f"depuis {clock_time(session.local(attempt.resumed_at or attempt.started_at))}")
    if candidate.extra_time_percent and state not in OVER and not session.establishment.discreet_extra_time:
        words.append(
            f"temps majoré {rules.extra_minutes(session.duration, candidate.extra_time_percent)} min"
        )
    if attempt.entered_by_ticket_at is not None:
        words.append("entré par ticket")  # identity not typed: incident C1 says how it ends
    if attempt.source and attempt.source_at is not None:
        words.append(f"{Source(attempt.source).label} à {clock_time(session.local(attempt.source_at))}")
    if attempt.incidents_noted:
        words.append(f"{attempt.incidents_noted} incident{'s' if attempt.incidents_noted > 1 else ''}")
    return ", ".join(words)


def _before_start(candidate: Candidate, session: Session) -> str:
    """« 1 h 45 »: counted from the start, whenever that is (R13)."""
    return duration_words(
        session.duration + rules.extra_minutes(session.duration, candidate.extra_time_percent)
    )


def _badges(candidate: Candidate, attempt: Attempt, session: Session, now: datetime) -> tuple[NeedBadge, ...]:
    """In the order of NEED_LOOK: what the margin's colour says is said first."""
    alert_since, judged_at = getattr(candidate, "open_alert_at", None), rules.standing(session, now)
    needs = rules.needs(attempt, now, alert_since=alert_since, judged_at=judged_at)
    found = {one.need: one for one in needs}
    return tuple(
        NeedBadge(
            need,
            need.label,
            icon,
            chalk,
            since=found[need].since,
            in_lane=found[need].in_lane,
            counts_up=need == Need.DISCONNECTED,
            age=age_words(now - found[need].since),
        )
        for need, (icon, chalk) in NEED_LOOK.items()
        if need in found
    )
