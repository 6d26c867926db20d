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


class CaseKind(TextChoices):
    """What a room sends up to the day board (R10, R12, R21)."""

    LATE = "late", "Élève en retard"
    REOPENING = "reopening", "Réouverture d’un test"
    NOT_LISTED = "not_listed", "Élève absent de la liste"
    TRANSFER = "transfer", "Élève d’une autre salle"


class CaseState(TextChoices):
    OPEN = "open", "En attente"
    ACCEPTED = "accepted", "Accepté"
    REFUSED = "refused", "Refusé"
    WITHDRAWN = "withdrawn", "Retiré"


class IncidentSource(TextChoices):
    """What an incident was written from."""

    HAND = "hand", "noté par le surveillant"
    ALERT = "alert", "signalement confirmé"
    WORKSTATION = "workstation", "poste défaillant"
    PROPOSAL = "proposal", "proposé par Pixsurv"


class ProposalKind(TextChoices):
    """What Pixsurv proposes in the lane, one tap to keep."""

    TIMED_OUT = "timed_out", "Question chronométrée non répondue"  # R16
    ALERT_WAITED = "alert_waited", "A attendu pour son signalement"  # R15
    EXTRA_TIME = "extra_time", "Temps majoré modifié"
    IDENTITY = "identity", "Entré autrement que sous son identité"  # a ticket (R21), a corrected name


class ProposalOutcome(TextChoices):
    OPEN = "", "En attente"
    KEPT = "kept", "Retenue"
    DISMISSED = "dismissed", "Ignorée"
    LAPSED = "lapsed", "Sans objet"


class EndReason(TextChoices):
    """Why a test was not finished, as the report says it at closing (I3)."""

    TIME = "time", "Manque de temps ou départ prématuré"
    TECHNICAL = "technical", "Problème technique"


