"""The processing of personal data, written once: the public notice, the register sheet and the DPIA sheet show it.

Sources: GDPR art. 6, 13, 15, 30, 35; `needs.md` §3.1. A school completes what only it knows, in its settings.
"""

from dataclasses import dataclass

from pixsurv.kernel.operator import Operator
from sessions_app.models import Establishment
from sessions_app.wording import NBSP

MISSING = "à compléter"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of data: what, of whom, why, who sees it."""

    what: str
    why: str
    seen_by: str


@dataclass(frozen=True, slots=True)
class Section:
    """A title with paragraphs, or with names and values."""

    title: str
    words: list[str]
    rows: list[list[str]]


KINDS = (
    Kind(
        "Nom, prénom, date de naissance, classe, identifiant local de l’élève",
        "Reconnaître le bon élève, sans confondre deux homonymes",
        "Surveillants de sa salle, administrateurs, secrétariat",
    ),
    Kind(
        "Temps majoré, en pourcentage ou en minutes, sans jamais de motif",
        "Calculer l’heure de fin du test",
        "Surveillants de sa salle, administrateurs",
    ),
    Kind(
        "Nombre de compétences certifiables, mode de connexion à Pix",
        "Savoir avant le jour du test qui peut le passer",
        "Surveillants de sa salle, administrateurs",
    ),
    Kind(
        "Présence, heures de début, de reprise et de fin, poste, signalements, incidents",
        "Faire passer le test et écrire le procès-verbal",
        "Surveillants de sa salle, administrateurs, secrétariat",
    ),
    Kind(
        "Réponses données au test intégré d’une certification blanche",
        "Montrer à l’élève ses résultats d’entraînement",
        "L’élève, administrateurs",
    ),
    Kind(
        "Nom des surveillants et des membres de l’établissement, adresse e-mail des comptes, heures d’accès,"
        " identifiant chez le fournisseur d’identité de l’établissement, s’il en a un",
        "Ouvrir la salle, dire au procès-verbal qui a fait quoi",
        "Administrateurs, secrétariat",
    ),
)

PURPOSE = (
    "Organiser et surveiller une session de certification des compétences numériques, et en garder la preuve."
)
LEGAL_GROUND = "Mission d’intérêt public de l’établissement (RGPD, article 6, paragraphe 1, point e)."
MEASURES = (
    "Accès par compte personnel, ou par le numéro et le mot de passe d’une seule session, retirable à tout moment.",
    "Mots de passe des comptes hachés (Argon2id), mots de passe des sessions chiffrés.",
    "Aucune requête vers un tiers\u00a0: ni police, ni mesure d’audience, ni carte.",
    "Journal en ajout seul, chaîné par empreintes SHA-256\u00a0: une modification faite après coup se détecte.",
    "Sauvegardes sans les clés\u00a0; élimination au terme, tracée, jamais automatique.",
)
RIGHTS = (
    "Accès\u00a0: l’établissement remet l’extrait individuel, où les autres élèves n’apparaissent pas.",
    "Rectification\u00a0: sur la liste tant que la session est ouverte\u00a0; ensuite, par un additif daté.",
    "Effacement et opposition\u00a0: pas pendant la durée de conservation, parce que le procès-verbal est une preuve.",
    "Réclamation auprès de la CNIL, www.cnil.fr.",
)


def controller_of(school: Establishment) -> str:
    return school.controller or "le chef d’établissement"


def years_of(school: Establishment) -> str:
    years = school.retention_years
    return f"{years}{NBSP}an{'s' if years > 1 else ''} après la date de la session"


def register_sheet(school: Establishment, operator: Operator) -> list[Section]:
    """« Fiche de registre » (GDPR art. 30)."""
    return [
        Section(
            "Traitement",
            [],
            [
                ["Nom", "Surveillance des sessions de certification (Pixsurv)"],
                ["Responsable", f"{school.name}, {controller_of(school)}"],
                ["Délégué", school.data_officer or MISSING],
                ["Hébergeur", operator.host or MISSING],
                ["Finalité", PURPOSE],
                ["Base légale", LEGAL_GROUND],
            ],
        ),
        Section(
            "Personnes concernées",
            [
                "Élèves inscrits à une session, souvent mineurs\u00a0; surveillants\u00a0; membres de l’établissement."
            ],
            [],
        ),
        Section(
            "Données",
            [],
            [[kind.what, f"{kind.why}. Vues par\u00a0: {kind.seen_by.lower()}."] for kind in KINDS],
        ),
        Section(
            "Destinataires",
            [
                "Personnes habilitées de l’établissement, selon leur rôle.",
                "L’application ne transfère rien hors de l’Union européenne.",
                "La plateforme de test ne reçoit que l’état du test de l’élève qui y est entré.",
            ],
            [],
        ),
        Section(
            "Durées",
            [],
            [
                ["Sessions", f"{years_of(school)}, puis élimination avec le visa des archives"],
                ["Certifications blanches", "Fin de l’année scolaire"],
                ["Journaux techniques", "12 mois au plus, sans nom"],
            ],
        ),
        Section("Droits", list(RIGHTS), []),
        Section("Mesures de sécurité", list(MEASURES), []),
    ]


def impact_sheet(school: Establishment) -> list[Section]:
    """« Faut-il une analyse d’impact ? » (GDPR art. 35): the criteria, answered; the decision is the school's."""
    return [
        Section(
            "Pourquoi la question se pose",
            [
                (
                    "Une analyse d’impact est à envisager dès que deux des neuf critères du Comité européen de la"
                    " protection des données sont remplis."
                )
            ],
            [],
        ),
        Section(
            "Les neuf critères",
            [],
            [
                [
                    "Évaluation ou notation",
                    "Non. Pixsurv surveille le déroulement\u00a0; il ne note pas l’élève.",
                ],
                [
                    "Décision automatique",
                    (
                        "Non. Une personne termine un test\u00a0; l’heure de fin, si l’établissement l’a"
                        " choisi, est connue de tous."
                    ),
                ],
                [
                    "Surveillance systématique",
                    "Non. Ni caméra, ni écran observé\u00a0: des heures et des états.",
                ],
                [
                    "Données sensibles",
                    (
                        "Indirectement. Le temps majoré peut laisser deviner un handicap\u00a0; aucun motif"
                        " n’est enregistré."
                    ),
                ],
                ["Grande échelle", "Non dans un établissement. À revoir pour un service académique."],
                [
                    "Croisement de fichiers",
                    "Limité\u00a0: la liste des élèves et leur situation dans Pix Orga.",
                ],
                ["Personnes vulnérables", "Oui. Les élèves sont souvent mineurs."],
                ["Usage innovant", "Non."],
                [
                    "Exclusion d’un droit ou d’un service",
                    "Non. Une session de rattrapage se prépare en un geste.",
                ],
            ],
        ),
        Section(
            "Risques et réponses",
            [],
            [
                [
                    "Un nom lu par un tiers",
                    (
                        "Noms masqués d’un geste, code à l’écran sans nom, aucun nom dans les"
                        " adresses ni dans les journaux techniques."
                    ),
                ],
                [
                    "Une donnée perdue",
                    "Écriture durable avant toute confirmation\u00a0; sauvegarde et restauration éprouvées.",
                ],
                [
                    "Un procès-verbal modifié",
                    "Journal chaîné, sceau imprimé, vérification publique par sceau.",
                ],
                [
                    "Une remarque déplacée",
                    "Rappel sous chaque texte libre, 500 caractères, occultation dans les copies.",
                ],
            ],
        ),
        Section(
            "Décision",
            [
                f"Responsable du traitement\u00a0: {school.name}, {controller_of(school)}.",
                "☐ Une analyse d’impact complète n’est pas nécessaire.  ☐ Une analyse d’impact est engagée.",
                f"Avis du délégué ({school.data_officer or MISSING})\u00a0:",
                "Date et signature\u00a0:",
            ],
            [],
        ),
    ]
