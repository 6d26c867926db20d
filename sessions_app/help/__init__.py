"""« Que faire si… » (R18): the subjects, and what we propose to write under each. A school may write its own (P9)."""

from django.db.models import TextChoices

TEXT_LENGTH = 300  # printed on the back of the kit, ten of them on half a page
LINK_LENGTH = 200


class Topic(TextChoices):
    """In the order of a session's day; the label is how the question begins."""

    LATE = "retard", "Un élève arrive après le lancement"
    COMPUTER_LOGIN = "ordinateur", "Il ne peut pas ouvrir l’ordinateur"
    PIX_CODES = "codes-pix", "Il a oublié ses codes Pix"
    NEVER_CONNECTED = "jamais-connecte", "Il ne s’est jamais connecté à Pix"
    NOT_ON_THE_LIST = "hors-liste", "Il n’est pas sur la liste"
    WORKSTATION = "poste", "Son ordinateur s’arrête"
    QUESTION = "question", "Une question ne marche pas"
    TIMED_QUESTION = "chronometre", "Une question est chronométrée, il a un temps majoré"
    DISCONNECTED = "deconnexion", "L’espace surveillant vous a déconnecté"
    UNREACHABLE = "page-absente", "La page ne s’ouvre pas"


PROPOSED: dict[Topic, str] = {
    Topic.LATE: (
        "Cochez-le et répondez «\u00a0Arrive en retard\u00a0». Il ne commence pas sans l’accord de la"
        " direction. L’écran note l’heure pour le PV et le rattrapage."
    ),
    Topic.COMPUTER_LOGIN: (
        "Appelez la personne qui redonne les mots de passe de l’ordinateur, ou installez-le à un poste de"
        " secours déjà ouvert. Son temps ne court qu’à partir du début du test."
    ),
    Topic.PIX_CODES: (
        "Médiacentre (ENT)\u00a0: c’est le code de l’ENT qui ouvre Pix. Identifiant\u00a0: le référent lui"
        " donne un nouveau mot de passe. Adresse e-mail\u00a0: «\u00a0Mot de passe oublié\u00a0», s’il peut"
        " lire sa messagerie ici."
    ),
    Topic.NEVER_CONNECTED: (
        "Faites-lui suivre le parcours SOS\u00a0: il ouvre son compte et travaille jusqu’à 5 compétences au"
        " niveau 1. Quand son profil certifiable est à l’écran\u00a0: «\u00a0Devenu certifiable\u00a0» sur sa"
        " ligne, puis cochez la case."
    ),
    Topic.NOT_ON_THE_LIST: (
        "Nom de naissance, prénom et date s’écrivent comme sur la feuille d’émargement. S’il n’y est pas,"
        " il ne commence pas\u00a0: l’établissement l’inscrit ou l’envoie dans la bonne salle."
    ),
    Topic.WORKSTATION: (
        "Changez-le de poste, puis «\u00a0Autoriser la reprise du test\u00a0»\u00a0: il revient à sa"
        " question. Notez l’incident technique (code C7) et rendez-lui les minutes perdues."
    ),
    Topic.QUESTION: (
        "L’élève signale la question depuis son test et l’écran vous prévient. Regardez avec lui, puis faites reprendre"
        " ou passer la question. Sur papier\u00a0: le numéro de la question et le code de l’incident (E1, E2…)."
    ),
    Topic.TIMED_QUESTION: (
        "Le chronomètre d’une question ne tient pas compte du temps majoré. S’il n’a pas pu répondre à"
        " temps, notez l’incident E8 (temps de la question dépassé) avec le numéro de la question."
    ),
    Topic.DISCONNECTED: (
        "Les tests continuent. Reconnectez-vous avec les n°\u00a01 et 2 de ce kit\u00a0: vous retrouvez la"
        " salle telle qu’elle est. D’ici là, prenez la feuille de secours."
    ),
    Topic.UNREACHABLE: (
        "Essayez un autre appareil ou un autre réseau, puis appelez l’informatique. Notez présences, débuts"
        " et fins sur la feuille de secours\u00a0: vous les recopierez ensuite."
    ),
}
