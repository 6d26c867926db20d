"""How each stage is shown: template, title, word in the header, pace of its questions to the server."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from proctoring.enums import OverReason
from proctoring.selectors.desk import DeskPage, Stage
from proctoring.selectors.wording import clock_time, duration_words
from sessions_app.enums import SessionKind, SessionState


@dataclass(frozen=True, slots=True)
class Screen:
    """`asks_every`: seconds between two looks at the state; 0 for the end, and the test: it has a heartbeat."""

    template: str
    title: str
    word: str = ""
    asks_every: int = 0
    # Without JavaScript the page reloads by itself, which a page with a field must not do.
    reloads: bool = False


SCREENS: Mapping[Stage, Screen] = MappingProxyType(
    {
        Stage.WAITING: Screen(
            "desk/waiting.html", "En attente du surveillant", "En attente du surveillant", 3, True
        ),
        Stage.START: Screen("desk/code.html", "Saisissez le code d’accès", "Présence confirmée", 5),
        Stage.RESUME: Screen("desk/code.html", "Reprenez votre test", "Reprise autorisée", 5),
        Stage.REFUSED: Screen("desk/refused.html", "Levez la main", "En attente du surveillant", 3, True),
        Stage.SUPERSEDED: Screen(
            "desk/superseded.html", "Ce test continue sur un autre poste", "Autre poste", 5
        ),
        Stage.READY: Screen("desk/ready.html", "Question chronométrée"),
        Stage.QUESTION: Screen("desk/question.html", "Question"),
        Stage.LAST: Screen("desk/last.html", "Fin du test"),
        Stage.OVER: Screen("desk/over.html", "Test terminé"),
    }
)
REPORT = Screen("desk/report.html", "Signaler un problème")
FINISH = Screen("desk/finish.html", "Terminer le test")

KIND_BANNERS: Mapping[str, str] = MappingProxyType({SessionKind.WHITE_EXAM: "Certification blanche"})

# D5: what is said at the end. « heure » is the local time of the end.
OVER_TITLES: Mapping[OverReason, str] = MappingProxyType(
    {
        OverReason.FINISHED: "Votre test est terminé",
        OverReason.ENDED_BY_PROCTOR: "Votre surveillant a arrêté votre test",
        OverReason.SESSION_CLOSED: "La session est clôturée",
        OverReason.EXPIRED: "Le délai de 24\u00a0h est dépassé",
    }
)
OVER_SENTENCES: Mapping[OverReason, str] = MappingProxyType(
    {
        OverReason.FINISHED: "Vous avez terminé à {heure}. Vos réponses sont enregistrées.",
        OverReason.ENDED_BY_PROCTOR: (
            "Il l’a arrêté à {heure}. Toutes les réponses que vous avez validées sont enregistrées."
        ),
        OverReason.SESSION_CLOSED: (
            "Elle a été clôturée à {heure}\u00a0: le test ne peut plus y être passé. "
            "Adressez-vous à votre surveillant."
        ),
        OverReason.EXPIRED: (
            "Votre test a commencé il y a plus de 24\u00a0h\u00a0: il s’est arrêté à {heure} "
            "et ne peut plus être repris. "
            "Toutes les réponses que vous avez validées sont enregistrées."
        ),
    }
)


def screen_of(page: DeskPage) -> Screen:
    return SCREENS[page.stage]


def title_of(page: DeskPage, screen: Screen) -> str:
    """Of the window: the position is what one looks for among the tabs."""
    if screen.template == SCREENS[Stage.QUESTION].template:
        return f"Question {page.position} sur {page.total}"
    return over_words(page)[0] if page.stage == Stage.OVER else screen.title


def over_words(page: DeskPage) -> tuple[str, str]:
    """Title and sentence of the end page."""
    session, reason = page.session, page.over_reason
    if reason == OverReason.SESSION_CLOSED and session.state == SessionState.CANCELLED:
        return (
            "Cette session est annulée",
            "Le test ne peut pas y être passé. Adressez-vous à votre surveillant.",
        )
    instant = page.attempt.over_at or session.closed_at or page.now
    hour = clock_time(session.local(instant))
    if reason == OverReason.ENDED_BY_PROCTOR and page.ended_by_clock:
        return (
            "Le temps de votre test est écoulé",
            f"Il s’est arrêté à {hour}. Toutes les réponses que vous avez validées sont enregistrées.",
        )
    return OVER_TITLES[reason], OVER_SENTENCES[reason].format(heure=hour)


def place_of(page: DeskPage) -> str:
    """« Session 82690 · Salle B12 · Poste 14 »."""
    parts = [f"Session\u00a0{page.session.number}", f"Salle\u00a0{page.session.room}"]
    if page.attempt.workstation:
        parts.append(f"Poste\u00a0{page.attempt.workstation}")
    return " · ".join(parts)


def remaining_words(page: DeskPage) -> str:
    """« 48 min », « 1 h 05 »."""
    return duration_words(page.remaining_minutes)


def allowed_words(page: DeskPage) -> str:
    """« 1 h 45 », or this candidate's own duration."""
    return duration_words(page.allowed_minutes)


def short_name(page: DeskPage) -> str:
    """« Paul D. »: enough for him to know himself, too little for the next pupil."""
    return f"{page.candidate.first_name} {page.candidate.last_name[:1].upper()}."
