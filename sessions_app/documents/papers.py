"""The papers that exist: one word in addresses, one title, one file name (P8, contract.md)."""

from django.db.models import TextChoices


class Paper(TextChoices):
    """In the order in which a school hands them out; the value is the word in the address."""

    KIT = "kit", "Kit surveillant"
    ATTENDANCE = "emargement", "Feuille d’émargement"
    FALLBACK = "secours", "Feuille de secours"
    BLANK_REPORT = "pv-vierge", "PV d’incident vierge"
    INVITATIONS = "convocations", "Convocations"
    SCHOOL_OFFICE = "vie-scolaire", "Liste pour la vie scolaire"

    @property
    def stem(self) -> str:
        """What a file of it is called, in plain letters: a printer's screen shows nothing else."""
        return {
            Paper.KIT: "kit-surveillant",
            Paper.ATTENDANCE: "feuille-emargement",
            Paper.FALLBACK: "feuille-de-secours",
            Paper.BLANK_REPORT: "pv-incident-vierge",
            Paper.INVITATIONS: "convocations",
            Paper.SCHOOL_OFFICE: "liste-vie-scolaire",
        }[self]


# What the report of a session may be coded with (reference/pix.md §7.2), in our own short words.
CODES = (
    ("C1", "Nom, prénom ou date de naissance à corriger"),
    ("C2", "Temps majoré ajouté ou modifié"),
    ("C4", "Présent, signature oubliée ou sur une autre ligne"),
    ("C6", "Suspicion de fraude"),
    ("C7", "Incident technique qui n’a pas bloqué le test"),
    ("C8", "Incident lié au candidat (sortie, retard, connexion)"),
    ("E1", "Image absente"),
    ("E2", "Simulateur ou application absents"),
    ("E3", "Fichier impossible à télécharger ou à ouvrir"),
    ("E4", "Site à visiter indisponible"),
    ("E5", "Site bloqué par le réseau de l’établissement"),
    ("E8", "Temps majoré\u00a0: temps de la question dépassé"),
    ("E9", "Logiciel de l’ordinateur en panne"),
    ("E10", "Clic hors du cadre imposé par un problème"),
    ("E11", "Panne de la plateforme Pix"),
    ("E12", "Question peu accessible (couleurs, par exemple)"),
)
