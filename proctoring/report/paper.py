"""The report on paper: PDF/A-2a and PDF/UA-1 of the same fold that the screen shows (I2)."""

from dataclasses import dataclass, field
from datetime import datetime

from proctoring.report.content import Addendum, Line, Person, Report
from proctoring.report.seal import seal_words, verify_address, verify_link
from sessions_app.documents.content import Head
from sessions_app.documents.qr import qr_svg
from sessions_app.documents.typeset import typeset
from sessions_app.enums import SessionKind
from sessions_app.wording import (
    NBSP,
    clock_time,
    day,
    duration_words,
    in_room,
    keep_words,
    long_day,
    room_title,
    week_day,
)

REPORT, ADDENDUM = "pv", "additif"


@dataclass(frozen=True, slots=True)
class Printed:
    """A line of a table."""

    time: str
    code: str
    words: str
    note: str


@dataclass(frozen=True, slots=True)
class Named:
    """A candidate of the table; `local_id`, `birth` and `class_name` tell him apart where a letter has no glyph."""

    last_name: str
    first_name: str
    local_id: str
    birth: str
    class_name: str
    workstation: str
    started: str
    over: str
    situation: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """What both papers print of a seal; empty on a draft."""

    seal: str
    seal_title: str
    qr: str
    qr_words: str
    verify_address: str


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """The names of these fields are those that `incident-report.typ` reads."""

    head: Head
    draft: str
    facts: list[list[str]]
    course: list[Printed]
    incidents: list[Printed]
    incident_note: str
    alerts: list[Printed]
    people: list[Named]
    comment: str
    closed: str
    gaps: list[str]
    signature: str
    signed_at: str
    seal: str
    seal_title: str
    qr: str
    qr_words: str
    verify_address: str
    copy: str = ""  # of a copy: its mark, what is left out, the additions, the seal of the original
    copy_words: str = ""
    addenda: list[list[str]] = field(default_factory=list)
    original: str = ""
    template: str = REPORT


@dataclass(frozen=True, slots=True)
class AddendumSheet:
    head: Head
    rank: str
    facts: list[list[str]]
    words: str
    original: str
    seal: str
    seal_title: str
    qr: str
    qr_words: str
    verify_address: str
    template: str = ADDENDUM


def report_pdf(report: Report) -> bytes:
    """The report as a PDF; a draft says so at the top and at the foot of every page.

    The same report gives the same bytes: the date in the file is that of the closing, or of the last event.
    """
    session = report.session
    title = f"PV d’incident — session {session.number}"
    title += f" ({report.draft})" if report.draft else ""
    return typeset([sheet_of(report)], title=title, stamp=report.last_at or session.starts_at)


def addendum_pdf(report: Report, addendum: Addendum) -> bytes:
    """A paper of its own: the original never changes (I4)."""
    session = report.session
    title = f"Additif n° {addendum.rank} au PV d’incident — session {session.number}"
    sealed = _sealed(report, addendum.seal, f"Sceau de l’additif n° {addendum.rank}")
    sheet = AddendumSheet(
        head=head_of(report),
        rank=str(addendum.rank),
        facts=[
            ["Session", f"{session.number} · {session.kind}"],
            ["Écrit le", addendum.when],
            ["Par", addendum.by],
        ],
        words=addendum.text,
        original=seal_words(report.closing.seal) if report.closing is not None else "",
        seal=sealed.seal,
        seal_title=sealed.seal_title,
        qr=sealed.qr,
        qr_words=sealed.qr_words,
        verify_address=sealed.verify_address,
    )
    return typeset([sheet], title=title, stamp=addendum.at)


def facts_of(report: Report) -> list[list[str]]:
    """Name and value, as the head of page and paper show them."""
    session = report.session
    when = f"{session.date}, prévue à {session.planned}"
    when += f", lancée à {report.launched}" if report.launched else ", non lancée"
    many = len(report.people)
    candidates = f"{len(report.present)} sur {many} candidat{'s' if many > 1 else ''}"
    if report.launched_at or report.closing:
        absent, refused = len(report.absent), len(report.refused)
        candidates += f", {absent} absent{'s' if absent > 1 else ''}" if absent else ""
        candidates += f", {refused} en retard non admis" if refused else ""
    return [
        ["Session", f"{session.number} · {session.kind}"],
        ["Établissement", session.establishment],
        ["Lieu", f"{session.site}, {in_room(session.room)}"],
        ["Date", when],
        ["Durée du test", session.duration_words],
        ["Surveillants", ", ".join(str(watch) for watch in report.proctors) or "Personne n’est entré"],
        ["Consignes", f"Lues à {report.instructions}" if report.instructions else "Lecture non notée"],
        ["Présents", candidates],
        *([["Signalements", report.tally.words]] if report.tally.words else []),
        *([["Remarque", session.cancelled]] if session.cancelled else []),
    ]


