"""What a slip and its certificate say, in words: the same on the page, on paper and in the spreadsheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from proctoring.archives.retention.boxes import boxes_of
from proctoring.enums import SlipKind
from proctoring.models import Elimination, EliminationSlip
from proctoring.selectors.retention import had_tests, lines_of, term_of
from sessions_app.enums import SessionKind
from sessions_app.models import Pupil, Session
from sessions_app.models.pupil import school_year_words
from sessions_app.models.stored_file import FilePurpose
from sessions_app.wording import NBSP, clock_time, day, room_title

NATURE = {
    SlipKind.ARCHIVES: "Procès-verbaux d’incident et additifs, feuilles d’émargement et pièces numérisées, journaux,"
    " listes et données des candidats des sessions de certification Pix",
    SlipKind.WORKING: "Listes de candidats, journaux et réponses de certifications blanches et de séances qui n’ont"
    " pas eu lieu\u00a0: documents de travail sans valeur de preuve",
    SlipKind.PUPILS: "Liste d’élèves de l’année scolaire, recopiée des logiciels de l’établissement pour inscrire les"
    " candidats\u00a0: document de travail",
}
GROUND = {
    SlipKind.ARCHIVES: [
        (
            "Code du patrimoine, articles L. 212-2, L. 212-3 et R. 212-14\u00a0: les archives publiques ne s’éliminent"
            " qu’avec le visa de la personne chargée du contrôle scientifique et technique de l’État sur les archives."
        ),
        (
            "Instruction DAF DPACI/RES/2005/003 du 22 février 2005\u00a0: tri et conservation des archives des"
            " établissements d’enseignement."
        ),
        "Règlement (UE) 2016/679 (RGPD), article 5, paragraphe 1, point e\u00a0: conservation limitée.",
    ],
    SlipKind.WORKING: [
        (
            "Règlement (UE) 2016/679 (RGPD), article 5, paragraphe 1, point e\u00a0: conservation limitée."
            " Ces documents de travail se suppriment à la fin de l’année scolaire, sans visa."
        )
    ],
    SlipKind.PUPILS: [
        (
            "Règlement (UE) 2016/679 (RGPD), article 5, paragraphe 1, point e\u00a0: conservation limitée."
            " Cette copie se supprime à la fin de l’année scolaire, sans visa."
            " L’original est dans les logiciels de l’établissement."
        )
    ],
}
SERVICE = "Secrétariat de scolarité"


@dataclass(frozen=True, slots=True)
class Row:
    """One session of a slip, in words."""

    number: int
    day: date | None
    date: str
    place: str
    nature: str
    candidates: int
    term: str
    box: str
    done: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """What the certificate says of one eliminated session."""

    number: str
    date: str
    place: str
    candidates: int
    present: int
    incidents: str
    files: list[list[str]]
    events: int
    seal: str
    head: str


@dataclass(frozen=True, slots=True)
class Content:
    slip: EliminationSlip
    rows: list[Row]
    proofs: list[Proof]
    candidates: int
    pupils: int

    @property
    def size(self) -> int:
        """What must be typed to eliminate: sessions, or pupils."""
        return self.pupils if self.slip.kind == SlipKind.PUPILS else len(self.rows)

    @property
    def size_words(self) -> str:
        if self.slip.kind == SlipKind.PUPILS:
            return _many(self.pupils, "élève")
        return f"{_many(len(self.rows), 'session')}, {_many(self.candidates, 'candidat')}"

    @property
    def left(self) -> int:
        return sum(not row.done for row in self.rows)

    @property
    def extremes(self) -> str:
        """« 10/03/2021 – 12/06/2021 »."""
        if self.slip.school_year is not None:
            return f"année scolaire {school_year_words(self.slip.school_year)}"
        days = [row.day for row in self.rows if row.day is not None]
        if not days:
            return "—"
        first, last = day(min(days)), day(max(days))
        return first if first == last else f"{first} – {last}"

    @property
    def boxes(self) -> str:
        found = dict.fromkeys(row.box for row in self.rows if row.box)
        return ", ".join(found) or "non renseignées"

    @property
    def kept(self) -> str:
        """How long they had to be kept."""
        if not self.slip.needs_visa:
            return "jusqu’à la fin de l’année scolaire"
        years = self.slip.establishment.retention_years
        return f"{_many(years, 'an')} à compter de la date de la session"


def content_of(slip: EliminationSlip) -> Content:
    lines = lines_of(slip)
    boxes = boxes_of([line.session for line in lines if line.session is not None])
    rows = [_row(line, boxes) for line in lines]
    proofs = [_proof(line) for line in lines if line.eliminated_at is not None]
    pupils = slip.pupils or 0
    if slip.school_year is not None and slip.pupils is None:
        pupils = Pupil.objects.filter(
            establishment_id=slip.establishment_id, school_year=slip.school_year
        ).count()
    return Content(slip, rows, proofs, sum(row.candidates for row in rows), pupils)


def facts_of(content: Content) -> list[list[str]]:
    """Name and value, at the head of page, paper and spreadsheet."""
    slip = content.slip
    facts = [
        ["Établissement", slip.school],
        ["Service", SERVICE],
        ["Documents", NATURE[SlipKind(slip.kind)]],
        ["Dates extrêmes", content.extremes],
        ["Nombre", content.size_words],
    ]
    if slip.needs_visa:
        facts.append(["Boîtes ou cotes", content.boxes])
    facts += [
        ["Conservés", content.kept],
        ["Préparé le", f"{moment(slip, slip.drafted_at)} par {slip.drafted_by}"],
    ]
    if slip.visa_on is not None:
        facts.append(["Visa", visa_words(slip)])
    if slip.cancelled_at is not None:
        by = f" par {slip.cancelled_by}" if slip.cancelled_by else ""
        facts.append(["Annulé le", f"{moment(slip, slip.cancelled_at)}{by}"])
    if slip.done_at is not None:
        facts.append(["Éliminé le", f"{moment(slip, slip.done_at)} par {slip.started_by}"])
    return facts


def visa_words(slip: EliminationSlip) -> str:
    """« AD 99/2026-14 du 12/10/2026 », or that none is needed."""
    if slip.visa_on is None:
        return "sans visa"
    return f"{slip.visa_reference} du {day(slip.visa_on)}"


def moment(slip: EliminationSlip, instant: datetime) -> str:
    """« 26/11/2026 à 10h05 », at the clock of the school."""
    local = instant.astimezone(slip.establishment.zone)
    return f"{day(local.date())} à {clock_time(local)}"


def _row(line: Elimination, boxes: dict[int, str]) -> Row:
    session = line.session
    if session is None:
        return Row(line.number, None, "—", "supprimée depuis", "—", 0, "—", "", done=True)
    held = session.local(session.starts_at).date()
    counted = line.counts.get("candidates") if line.eliminated_at else None
    enrolled = counted if counted is not None else getattr(session, "enrolled", 0)
    term = day(term_of(session)[0]) if line.eliminated_at is None else ""
    nature = _nature(session)
    return Row(
        number=line.number,
        day=held,
        date=day(held),
        place=f"{session.site}, {room_title(session.room)}",
        nature=nature,
        candidates=enrolled,
        term=term,
        box=boxes.get(session.pk, ""),
        done=line.eliminated_at is not None,
    )


def _nature(session: Session) -> str:
    kind = SessionKind(session.kind).label
    return kind if session.closed_at or had_tests(session) else f"{kind}, n’a pas eu lieu"


def _proof(line: Elimination) -> Proof:
    session = line.session
    counts = line.counts
    incidents = counts.get("incidents", {})
    return Proof(
        number=str(line.number),
        date=day(session.local(session.starts_at).date()) if session else "—",
        place=f"{session.site}, {room_title(session.room)}" if session else "—",
        candidates=counts.get("candidates", 0),
        present=counts.get("present", 0),
        incidents=", ".join(f"{code}{NBSP}×{NBSP}{number}" for code, number in sorted(incidents.items()))
        or "aucun",
        files=[_file(file) for file in line.files],
        events=line.events,
        seal=line.seal,
        head=line.head,
    )


def _file(file: dict[str, object]) -> list[str]:
    """« PV d’incident scellé, 69 929 octets », and its SHA-256."""
    label = FilePurpose(str(file["purpose"])).label
    size = f"{file['size']:,}".replace(",", NBSP)
    return [f"{label}, {size}{NBSP}octets", str(file["sha256"])]


def totals_of(proofs: Sequence[Proof]) -> str:
    """« 280 candidats, 266 présents »."""
    present = sum(proof.present for proof in proofs)
    return f"{_many(sum(proof.candidates for proof in proofs), 'candidat')}, {_many(present, 'présent')}"


def _many(number: int, word: str) -> str:
    """French plural: 0 and 1 are singular."""
    return f"{number}{NBSP}{word}{'s' if number > 1 else ''}"
