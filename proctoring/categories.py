"""Categories of incidents (I1), as data: what each one asks, and where it is offered. Pix's own codes and labels.

Codes have holes so that old papers stay readable; one that Pix withdraws gets a `valid_to` and stays here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from proctoring.enums import ProposalKind

FRAUD = "C6"
TECHNICAL = "C7"
EXTRA_TIME_EXCEEDED = "E8"
# What a candidate may say of his question (contract.md, `kinds` of an alert), as the proctor reads it.
ALERT_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "image": "l’image ne s’affiche pas",
        "embed": "une partie de la page ne réagit pas",
        "file": "un fichier ne s’ouvre pas",
        "focus": "la page s’est bloquée ou a changé toute seule",
    }
)
ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class Category:
    """One row of the table.

    `impactful`: Pix must act on it. `valid_from`, `valid_to`: dates included, None without limit. `offered`: for an
    alert on which kinds of question; empty: never asked there. `for_room`: may concern nobody in particular.
    """

    code: str
    label: str
    short: str  # on a button
    asks_question: bool = False
    asks_description: bool = False
    impactful: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    offered: frozenset[str] = frozenset()
    for_room: bool = False
    hint: str = ""  # under the free text

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from is None or day >= self.valid_from) and (
            self.valid_to is None or day <= self.valid_to
        )

    @property
    def facts_apart(self) -> bool:
        """Fraud: no facts in the room, a sheet of its own for admins."""
        return self.code == FRAUD


def _question(code: str, label: str, short: str, *offered: str) -> Category:
    return Category(code, label, short, asks_question=True, impactful=True, offered=frozenset(offered))


CATEGORIES: Mapping[str, Category] = MappingProxyType(
    {
        one.code: one
        for one in (
            Category(
                "C1", "Modification des prénom, nom ou date de naissance", "Identité à corriger",
                asks_description=True, impactful=True, hint="Renseignez les informations correctes.",
            ),
            Category(
                "C2", "Ajout ou modification du temps majoré", "Temps majoré",
                asks_description=True, hint="Précisez le temps majoré.",
            ),
            Category(
                "C4", "Était présent(e) mais a oublié de signer, ou a signé sur la mauvaise ligne",
                "Signature oubliée", asks_description=True,
            ),
            Category(FRAUD, "Suspicion de fraude", "Suspicion de fraude", impactful=True),
            Category(
                TECHNICAL, "Incident technique non bloquant", "Incident technique",
                asks_description=True, for_room=True, hint="Par exemple\u00a0: ordinateur éteint, réseau lent.",
            ),
            Category(
                "C8", "Incident lié au candidat, non bloquant", "Incident lié à l’élève", asks_description=True,
                hint="Par exemple\u00a0: sorti sous surveillance, en retard, a dû se reconnecter.",
            ),
            _question("E1", "L’image ne s’affiche pas", "Image", "image"),
            _question("E2", "Le simulateur ou l’application ne s’affiche pas", "Simulateur", "embed"),
            _question(
                "E3", "Le fichier à télécharger ne se télécharge pas ou ne s’ouvre pas", "Fichier", "file"
            ),
            _question(
                "E4", "Le site à visiter est indisponible, en maintenance ou inaccessible",
                "Site indisponible", ALWAYS,
            ),
            _question(
                "E5",
                "Le site est bloqué par les restrictions réseau de l’établissement (réseaux sociaux par exemple)",
                "Site bloqué ici", ALWAYS,
            ),
            _question(
                EXTRA_TIME_EXCEEDED,
                "Le candidat bénéficie d’un temps majoré et n’a pas pu répondre dans le temps imparti",
                "Chronométrée", ALWAYS,
            ),
            _question("E9", "Le logiciel installé sur l’ordinateur n’a pas fonctionné", "Logiciel", ALWAYS),
            _question(
                "E10",
                "Le candidat a été contraint de cliquer en dehors du cadre autorisé pour une question en mode focus",
                "Sortie du cadre (focus)", "focus",
            ),
            _question(
                "E11", "Un problème technique lié à la plateforme a empêché le candidat de répondre",
                "Plateforme", ALWAYS,
            ),
            _question(
                "E12", "Problème avec l’accessibilité de la question (daltonisme par exemple)",
                "Accessibilité", ALWAYS,
            ),
        )
    }
)  # fmt: skip


def offered_for(kinds: Iterable[str], day: date) -> list[Category]:
    """The categories among which a confirmed alert is to be put, for what the candidate said (pix.md §3.9)."""
    wanted = {ALWAYS, *kinds}
    return [one for one in CATEGORIES.values() if one.offered & wanted and one.is_valid_on(day)]


def alert_words(kinds: Iterable[str]) -> list[str]:
    """What the candidate said, in words."""
    return [ALERT_KINDS[kind] for kind in kinds if kind in ALERT_KINDS]


def usable(day: date, *, for_room: bool = False) -> list[Category]:
    """What may be written by hand on that day."""
    return [one for one in CATEGORIES.values() if one.is_valid_on(day) and (one.for_room or not for_room)]


# The report line that a kept proposal becomes; the others are no incidents.
PROPOSED: Mapping[ProposalKind, str] = MappingProxyType(
    {
        ProposalKind.TIMED_OUT: EXTRA_TIME_EXCEEDED,
        ProposalKind.EXTRA_TIME: "C2",
        ProposalKind.IDENTITY: "C1",
    }
)
