"""States, needs and the transition table of contract.md, as data. Everything else asks this file."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from django.db.models import TextChoices

from sessions_app.actors import ActorKind
from sessions_app.enums import EventKind


class AttemptState(TextChoices):
    EXPECTED = "expected", "À cocher"
    PRESENT = "present", "Présent — n’a pas commencé"
    IN_PROGRESS = "in_progress", "En cours"
    RESUME_AUTHORISED = "resume_authorised", "Reprise autorisée"
    COMPLETED = "completed", "Terminé"
    ENDED = "ended", "Terminé par le surveillant"
    EXPIRED = "expired", "Délai de 24 h dépassé"


class Need(TextChoices):
    """What the proctor must do something about; in the order of `data-needs` (contract.md)."""

    ALERT = "alert", "Signalement"
    RESUME = "resume", "Demande à reprendre"
    DISCONNECTED = "disconnected", "Sans nouvelles"
    OVERTIME = "overtime", "Temps écoulé"


class Arrival(TextChoices):
    """The answer to the late question (R10)."""

    IN_ROOM = "in_room", "Déjà dans la salle au lancement"
    LATE = "late", "Arrive en retard"


class Source(TextChoices):
    """Where a time comes from (R22)."""

    PIXSURV = "", "Pixsurv"
    HAND = "hand", "saisi à la main"
    PAPER = "paper", "saisi d’après la feuille de secours"


class AlertStatus(TextChoices):
    OPEN = "open", "En attente"
    REFUSED = "refused", "Pas de problème"
    VALIDATED = "validated", "Problème confirmé"
    LAPSED = "lapsed", "Sans objet"


class EndReason(TextChoices):
    """Why a test was not finished, as the report says it at closing (I3)."""

    TIME = "time", "Manque de temps ou départ prématuré"
    TECHNICAL = "technical", "Problème technique"


class OverReason(TextChoices):
    """Why a test is over, as the candidate is told (D5)."""

    FINISHED = "finished", "terminé"
    ENDED_BY_PROCTOR = "ended_by_proctor", "terminé par le surveillant"
    SESSION_CLOSED = "session_closed", "session clôturée"
    EXPIRED = "expired", "délai de 24 h dépassé"


BEFORE = frozenset({AttemptState.EXPECTED, AttemptState.PRESENT})
RUNNING = frozenset({AttemptState.IN_PROGRESS, AttemptState.RESUME_AUTHORISED})
OVER = frozenset({AttemptState.COMPLETED, AttemptState.ENDED, AttemptState.EXPIRED})

OVER_REASONS: Mapping[str, OverReason] = MappingProxyType(
    {
        AttemptState.COMPLETED: OverReason.FINISHED,
        AttemptState.ENDED: OverReason.ENDED_BY_PROCTOR,
        AttemptState.EXPIRED: OverReason.EXPIRED,
    }
)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table.

    `target` None means « the state before ». `refusals` gives the code for a state that is not a source;
    `otherwise` the code for every state that `refusals` does not name.
    """

    sources: frozenset[AttemptState]
    target: AttemptState | None
    actors: frozenset[ActorKind]
    otherwise: str
    refusals: Mapping[AttemptState, str] = MappingProxyType({})

    def refusal(self, state: AttemptState) -> str:
        return self.refusals.get(state, self.otherwise)


_S = AttemptState
_ROOM = frozenset({ActorKind.PROCTOR, ActorKind.ADMIN})
_TEST = frozenset({ActorKind.CANDIDATE, ActorKind.PROCTOR, ActorKind.ADMIN})
_OVER = MappingProxyType(dict.fromkeys(OVER, "attempt_over"))

