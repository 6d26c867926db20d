"""Closed lists of what is planned and of what a journal may hold (contract.md)."""

from django.db.models import TextChoices


class Role(TextChoices):
    ADMIN = "admin", "Administration"
    SECRETARIAT = "secretariat", "Secrétariat"
    PROCTOR = "proctor", "Surveillant"


class SessionKind(TextChoices):
    CERTIFICATION = "certification", "Certification"
    WHITE_EXAM = "white_exam", "Certification blanche"
    REHEARSAL = "rehearsal", "Entraînement du surveillant"


class Followed(TextChoices):
    """« Suivi des tests » (P3)."""

    PIXSURV = "pixsurv", "Par Pixsurv"
    BY_HAND = "by_hand", "À la main (test passé sur Pix)"


class SessionState(TextChoices):
    PLANNED = "planned", "Prévue"
    LAUNCHED = "launched", "Lancée"
    CLOSED = "closed", "Clôturée"
    CANCELLED = "cancelled", "Annulée"
    ELIMINATED = "eliminated", "Éliminée"


class LatePolicy(TextChoices):
    """« Élève en retard après le lancement » (P9, R10)."""

    REFUSE = "refuse", "Refuser"
    PROCTOR_DECIDES = "proctor_decides", "Le surveillant décide"


class SignInMode(TextChoices):
    MEDIACENTRE = "mediacentre", "Médiacentre (ENT)"
    USERNAME = "username", "Identifiant"
    EMAIL = "email", "Adresse e-mail"
    NEVER = "never", "Jamais connecté"
    UNKNOWN = "", "Non renseigné"


class RoomIncidentKind(TextChoices):
    """What befell the whole room (R23)."""

    POWER = "power", "Coupure de courant"
    NETWORK = "network", "Panne de réseau"
    ALARM = "alarm", "Alarme, évacuation"
    OTHER = "other", "Autre incident"


class EventKind(TextChoices):
    """Every act that a report could cite, and nothing else (mechanics §1)."""

    PRESENCE_CONFIRMED = "presence_confirmed", "Présence confirmée"
    PRESENCE_CANCELLED = "presence_cancelled", "Présence retirée"
    STARTED = "started", "Test commencé"
    RESUME_AUTHORISED = "resume_authorised", "Reprise autorisée"
    RESUME_CANCELLED = "resume_cancelled", "Reprise retirée"
    RESUMED = "resumed", "Test repris"
    COMPLETED = "completed", "Test terminé"
    ENDED = "ended", "Test terminé par le surveillant"
    END_UNDONE = "end_undone", "Fin annulée"
    REOPENED = "reopened", "Test rouvert"
    EXPIRED = "expired", "Délai de 24 h dépassé"

    RESUME_REQUESTED = "resume_requested", "Demande à reprendre"
    RESUME_DISMISSED = "resume_dismissed", "Demande à reprendre levée"
    LEFT = "left", "Page du test quittée"
    ALERT_RAISED = "alert_raised", "Signalement"
    ALERT_REFUSED = "alert_refused", "Signalement\u00a0: pas de problème"
    ALERT_VALIDATED = "alert_validated", "Signalement\u00a0: problème confirmé"
    ALERT_LAPSED = "alert_lapsed", "Signalement devenu sans objet"
    ALERT_UNDONE = "alert_undone", "Réponse au signalement annulée"
    MINUTES_GIVEN = "minutes_given", "Minutes rendues"
    MINUTES_TAKEN_BACK = "minutes_taken_back", "Minutes reprises"
    EXTRA_TIME_SET = "extra_time_set", "Temps majoré modifié"
    ROOM_INCIDENT_STARTED = "room_incident_started", "Début d’un incident dans toute la salle"
    ROOM_INCIDENT_ENDED = "room_incident_ended", "Fin d’un incident dans toute la salle"
    WORKSTATION_CHANGED = "workstation_changed", "Poste changé"
    WENT_OUT = "went_out", "Sortie"
    CAME_BACK = "came_back", "Retour"
    INCIDENT_REPORTED = "incident_reported", "Incident noté"
    INCIDENT_CHANGED = "incident_changed", "Incident corrigé"
    INCIDENT_DELETED = "incident_deleted", "Incident retiré"
    PROPOSAL_DISMISSED = "proposal_dismissed", "Proposition de Pixsurv ignorée"
    INSTRUCTIONS_READ = "instructions_read", "Consignes lues"
    BECAME_CERTIFIABLE = "became_certifiable", "Devenu certifiable"
    TICKET_ISSUED = "ticket_issued", "Ticket d’entrée remis"
    TICKET_USED = "ticket_used", "Ticket d’entrée utilisé"
    LATE_REFUSED = "late_refused", "En retard, refusé"
    CANDIDATE_ENROLLED = "candidate_enrolled", "Candidat inscrit"
    CANDIDATE_CORRECTED = "candidate_corrected", "Candidat corrigé"
    CANDIDATE_TRANSFERRED = "candidate_transferred", "Candidat changé de salle"
    CASE_RAISED = "case_raised", "Demande à la direction"
    CASE_ANSWERED = "case_answered", "Réponse de la direction"
    CASE_WITHDRAWN = "case_withdrawn", "Demande à la direction retirée"
    PROCTOR_ENTERED = "proctor_entered", "Surveillant entré"
    PROCTOR_LEFT = "proctor_left", "Surveillant sorti"
    ACCESS_ENDED = "access_ended", "Accès retiré"
    PASSWORD_CHANGED = "password_changed", "Mot de passe changé"
    COMMENT_CHANGED = "comment_changed", "Commentaire modifié"
    LAUNCH_TAKEN_BACK = "launch_taken_back", "Lancement annulé"
    CLOSED = "closed", "Session clôturée"
    ADDENDUM = "addendum", "Additif"
    PAPER_SEALED = "paper_sealed", "Papier scellé"
    RECEIPT = "receipt", "Accusé de réception"
    PAPER_SCANNED = "paper_scanned", "Papier signé numérisé"
    PAPER_REMOVED = "paper_removed", "Papier numérisé retiré"
    PASSAGE_HIDDEN = "passage_hidden", "Passage occulté dans les copies"
    PASSAGE_SHOWN = "passage_shown", "Passage rendu aux copies"
