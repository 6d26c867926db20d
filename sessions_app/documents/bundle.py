"""Papers of one session or of many: one PDF a paper, one PDF of all, or one ZIP (P8)."""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.text import slugify
from zipstream import ZipStream

from pixsurv.kernel.identity import fold
from sessions_app.documents import data
from sessions_app.documents.content import Part
from sessions_app.documents.papers import Paper
from sessions_app.documents.school import School, school_of
from sessions_app.documents.typeset import Replaced, replaced_in, typeset
from sessions_app.models import Candidate, Session
from sessions_app.wording import in_room

WARNINGS = "avertissements.txt"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A session, its candidates in the order of the list (R5), and what its school prints on every paper."""

    session: Session
    candidates: list[Candidate]
    school: School


@dataclass(frozen=True, slots=True)
class Wish:
    """Which papers, and in which order the convocations come."""

    papers: Sequence[Paper]
    by_class: bool = False


def chosen(sessions: Iterable[Session]) -> list[Chosen]:
    """The sessions in room order, with their candidates in one query and each school once."""
    ordered = sorted(sessions, key=_room_order)
    schools = {session.establishment_id: session.establishment for session in ordered}
    facts = {pk: school_of(establishment) for pk, establishment in schools.items()}
    lists: dict[int, list[Candidate]] = {session.pk: [] for session in ordered}
    for candidate in Candidate.objects.filter(session__in=lists).order_by("sort_key", "pk"):
        lists[candidate.session_id].append(candidate)
    return [Chosen(session, lists[session.pk], facts[session.establishment_id]) for session in ordered]


def one_paper(paper: Paper, one: Chosen, *, by_class: bool = False) -> bytes:
    """One paper of one session."""
    wish = Wish([paper], by_class)
    title = f"{paper.label} — session {one.session.number}"
    parts = list(_parts(wish, [one]))
    return typeset(parts, title=title, stamp=one.session.created_at, logo=one.school.logo)


def archived_paper(paper: Paper, one: Chosen, *, now: datetime) -> bytes:
    """A kit without its secrets, or an attendance sheet that says when it was printed again (I5)."""
    part: Part = (
        data.struck_kit(one.session, one.candidates, one.school)
        if paper == Paper.KIT
        else data.reissued_attendance(one.session, one.candidates, now)
    )
    title = f"{paper.label}, archives — session {one.session.number}"
    return typeset([part], title=title, stamp=now, logo=one.school.logo)


def merged(wish: Wish, some: Sequence[Chosen]) -> bytes:
    """One PDF in room order: all papers of a room follow one another, each with its own page numbers."""
    title = f"Documents de {len(some)} session{'s' if len(some) > 1 else ''}"
    stamp = max(one.session.created_at for one in some)
    parts = list(_parts(wish, some))
    # One document has one logo: a choice of papers is of one school.
    return typeset(parts, title=title, stamp=stamp, logo=some[0].school.logo, apart=len(some) > 1)


def pages_of(wish: Wish, some: Sequence[Chosen]) -> int:
    """About how many pages these papers take; very long names may add a few."""

    a_page = {
        Paper.ATTENDANCE: data.PER_PAGE,
        Paper.FALLBACK: 14,
        Paper.INVITATIONS: 2,
        Paper.SCHOOL_OFFICE: 30,
    }
    fixed = {Paper.KIT: 2, Paper.BLANK_REPORT: 1}
    return sum(
        fixed.get(paper) or max(1, -(-len(one.candidates) // a_page[paper]))
        for one in some
        for paper in wish.papers
    )


def archive(wish: Wish, some: Sequence[Chosen]) -> Iterator[bytes]:
    """A ZIP while it is made: a folder a session, in room order; the list for the vie scolaire once for all.

    Each paper leaves as soon as it is set: the first byte comes after the first one, what the browser counts is what
    is done, and neither memory nor disk grows with the number of sessions.
    """
    stream = ZipStream()
    with TemporaryDirectory(prefix="pixsurv-") as folder:
        for name, path in _written(wish, some, Path(folder)):
            stream.add_path(path, name)
            yield from stream.file()
            path.unlink()
    yield from stream.finalize()


def file_name(paper: Paper, session: Session) -> str:
    """« kit-surveillant-salle-b12-session-417230.pdf »."""
    return f"{paper.stem}-{_place(session)}session-{session.number}.pdf"


def _written(wish: Wish, some: Sequence[Chosen], folder: Path) -> Iterator[tuple[str, Path]]:
    """Each paper, made and written: its name in the ZIP, and where it is."""
    warnings: list[str] = []
    for rank, one in enumerate(some, start=1):
        session = one.session
        place = f"{rank:03d}-{_place(session)}session-{session.number}"
        replaced: dict[str, Replaced] = {}
        for paper in wish.papers:
            if paper == Paper.SCHOOL_OFFICE:
                continue
            part = _part(paper, one, by_class=wish.by_class)
            replaced |= {found.who: found for found in replaced_in(part)}
            title = f"{paper.label} — session {session.number}"
            made = typeset([part], title=title, stamp=session.created_at, logo=one.school.logo)
            path = _write(folder / f"{rank}-{paper.value}.pdf", made, session)
            yield f"{place}/{paper.stem}.pdf", path
        warnings += [
            f"Session {session.number}, {in_room(session.room)}\u00a0: {found.sentence}"
            for found in replaced.values()
        ]
    if Paper.SCHOOL_OFFICE in wish.papers:
        whole = merged(Wish([Paper.SCHOOL_OFFICE]), some)
        yield f"{Paper.SCHOOL_OFFICE.stem}.pdf", _write(folder / "office.pdf", whole, some[0].session)
    if warnings:
        text = "\r\n".join([_WHY, "", *warnings, ""]).encode("utf-8-sig")
        yield WARNINGS, _write(folder / WARNINGS, text, some[0].session)


_WHY = "Ces noms contiennent des caractères que les documents ne savent pas imprimer\u00a0: ils y sont remplacés par □."


def _write(path: Path, content: bytes, session: Session) -> Path:
    """Dated like its session, so that the same papers make the same ZIP."""
    path.write_bytes(content)
    stamp = session.created_at.timestamp()
    os.utime(path, (stamp, stamp))
    return path


def _parts(wish: Wish, some: Sequence[Chosen]) -> Iterator[Part]:
    for one in some:
        for paper in wish.papers:
            if paper != Paper.SCHOOL_OFFICE:
                yield _part(paper, one, by_class=wish.by_class)
    if Paper.SCHOOL_OFFICE in wish.papers:
        yield data.school_office((one.session, one.candidates) for one in some)


def _part(paper: Paper, one: Chosen, *, by_class: bool) -> Part:
    session, candidates = one.session, one.candidates
    if paper == Paper.KIT:
        return data.kit(session, candidates, one.school)
    if paper == Paper.INVITATIONS:
        return data.invitations(session, candidates, by_class=by_class)
    simple: dict[Paper, Callable[[Session, list[Candidate]], Part]] = {
        Paper.ATTENDANCE: data.attendance,
        Paper.FALLBACK: data.fallback,
        Paper.BLANK_REPORT: data.blank_report,
    }
    return simple[paper](session, candidates)


def _place(session: Session) -> str:
    """« salle-b12- », or nothing for a room whose name has no plain letter."""
    room = slugify(session.room)[:40].strip("-")
    return f"{'' if room.startswith('salle') else 'salle-'}{room}-" if room else ""


def _room_order(session: Session) -> tuple[object, ...]:
    """B2 before B12; in one room, by hour."""
    pieces = re.findall(r"\d+|\D+", session.room)
    room = [(0, int(piece), "") if piece.isdecimal() else (1, 0, fold(piece)) for piece in pieces]
    return (room, session.starts_at, session.number)