class SignedPaper(TextChoices):
    """Which paper of the session was signed, and then photographed or scanned (I3)."""

    ATTENDANCE = "attendance", "Feuille d’émargement"
    REPORT = "report", "PV d’incident signé"
    FALLBACK = "fallback", "Feuille de secours"


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
        "session_closed": "Cette session est clôturée\u00a0: plus rien ne peut y être changé.",
        "already_started": "Cet élève a déjà commencé son test\u00a0: sa présence ne peut plus être changée.",
        "already_started_by_hand": "Le début de ce test est déjà noté."
        " Pour rendre du temps\u00a0: «\u00a0Minutes perdues\u00a0».",
        "already_present": "Sa présence est déjà notée\u00a0: il était dans la salle au lancement.",
        "presence_changed": "Quelqu’un a changé cette présence depuis\u00a0: votre geste, plus ancien, n’est pas"
        " enregistré. Refaites-le s’il le faut.",
        "presence_not_confirmed": "Votre surveillant n’a pas encore confirmé votre présence.",
        "wrong_access_code": "Ce code d’accès n’est pas le bon. Vérifiez-le au tableau.",
        "not_certifiable": "Pas encore certifiable\u00a0: il faut au moins 5 compétences au niveau 1.",
        "not_in_progress": "Le test de cet élève n’est pas en cours.",
        "resume_not_authorised": "Votre surveillant doit d’abord autoriser la reprise de votre test.",
        "attempt_over": "Ce test est terminé.",
        "too_late": "Les 10 secondes pour annuler sont passées. Un administrateur peut rouvrir le test.",
        "too_old": "Ce test a commencé il y a plus de 24 heures\u00a0: il ne peut plus être rouvert.",
        "not_over": "Le test de cet élève n’est pas terminé.",
        "which_one": "Un autre élève de la liste porte presque le même nom\u00a0: lequel est-ce\u00a0?",
        "late_arrival": "La session est déjà lancée\u00a0: était-il dans la salle au lancement\u00a0?",
        "entry_superseded": "Ce test continue sur un autre poste.",
        "alert_gone": "Ce signalement n’attend plus de réponse.",
        "alert_answered": "L’élève a répondu à cette question entre-temps\u00a0: son signalement est sans objet.",
        "alert_final": "Trop tard pour annuler\u00a0: l’élève a déjà reçu la réponse.",
        "category_missing": "Choisissez de quel problème il s’agit.",
        "category_unknown": "Cette catégorie d’incident n’existe pas.",
        "category_not_valid": "Cette catégorie d’incident n’existait pas, ou n’existe plus, à cette date.",
        "category_fixed": "Une suspicion de fraude garde sa catégorie\u00a0: retirez-la, puis notez l’autre incident.",
        "candidate_missing": "Choisissez l’élève concerné\u00a0:"
        " seul un incident technique peut concerner toute la salle.",
        "question_missing": "Cette catégorie demande le numéro de la question.",
        "question_out_of_range": "Le numéro de la question va de 1 à 500.",
        "description_missing": "Cette catégorie demande une description des faits.",
        "description_too_long": "La description tient en 500 caractères.",
        "facts_apart": "Les faits d’une suspicion de fraude se notent sur une fiche séparée.",
        "incident_gone": "Cet incident a été retiré entre-temps.",
        "incident_not_found": "Cet incident n’est pas de cette salle.",
        "sheet_written": "La direction a écrit la fiche de cette suspicion\u00a0: elle seule peut la retirer.",
        "proposal_gone": "Cette proposition n’attend plus de réponse.",
        "workstation_missing": "Donnez le numéro du poste où va l’élève.",
        "same_workstation": "C’est déjà le poste de cet élève.",
        "workstation_taken": "Ce poste est occupé par un autre élève.",
        "swap_stands": "Trop tard pour annuler\u00a0: l’élève a déjà repris, ou 10 secondes ont passé.",
        "late_stands": "Trop tard pour annuler\u00a0: la direction est prévenue, ou 10 secondes ont passé.",
        "never_launched": "Cette session n’est pas lancée.",
        "launch_stands": "Trop tard pour annuler ce lancement\u00a0:"
        " d’autres tests ont commencé, ou 5 minutes ont passé.",
        "no_test_waits": "Aucun test n’a dépassé son heure de fin.",
        "tests_running": "Des tests sont encore en cours\u00a0: terminez-les avant de clôturer.",
        "not_in_room": "Cet élève n’est pas noté présent, ou a fini\u00a0: il ne peut pas être sorti.",
        "room_incident_kind": "Choisissez ce qui arrive\u00a0: courant, réseau, alarme ou autre.",
        "room_incident_stands": "Trop tard pour annuler\u00a0: terminez cet incident, sans rendre de minutes.",
        "room_incident_other": "Cet incident est terminé\u00a0; un autre est en cours. Relisez la page.",
        "room_incident_settled": "Trop tard pour annuler. Les minutes se reprennent élève par élève.",
        "room_incident_runs": "Un incident dans toute la salle est en cours\u00a0: terminez-le avant de clôturer.",
        "not_allowed": "Ce geste n’est pas permis ici.",
        "nothing_to_ask": "Il n’y a plus rien à demander pour cet élève.",
        "already_listed": "Cet élève est sur la liste de cette salle.",
        "enrolled_elsewhere": "Cet élève est inscrit aujourd’hui dans une autre salle.",
        "transfer_impossible": "Cet élève ne peut plus changer de salle\u00a0: il est déjà entré dans l’autre.",
        "asked_elsewhere": "Une autre salle vient de demander ce transfert.",
        "case_gone": "Cette demande n’attend plus de réponse.",
        "keeps_no_paper": "Cette session ne garde aucun papier\u00a0: annulée, éliminée, ou simple entraînement.",
        "too_many_pages": "Une numérisation tient en 20 pages. Réunissez celles-ci, puis continuez.",
        "too_many_scans": "Cette session a déjà 20 numérisations. Un administrateur peut en retirer.",
        "no_page": "Aucune page n’attend. Photographiez d’abord la feuille.",
        "pages_changed": "Les pages ont changé depuis l’affichage. Relisez-les, puis réunissez-les.",
        "page_gone": "Cette page n’attend plus.",
        "paper_missing": "Choisissez de quelle feuille il s’agit.",
        "scan_gone": "Cette numérisation n’est plus là.",
        "scan_altered": "Ce fichier n’est plus celui qui a été enregistré\u00a0: son empreinte n’est pas celle du"
        " journal. Demandez une sauvegarde à l’exploitant.",
        "masked": "L’écran est masqué\u00a0: tapez d’abord le mot de passe de la session.",
        "other_access": (
            "Cette page est restée sous un autre accès que le vôtre\u00a0: rien n’est enregistré."
            " Rechargez-la, puis recommencez."
        ),
        "room_not_confirmed": "Confirmez d’abord que vous êtes dans la bonne salle.",
    }
)


class SlipKind(TextChoices):
    """What a slip is about; archives alone need the archives' visa (I6, decision 0023)."""

    ARCHIVES = "archives", "Archives de certification"
    WORKING = "working", "Documents de travail"
    PUPILS = "pupils", "Liste d’élèves"


class SlipState(TextChoices):
    DRAFTED = "drafted", "Préparé"
    APPROVED = "approved", "Visa reçu"
    STARTED = "started", "Élimination commencée"
    DONE = "done", "Éliminé"
    CANCELLED = "cancelled", "Annulé"


class HandedPaper(TextChoices):
    """What is handed to the secretariat after a session (I8), in the order in which it is asked for."""

    ATTENDANCE = "attendance", "Feuille d’émargement signée"
    REPORT = "report", "PV d’incident signé"
    FALLBACK = "fallback", "Feuille de secours"
    OTHER = "other", "Autre papier"


# Without these a hand-over is incomplete; the others exist in some sessions only.
EXPECTED_PAPERS = (HandedPaper.ATTENDANCE, HandedPaper.REPORT)
