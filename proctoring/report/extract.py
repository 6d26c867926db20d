"""« Extrait individuel »: all that the journal says of one candidate, and of nobody else (I5, I7). A pure function."""

from dataclasses import dataclass, replace

from proctoring.report.content import STRANGERS, Line, Person, Report
from proctoring.report.masking import MASKED, Mask, Name
from proctoring.report.paper import facts_of, situation_of
from proctoring.report.redaction import HIDDEN_WORDS
from sessions_app.wording import NBSP

# Of the facts of the session, those that say nothing of the others.
KEPT_FACTS = frozenset(
    {"Session", "Établissement", "Lieu", "Date", "Durée du test", "Surveillants", "Remarque"}
)


@dataclass(frozen=True, slots=True)
class Extract:
    """In words, names of others masked. `own`: what he is, by name; `left_out`: addenda that do not name him."""

    report: Report
    person: Person
    facts: list[list[str]]
    own: list[list[str]]
    lines: list[Line]
    comment: str
    addenda: list[tuple[str, str]]
    notes: tuple[str, ...]
    has_comment: bool
    left_out: int
    masked: int
    same_name: bool


def extract_of(report: Report, candidate_id: int, *, hidden: int = 0) -> Extract | None:
    """None for who never was in this session. `report`: already without what copies hide, in `hidden` passages.

    The comment and an addendum are his where they name him. The free text of others stays out, theirs being not his.
    """
    person = next((one for one in (*report.people, *report.gone) if one.id == candidate_id), None)
    if person is None:
        return None
    own, others = _names(report, candidate_id)
    mask = Mask(own, others)
    lines = [
        replace(line, words=mask.applied(line.words), note=mask.applied(line.note))
        for line in report.lines_of(candidate_id)
    ]
    comment = report.comment.text if mask.names_own(report.comment.text) else ""
    named = [one for one in report.addenda if mask.names_own(one.text)]
    addenda = [
        (f"Additif n°{NBSP}{one.rank}, du {one.when}, par {one.by}", mask.applied(one.text)) for one in named
    ]
    comment, situation = mask.applied(comment), mask.applied(situation_of(person, report))
    texts = [*(line.words for line in lines), comment, *(words for _, words in addenda), situation]
    return Extract(
        report=report,
        person=person,
        facts=[pair for pair in facts_of(report) if pair[0] in KEPT_FACTS],
        own=_own(person, situation),
        lines=lines,
        comment=comment,
        addenda=addenda,
        notes=_notes(sum(text.count(HIDDEN_WORDS) for text in texts) if hidden else 0),
        has_comment=bool(report.comment.text),
        left_out=len(report.addenda) - len(addenda),
        masked=sum(text.count(MASKED) for text in texts),
        same_name=any(
            own & names for key, names in report.names.items() if key not in (candidate_id, STRANGERS)
        ),
    )


def _names(report: Report, candidate_id: int) -> tuple[frozenset[Name], frozenset[Name]]:
    """His, and those of everybody else whom the journal knows: who left the list, old spellings, who was on no list."""
    own = report.names.get(candidate_id, frozenset())
    others = {name for key, names in report.names.items() if key != candidate_id for name in names}
    return own, frozenset(others)


def _own(person: Person, situation: str) -> list[list[str]]:
    pairs = [
        ["Nom", person.last_name],
        ["Prénom", person.first_name],
        ["Né(e) le", person.birth],
        ["Classe", person.class_name],
        ["Identifiant local", person.local_id],
        ["Poste", person.workstation],
        ["Début du test", person.started],
        ["Fin du test", person.over],
        ["Situation", situation],
    ]
    return [[name, value] for name, value in pairs if value]


NOTES = (
    (
        "Cet extrait reprend tout ce que le journal de la session dit de ce candidat. Les noms des autres candidats"
        f" y sont remplacés par {MASKED}. Les surveillants et les administrateurs sont nommés\u00a0: ils agissent"
        " dans leurs fonctions."
    ),
    (
        "Une fiche séparée (code C6), s’il en existe une, n’est pas dans cet extrait\u00a0: elle se demande à"
        " la direction."
    ),
    "Une rectification se demande à l’établissement\u00a0; elle s’ajoute au procès-verbal par un additif daté.",
)


def _notes(hidden: int) -> tuple[str, ...]:
    if not hidden:
        return NOTES
    plural = "s" if hidden > 1 else ""
    many = f"{hidden} passages sont occultés" if plural else "1 passage est occulté"
    return (*NOTES, f"Ici, {many}, et remplacé{plural} par {HIDDEN_WORDS}.")
