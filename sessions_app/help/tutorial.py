"""What a subject of « Que faire si… » has no room for: the parcours SOS step by step, forgotten codes by sign-in mode.

Shown in the room's panel and on `/aide/`, not on paper. What Pix does: `reference/pix.md` §4; P2, R18.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sessions_app.enums import SignInMode


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what is done, and how."""

    title: str
    how: str


SOS_STEPS = (
    Step(
        "Installez-le tout de suite",
        "À un poste ouvert, un peu à l’écart. Le parcours prend du temps\u00a0: s’il ne peut pas finir aujourd’hui,"
        " dites-le à la direction, il ira au rattrapage.",
    ),
    Step(
        "Il ouvre Pix",
        "Par le Médiacentre si l’établissement a un ENT\u00a0: son compte s’ouvre alors tout seul. Sinon sur pix.fr,"
        " où il crée un compte à son nom, une seule fois.",
    ),
    Step(
        "Il entre dans le parcours",
        "Il tape le code du parcours SOS que l’établissement donne. C’est lui qui rattache son compte à"
        " l’établissement\u00a0; il vérifie son nom et sa date de naissance.",
    ),
    Step(
        "Il atteint le niveau 1 dans 5 compétences",
        "Cinq compétences différentes, le niveau 1 suffit\u00a0: inutile de monter plus haut dans l’une d’elles. Il"
        " travaille seul, comme pour un test.",
    ),
    Step(
        "Vous regardez son profil",
        "À l’écran, 5 compétences au moins sont au niveau 1 ou plus. Dites-le dans la salle\u00a0: «\u00a0Devenu"
        " certifiable\u00a0». L’heure va au PV.",
    ),
    Step(
        "Vous le cochez",
        "Il entre avec le numéro de la session, comme les autres. Si les autres ont déjà commencé, répondez"
        " «\u00a0Déjà dans la salle au lancement\u00a0»\u00a0: son temps ne court qu’à partir de son début.",
    ),
)

FORGOTTEN_CODES: Mapping[SignInMode, tuple[str, ...]] = MappingProxyType(
    {
        SignInMode.MEDIACENTRE: (
            "Il n’a pas de code Pix à lui\u00a0: il ouvre l’ENT, puis le Médiacentre, puis Pix.",
            "Code de l’ENT oublié\u00a0: la personne qui s’occupe de l’ENT lui en redonne un.",
            "Il ne crée pas de second compte\u00a0: ses résultats resteraient dans le premier.",
        ),
        SignInMode.USERNAME: (
            "Son identifiant vient de l’établissement\u00a0: le référent Pix le relit dans Pix Orga.",
            "Le référent lui donne un mot de passe provisoire.",
            "À la connexion, Pix lui en fait choisir un nouveau\u00a0: il le note.",
        ),
        SignInMode.EMAIL: (
            "Sur la page de connexion de Pix, il choisit «\u00a0Mot de passe oublié\u00a0».",
            "Il ouvre sa messagerie ici et suit le lien reçu.",
            "S’il ne peut pas lire sa messagerie, le référent Pix le dépanne.",
        ),
        SignInMode.NEVER: (
            "Il n’a aucun code à retrouver\u00a0: suivez le parcours SOS, pas à pas.",
            "S’il se souvient d’un compte, c’est celui-là qu’il ouvre\u00a0: demandez au référent Pix.",
        ),
        SignInMode.UNKNOWN: (
            "Demandez-lui comment il ouvre Pix d’habitude\u00a0: par l’ENT, un identifiant ou une adresse e-mail.",
            "Suivez alors ce mode. S’il n’a jamais ouvert Pix, suivez le parcours SOS.",
        ),
    }
)
