"""« Ce que vous avez fait »: the gestures of a proctor, each found again in the journal of the rehearsal (R19)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from proctoring.enums import Arrival, CaseKind, IncidentSource
from proctoring.models import Rehearsal
from sessions_app.enums import EventKind
from sessions_app.models import Event, Session


@dataclass(frozen=True, slots=True)
class Gesture:
    """Practised by an event of one of these kinds, by the proctor, with these facts. `hint`: where it is met."""

    key: str
    label: str
    hint: str
    kinds: frozenset[EventKind]
    facts: Mapping[str, Any]


def _gesture(key: str, label: str, hint: str, *kinds: EventKind, **facts: Any) -> Gesture:
    return Gesture(key, label, hint, frozenset(kinds), MappingProxyType(facts))


CODE_SHOWN = "code"
GESTURES = (
    _gesture("presence", "Cocher une présence", "Dès le début, dans la liste.", EventKind.PRESENCE_CONFIRMED),
    _gesture("ticket", "Faire entrer un élève par un ticket", "Jules JASMIN, poste 11.", EventKind.TICKET_ISSUED),
    _gesture(
        "certifiable", "Noter qu’un élève est devenu certifiable", "Gaspard GENÊT, avant de le cocher.",
        EventKind.BECAME_CERTIFIABLE,
    ),
    _gesture("consignes", "Lire les consignes", "Dans «\u00a0Plus\u00a0».", EventKind.INSTRUCTIONS_READ),
    _gesture(CODE_SHOWN, "Afficher le code d’accès", "En haut de la salle."),
    _gesture(
        "signalement", "Répondre à un signalement", "Basile BOULEAU, poste 2, peu après le lancement.",
        EventKind.ALERT_REFUSED, EventKind.ALERT_VALIDATED,
    ),
    _gesture("reprise", "Autoriser une reprise", "Capucine CÈDRE, poste 4.", EventKind.RESUME_AUTHORISED),
    _gesture(
        "retard", "Répondre pour un élève en retard", "Fanny FOUGÈRE, après le lancement.",
        EventKind.LATE_REFUSED,
    ),
    _gesture("direction", "Demander à la direction", "Pour Fanny FOUGÈRE, refusée en retard.", EventKind.CASE_RAISED),
    _gesture(
        "hors-liste", "Faire inscrire un élève absent de la liste", "Lou LILAS, à la porte\u00a0: «\u00a0Plus\u00a0».",
        EventKind.CASE_RAISED, kind=CaseKind.NOT_LISTED,
    ),
    _gesture(
        "poste", "Changer un élève de poste", "Hugo HOUX, poste 8, dont l’écran s’éteint.",
        EventKind.INCIDENT_REPORTED, source=IncidentSource.WORKSTATION,
    ),
    _gesture(
        "proposition", "Garder ou ignorer une proposition", "Inès IRIS, poste 9, dans «\u00a0À traiter\u00a0».",
        EventKind.PROPOSAL_DISMISSED,
    ),
    _gesture(
        "minutes", "Rendre des minutes perdues", "Dans le menu de la ligne, quand vous voulez.",
        EventKind.MINUTES_GIVEN,
    ),
    _gesture(
        "incident", "Noter un incident", "Bouton «\u00a0Incident\u00a0», quand vous voulez.",
        EventKind.INCIDENT_REPORTED, source=IncidentSource.HAND,
    ),
    _gesture(
        "sortie", "Noter une sortie et un retour", "Camille CÈDRE, poste 3, après le lancement.",
        EventKind.CAME_BACK,
    ),
    _gesture(
        "incident-salle", "Noter un incident dans toute la salle", "Quand le réseau tombe\u00a0: «\u00a0Plus\u00a0».",
        EventKind.ROOM_INCIDENT_ENDED,
    ),
    _gesture("fin", "Terminer un test", "Élie ÉGLANTINE, quand son temps est écoulé.", EventKind.ENDED),
    _gesture("annuler", "Annuler la fin d’un test", "Dans les 10 secondes qui suivent.", EventKind.END_UNDONE),
    _gesture("cloture", "Clôturer", "Quand plus aucun test n’est en cours.", EventKind.CLOSED),
)  # fmt: skip
# Another way to have practised it.
AS_WELL: Mapping[str, tuple[EventKind, Mapping[str, Any]]] = MappingProxyType(
    {
        "retard": (EventKind.PRESENCE_CONFIRMED, MappingProxyType({"arrival": Arrival.LATE.value})),
        "proposition": (
            EventKind.INCIDENT_REPORTED,
            MappingProxyType({"source": IncidentSource.PROPOSAL.value}),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Practice:
    """What was practised, and what was not."""

    done: list[Gesture]
    left: list[Gesture]

    @property
    def total(self) -> int:
        return len(self.done) + len(self.left)


def practice_of(session: Session) -> Practice:
    """From the journal: what somebody did through an access to the room. Two queries."""
    kinds = {kind for gesture in GESTURES for kind in gesture.kinds} | {kind for kind, _ in AS_WELL.values()}
    acts = [
        (EventKind(event.kind), event.facts or {})
        for event in Event.objects.filter(session_id=session.pk, kind__in=kinds).order_by("sequence")
        if (event.facts or {}).get("actor", {}).get("access") is not None
    ]
    shown = Rehearsal.objects.filter(session_id=session.pk, code_shown_at__isnull=False).exists()
    done = [one for one in GESTURES if (one.key == CODE_SHOWN and shown) or _is_practised(one, acts)]
    return Practice(done, [one for one in GESTURES if one not in done])


def _is_practised(gesture: Gesture, acts: Iterable[tuple[EventKind, Mapping[str, Any]]]) -> bool:
    ways = [(kind, gesture.facts) for kind in gesture.kinds]
    ways += [AS_WELL[gesture.key]] if gesture.key in AS_WELL else []
    return any(
        kind == wanted and all(told.get(name) == value for name, value in facts.items())
        for kind, told in acts
        for wanted, facts in ways
    )