TRANSITIONS: Mapping[EventKind, Transition] = MappingProxyType(
    {
        EventKind.PRESENCE_CONFIRMED: Transition(
            frozenset({_S.EXPECTED}), _S.PRESENT, _ROOM, "already_started"
        ),
        EventKind.PRESENCE_CANCELLED: Transition(
            frozenset({_S.PRESENT}), _S.EXPECTED, _ROOM, "already_started"
        ),
        EventKind.STARTED: Transition(
            frozenset({_S.PRESENT}),
            _S.IN_PROGRESS,
            _TEST,
            "resume_not_authorised",
            MappingProxyType({_S.EXPECTED: "presence_not_confirmed", **_OVER}),
        ),
        EventKind.RESUME_AUTHORISED: Transition(
            frozenset({_S.IN_PROGRESS}), _S.RESUME_AUTHORISED, _ROOM, "not_in_progress"
        ),
        EventKind.RESUME_CANCELLED: Transition(
            frozenset({_S.RESUME_AUTHORISED}), _S.IN_PROGRESS, _ROOM, "not_in_progress"
        ),
        EventKind.RESUMED: Transition(
            frozenset({_S.RESUME_AUTHORISED}),
            _S.IN_PROGRESS,
            _TEST,
            "resume_not_authorised",
            MappingProxyType({_S.EXPECTED: "presence_not_confirmed", _S.PRESENT: "not_in_progress", **_OVER}),
        ),
        EventKind.COMPLETED: Transition(RUNNING, _S.COMPLETED, _TEST, "not_in_progress"),
        EventKind.ENDED: Transition(
            RUNNING, _S.ENDED, frozenset({*_ROOM, ActorKind.CLOCK}), "not_in_progress"
        ),
        EventKind.END_UNDONE: Transition(frozenset({_S.ENDED}), None, _ROOM, "too_late"),
        EventKind.REOPENED: Transition(
            frozenset({_S.ENDED, _S.COMPLETED}),
            _S.RESUME_AUTHORISED,
            frozenset({ActorKind.ADMIN}),
            "not_over",
        ),
        EventKind.EXPIRED: Transition(RUNNING, _S.EXPIRED, frozenset({ActorKind.CLOCK}), "not_in_progress"),
    }
)

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "session_closed": "Cette session est clôturée : plus rien ne peut y être changé.",
        "already_started": "Cet élève a déjà commencé son test : sa présence ne peut plus être changée.",
        "already_started_by_hand": "Le début de ce test est déjà noté. Pour rendre du temps : « Minutes perdues ».",
        "already_present": "Sa présence est déjà notée : il était dans la salle au lancement.",
        "presence_not_confirmed": "Votre surveillant n’a pas encore confirmé votre présence.",
        "wrong_access_code": "Ce code d’accès n’est pas le bon. Vérifiez-le au tableau.",
        "not_certifiable": "Pas encore certifiable : il faut au moins 5 compétences au niveau 1.",
        "not_in_progress": "Le test de cet élève n’est pas en cours.",
        "resume_not_authorised": "Votre surveillant doit d’abord autoriser la reprise de votre test.",
        "attempt_over": "Ce test est terminé.",
        "too_late": "Les 10 secondes pour annuler sont passées. Un administrateur peut rouvrir le test.",
        "too_old": "Ce test a commencé il y a plus de 24 heures : il ne peut plus être rouvert.",
        "not_over": "Le test de cet élève n’est pas terminé.",
        "late_arrival": "La session est déjà lancée : était-il dans la salle au lancement ?",
        "entry_superseded": "Ce test continue sur un autre poste.",
        "alert_gone": "Ce signalement n’attend plus de réponse.",
        "never_launched": "Cette session n’est pas lancée.",
        "launch_stands": "Trop tard pour annuler ce lancement : d’autres tests ont commencé, ou 5 minutes ont passé.",
        "no_test_waits": "Aucun test n’a dépassé son heure de fin.",
        "tests_running": "Des tests sont encore en cours : terminez-les avant de clôturer.",
        "not_allowed": "Ce geste n’est pas permis ici.",
        "masked": "L’écran est masqué : tapez d’abord le mot de passe de la session.",
        "room_not_confirmed": "Confirmez d’abord que vous êtes dans la bonne salle.",
    }
)
