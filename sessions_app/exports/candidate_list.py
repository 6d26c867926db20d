"""The files of the « Candidats » pages: a list to fill in, and an import report to give to somebody else."""

from sessions_app.exports.ods import Column, Look, Percent, Title, Value, write_ods
from sessions_app.imports.judging import Problem
from sessions_app.models import Candidate, Session

EMPTY_ROWS = 20  # as the list of Pix Certif
TITLES = (
    "* Nom de naissance",
    "* Prénom",
    "* Date de naissance (format\u00a0: jj/mm/aaaa)",
    "Classe",
    "Identifiant local",
    "Temps majoré\u00a0?",
)


def list_file(session: Session, candidates: list[Candidate]) -> bytes:
    """« Télécharger la liste (.ods) »: the session above, the titles, the candidates, empty rows (P5)."""
    starts = session.local(session.starts_at)
    above: list[list[Value]] = [
        [Title("Liste des candidats")],
        [Title("N° de session"), str(session.number)],
        [Title("Date"), starts.date()],
        [Title("Heure locale (début)"), f"{starts:%Hh%M}"],
        [Title("Nom du site"), session.site],
        [Title("Nom de la salle"), session.room],
        [Title("Session surveillée par"), session.proctor_names],
        [],
        [Title(text) for text in TITLES],
    ]
    people: list[list[Value]] = [
        [
            one.last_name,
            one.first_name,
            one.birth_date,
            one.class_name,
            one.local_id,
            Percent(one.extra_time_percent) if one.extra_time_percent else None,
        ]
        for one in candidates
    ]
    empty: list[list[Value]] = [[None] * len(TITLES) for _ in range(EMPTY_ROWS)]
    columns = [
        Column(50),
        Column(45),
        Column(42, Look.DATE),
        Column(25),
        Column(40),
        Column(30, Look.PERCENT),
    ]
    return write_ods("Candidats", columns, [*above, *people, *empty])


def report_file(problems: list[Problem]) -> bytes:
    """« Télécharger ce rapport »: one line a problem."""
    titles = ("Niveau", "Ligne", "Colonne", "Champ", "Lu", "Constat", "À faire")
    rows: list[list[Value]] = [[Title(text) for text in titles]]
    rows += [
        [
            "Erreur" if one.blocks else "Avertissement",
            one.line,
            one.column,
            one.field,
            one.read,
            one.fact,
            one.todo,
        ]
        for one in problems
    ]
    columns = [Column(28), Column(15), Column(18), Column(40), Column(55), Column(110), Column(110)]
    return write_ods("Rapport d’import", columns, rows)