def situation_of(person: Person, report: Report) -> str:
    """« Terminé par le surveillant : problème technique. Temps majoré 33 %. »."""
    if person.hidden:
        return person.hidden
    said = person.standing
    if person.unfinished:
        missing = "motif à donner" if report.closing is None else "motif non donné"
        said += f"{NBSP}: {person.reason.lower() or missing}"
    more = []
    if person.late and not person.late_refused:
        more.append(person.late[0].upper() + person.late[1:])
    if person.extra_time_percent:
        more.append(f"Temps majoré {person.extra_time_percent}{NBSP}%")
    if person.given_minutes:
        more.append(f"{person.given_minutes}{NBSP}min rendue{'s' if person.given_minutes > 1 else ''}")
    return ". ".join([said, *more])


def closed_words(report: Report) -> str:
    """When, by whom, and what was said of the attendance sheet."""
    closing = report.closing
    if closing is None:
        return ""
    sheet = "signée" if closing.attendance_signed else "non confirmée"
    return f"Session clôturée le {closing.when} par {closing.by}. Feuille d’émargement{NBSP}: {sheet}."


def sheet_of(report: Report) -> ReportSheet:
    """The paper's data; a copy takes it and says that it is one."""
    closing = report.closing
    signature = closing.signature if closing is not None else None
    seal = closing.seal if closing is not None and not report.draft else ""
    sealed = _sealed(report, seal, "Sceau de la clôture")
    return ReportSheet(
        head=head_of(report),
        draft=report.draft,
        facts=facts_of(report),
        course=printed(report.course),
        incidents=printed(report.incidents),
        incident_note=report.incident_note,
        alerts=printed(report.alerts),
        people=[_named(person, report) for person in report.people],
        comment=report.comment.text,
        closed=closed_words(report),
        gaps=list(closing.gaps) if closing is not None else [],
        signature=signature.name if signature is not None else "",
        signed_at=signature.when if signature is not None else "",
        seal=sealed.seal,
        seal_title=sealed.seal_title,
        qr=sealed.qr,
        qr_words=sealed.qr_words,
        verify_address=sealed.verify_address,
    )


def _sealed(report: Report, seal: str, title: str) -> Sealed:
    if not seal:
        return Sealed("", "", "", "", "")
    number = report.session.number
    return Sealed(
        seal=seal_words(seal),
        seal_title=title,
        qr=qr_svg(verify_link(number, seal)),
        qr_words=f"QR code de la page qui vérifie ce sceau de la session {number}",
        verify_address=verify_address(number),
    )


def head_of(report: Report) -> Head:
    """From the same facts as the rest: no row is asked for."""
    session = report.session
    local: datetime = session.starts_at.astimezone(session.zone)
    return Head(
        number=str(session.number),
        kind=session.kind,
        is_certification=session.kind == SessionKind.CERTIFICATION.label,
        establishment=session.establishment,
        site=session.site,
        room=session.room,
        room_words=room_title(session.room),
        proctors=", ".join(watch.name for watch in report.proctors),
        date=long_day(local.date()),
        week_day=week_day(local.date()),
        short_date=day(local.date()),
        hour=clock_time(local),
        duration=duration_words(session.duration),
        keep=keep_words(session.retention_years),
        logo_words="",  # the report of an incident is no letter of the school
    )


def printed(lines: list[Line]) -> list[Printed]:
    return [Printed(line.time, line.code, line.words, line.note) for line in lines]


def _named(person: Person, report: Report) -> Named:
    return Named(
        last_name=person.last_name,
        first_name=person.first_name,
        local_id=person.local_id,
        birth=person.birth,
        class_name=person.class_name,
        workstation=person.workstation,
        started=person.started,
        over=person.over,
        situation=situation_of(person, report),
    )
