"""The table of checks (P7): what each is called, how urgent it is, what to do, and when it tells something.

A new check is a line here: nothing else knows the kinds.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from django.urls import reverse

from sessions_app.enums import SignInMode
from sessions_app.pupils.wording import certifiable_words
from sessions_app.readiness.facts import CandidateFacts, SchoolFacts, SessionFacts
from sessions_app.wording import NBSP, clock_time, in_room


class Urgency(Enum):
    """In this order on the page; the second word is the colour of its badge."""

    BLOCKING = ("Bloquant", "rouge", "interdit")
    SOON = ("À régler", "jaune", "alerte")
    LATER = ("À vérifier", "gris", "info")

    def __init__(self, label: str, colour: str, icon: str) -> None:
        self.label, self.colour, self.icon = label, colour, icon


@dataclass(frozen=True, slots=True)
class Link[Facts]:
    """Where something is done about it."""

    words: str
    address: Callable[[Facts], str]


@dataclass(frozen=True, slots=True)
class Check[Facts]:
    """`tells` says what is wrong with these facts, or None; `each` is a link a finding, `for_all` one for all."""

    code: str
    urgency: Urgency
    label: str
    todo: str
    tells: Callable[[Facts], str | None]
    each: Link[Facts] | None = None
    for_all: Link[Facts] | None = None


def _when[Facts](wrong: Callable[[Facts], bool], words: str = "") -> Callable[[Facts], str | None]:
    return lambda facts: words if wrong(facts) else None


def _of_session(name: str) -> Callable[[SessionFacts], str]:
    return lambda facts: reverse(f"establishment:{name}", args=[facts.session.number])


def _of_school(path: str) -> Callable[[SchoolFacts], str]:
    return lambda facts: _area(path, facts.establishment.pk)


def _for_session(name: str) -> Callable[[CandidateFacts], str]:
    return lambda facts: reverse(f"establishment:{name}", args=[facts.session.number])


def _for_candidate(name: str) -> Callable[[CandidateFacts], str]:
    return lambda facts: reverse(f"establishment:{name}", args=[facts.session.number, facts.candidate.pk])


def _in_list(facts: CandidateFacts) -> str:
    address = reverse("establishment:candidates", args=[facts.session.number])
    return f"{address}#candidat-{facts.candidate.pk}"


def _pupils(facts: CandidateFacts) -> str:
    return _area("eleves/", facts.session.establishment_id)


def _area(path: str, establishment_id: int) -> str:
    """A page that contract.md promises under /etablissement/."""
    return f"{reverse('establishment:home')}{path}?etablissement={establishment_id}"


def _too_many(facts: SessionFacts) -> str | None:
    if facts.seats is None or facts.enrolled <= facts.seats:
        return None
    return f"{facts.enrolled} candidats pour {facts.seats} postes, hors secours"


def _elsewhere(facts: CandidateFacts) -> str | None:
    others = [
        f"session {other.number}, {in_room(other.room)}, {clock_time(other.local(other.starts_at))}"
        for other in facts.elsewhere
    ]
    return "aussi " + "\u00a0; ".join(others) if others else None


def _not_certifiable(facts: CandidateFacts) -> str | None:
    return certifiable_words(facts.competences) if facts.certifiable is False else None


def extra_time_differs(facts: CandidateFacts) -> str | None:
    """Both ways: the list of the year says more, or less, than the list of the session."""
    if facts.pupil is None or facts.pupil.extra_time_percent == facts.candidate.extra_time_percent:
        return None
    here, year = facts.candidate.extra_time_percent, facts.pupil.extra_time_percent
    return f"{_percent(year)} dans l’année, {_percent(here)} ici"


def profile_differs(facts: CandidateFacts) -> str | None:
    """The list of the year knows more of his profile than what was copied when he was enrolled."""
    candidate, told = facts.candidate, []
    if candidate.became_certifiable_at is None and candidate.certifiable_competences != facts.competences:
        year, here = (
            certifiable_words(facts.competences),
            certifiable_words(candidate.certifiable_competences),
        )
        told.append(f"«{NBSP}{year}{NBSP}» dans l’année, «{NBSP}{here}{NBSP}» ici")
    if candidate.sign_in_mode != facts.sign_in_mode:
        told.append(f"se connecte par «{NBSP}{SignInMode(facts.sign_in_mode).label}{NBSP}»")
    return "\u00a0; ".join(told) or None


def _percent(value: int) -> str:
    return f"{value}{NBSP}%" if value else "aucun"


SCHOOL: tuple[Check[SchoolFacts], ...] = (
    Check(
        code="contacts",
        urgency=Urgency.SOON,
        label="Aucun contact «\u00a0Qui appeler\u00a0»",
        todo="Dites qui appeler pour l’ordinateur, l’ENT, l’aide Pix, la direction\u00a0:"
        " le kit et la salle le montrent.",
        tells=_when(lambda school: not school.has_contacts),
        each=Link("Ajouter les contacts", _of_school("reglages/")),
    ),
    Check(
        code="invitation",
        urgency=Urgency.SOON,
        label="Invitation sans réponse",
        todo="Relancez la personne, donnez-lui le lien vous-même, ou annulez l’invitation.",
        tells=lambda school: ", ".join(school.invited) or None,
        each=Link("Voir les invitations", _of_school("equipe/")),
    ),
)

SESSION: tuple[Check[SessionFacts], ...] = (
    Check(
        code="no_candidates",
        urgency=Urgency.BLOCKING,
        label="Aucun candidat",
        todo="Inscrivez les candidats depuis les élèves ou un fichier, ou annulez la séance.",
        tells=_when(lambda facts: facts.enrolled == 0),
        each=Link("Inscrire des candidats", _of_session("candidates")),
    ),
    Check(
        code="too_many",
        urgency=Urgency.BLOCKING,
        label="Plus de candidats que de postes",
        todo="Ajoutez des postes, changez de salle, ou déplacez des élèves dans une autre séance.",
        tells=_too_many,
        each=Link("Modifier la session", _of_session("change")),
    ),
    Check(
        code="no_proctor",
        urgency=Urgency.SOON,
        label="Pas de surveillant",
        todo="Notez qui surveille\u00a0: son nom est sur le kit et sur le planning.",
        tells=_when(lambda facts: not facts.session.proctor_names),
        each=Link("Nommer les surveillants", _of_session("change")),
    ),
    Check(
        code="workstations_unknown",
        urgency=Urgency.LATER,
        label="Nombre de postes inconnu",
        todo="Dites combien la salle a de postes\u00a0: sinon, rien ne prévient d’une salle trop petite.",
        tells=_when(lambda facts: facts.session.workstations is None),
        each=Link("Modifier la session", _of_session("change")),
    ),
)

CANDIDATE: tuple[Check[CandidateFacts], ...] = (
    Check(
        code="overlap",
        urgency=Urgency.BLOCKING,
        label="Inscrit dans deux séances à la fois",
        todo="Gardez l’élève dans une seule des deux\u00a0: retirez-le de l’autre liste.",
        tells=_elsewhere,
        each=Link("Retirer d’ici", _for_candidate("remove_candidate")),
    ),
    Check(
        code="not_certifiable",
        urgency=Urgency.BLOCKING,
        label="Pas encore certifiable",
        todo="L’entrée dans le test sera refusée. Faites-lui suivre le parcours SOS avant la séance, ou retirez-le.",
        tells=_not_certifiable,
        each=Link("Voir dans la liste", _in_list),
    ),
    Check(
        code="extra_time",
        urgency=Urgency.SOON,
        label="Temps majoré différent de la liste de l’année",
        todo="Reprenez celui de l’année\u00a0; s’il est faux, corrigez d’abord la fiche de l’élève.",
        tells=extra_time_differs,
        each=Link("Reprendre le temps majoré de l’année", _for_candidate("take_extra_time_of")),
        for_all=Link("Reprendre pour tous", _for_session("take_extra_time")),
    ),
    Check(
        code="profile",
        urgency=Urgency.SOON,
        label="Profil plus récent dans la liste de l’année",
        todo="Reprenez-le\u00a0: c’est le profil noté ici qui décide de l’entrée dans le test.",
        tells=profile_differs,
        for_all=Link("Reprendre les profils de l’année", _for_session("take_profiles")),
    ),
    Check(
        code="never_connected",
        urgency=Urgency.SOON,
        label="Jamais connecté à Pix",
        todo="Prévoyez le parcours SOS avant la séance, avec un ordinateur et le mode d’emploi de la connexion.",
        tells=_when(lambda facts: facts.sign_in_mode == SignInMode.NEVER, "parcours SOS"),
        each=Link("Voir dans la liste", _in_list),
    ),
    Check(
        code="not_verified",
        urgency=Urgency.SOON,
        label="Profil non vérifié",
        todo="Complétez la liste des élèves avec l’export de la campagne Pix Orga.",
        tells=_when(lambda facts: facts.certifiable is None),
        for_all=Link("Compléter les élèves", _pupils),
    ),
    Check(
        code="not_used_pix",
        urgency=Urgency.LATER,
        label="N’a pas utilisé Pix cette année",
        todo="Faites-lui envoyer son profil\u00a0: il vérifie ainsi qu’il sait se connecter.",
        tells=_when(lambda facts: facts.sent_profile is False),
        for_all=Link("Voir les élèves", _pupils),
    ),
    Check(
        code="sign_in_unknown",
        urgency=Urgency.LATER,
        label="Mode de connexion inconnu",
        todo="Demandez comment l’élève se connecte à Pix\u00a0: le jour même, il faut savoir l’aider.",
        tells=_when(lambda facts: facts.sign_in_mode == SignInMode.UNKNOWN),
        for_all=Link("Compléter les élèves", _pupils),
    ),
)
