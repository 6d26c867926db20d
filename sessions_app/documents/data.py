"""What each paper says, as plain data: one selector a paper. No query runs after these return."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse

from pixsurv.kernel import crypto
from sessions_app.class_names import class_key
from sessions_app.documents.content import (
    Attendance,
    BlankReport,
    Fallback,
    Head,
    Invitations,
    Invited,
    Kit,
    OfficeDay,
    Person,
    Pupil,
    SchoolOffice,
    Step,
    Timed,
)
from sessions_app.documents.crowding import day_lines, facts_lines
from sessions_app.documents.papers import CODES
from sessions_app.documents.qr import qr_svg
from sessions_app.documents.school import School
from sessions_app.enums import SessionKind, SignInMode
from sessions_app.models import Candidate, Session
from sessions_app.rules import PREPARATION, deadline, extra_minutes
from sessions_app.selectors.kit import kit_mark
from sessions_app.wording import (
    clock_time,
    day,
    duration_words,
    keep_words,
    long_day,
    room_title,
    week_day,
)

PER_PAGE = 20
REPORT_LINES = 12
ONE_THIRD = 33  # the usual extra time, in percent (R13)
LINES_AT_MOST = 8  # of the observations, on the kit
UNREADABLE = "Illisible\u00a0: donnez un nouveau mot de passe à la session."
TAKEN_OUT = "Retiré\u00a0: cette session est terminée."
STRUCK = "Rayé\u00a0: les archives ne gardent pas les secrets."


def kit(session: Session, candidates: Sequence[Candidate], school: School) -> Kit:
    """The seed's three numbers, the address with the number filled in, the day in five steps, whom to call."""
    password, note = _password(session)
    address = settings.PUBLIC_URL + reverse("room:login")
    steps = _steps(session, candidates)
    words = head(session)
    observations = _few_lines(session.observations)
    filled_in = urlencode({"session": session.number, "kit": kit_mark(session)})
    return Kit(
        head=words,
        password=password,
        password_note=note,
        access_code=session.access_code,
        candidates=len(candidates),
        workstations=_workstations(session),
        observations=observations,
        address=address,
        qr=qr_svg(f"{address}?{filled_in}"),
        qr_words="QR code de la page «\u00a0Surveiller une session\u00a0»,"
        f" avec le numéro {session.number} déjà rempli",
        steps=steps,
        help=school.help,
        callers=school.callers,
        callers_more=school.callers_more,
        codes=_codes(),
        first_lines=facts_lines(
            words.establishment, words.room_words, words.site, words.room, words.proctors, observations
        ),
        second_lines=day_lines(steps, school.help, school.callers),
    )


def struck_kit(session: Session, candidates: Sequence[Candidate], school: School) -> Kit:
    """The kit of a session that is over, without password, access code and mark (I5): nothing is unsealed for it."""
    address = settings.PUBLIC_URL + reverse("room:login")
    return replace(
        kit(session, candidates, school),
        password="",
        password_note=STRUCK,
        access_code="",
        access_code_note=STRUCK,
        qr=qr_svg(f"{address}?{urlencode({'session': session.number})}"),
    )


def reissued_attendance(session: Session, candidates: Sequence[Candidate], now: datetime) -> Attendance:
    """The list as it stands, and that it is not the sheet which was signed."""
    local = session.local(now)
    words = f"Réédité le {day(local.date())} à {clock_time(local)}. Ce n’est pas la feuille signée."
    return replace(attendance(session, candidates), note=words)


def attendance(session: Session, candidates: Sequence[Candidate]) -> Attendance:
    """Twenty a page; a class, else a local identifier; neither extra time nor e-mail."""
    people = _people(candidates)
    classes = any(person.class_name for person in people)
    local_ids = any(not person.class_name and person.local_id for person in people)
    label = {
        (True, True): "Classe ou identifiant",
        (False, True): "Identifiant local",
    }.get((classes, local_ids), "Classe")
    pages = [people[at : at + PER_PAGE] for at in range(0, len(people), PER_PAGE)]
    return Attendance(head=head(session), group_label=label, pages=pages, total=len(people))


def fallback(session: Session, candidates: Sequence[Candidate]) -> Fallback:
    """For the hour when nothing answers: who ends when, for a test begun on time or after the preparation."""
    starts = [session.starts_at, session.starts_at + PREPARATION]
    people = [
        Timed(
            person=person,
            time=_time(session, candidate),
            ends=[clock_time(session.local(_end(session, candidate, start))) for start in starts],
        )
        for person, candidate in zip(_people(candidates), candidates, strict=True)
    ]
    return Fallback(
        head=head(session),
        access_code=session.access_code,
        starts=[clock_time(session.local(start)) for start in starts],
        people=people,
    )


def blank_report(session: Session, candidates: Sequence[Candidate]) -> BlankReport:
    """The paper form of the report: the data of the room, twelve empty lines, the codes."""
    return BlankReport(head=head(session), lines=REPORT_LINES, codes=_codes())


def invitations(session: Session, candidates: Sequence[Candidate], *, by_class: bool = False) -> Invitations:
    """Two a sheet, by name; by class where a teacher hands them out."""
    if by_class:
        candidates = sorted(candidates, key=lambda found: (class_key(found.class_name), found.sort_key))
    people = [
        Invited(
            person=person,
            time=_time(session, candidate),
            extra_time=_extra_time(session, candidate),
            sign_in=SignInMode(candidate.sign_in_mode).label if candidate.sign_in_mode in _KNOWN else "",
        )
        for person, candidate in zip(_people(candidates), candidates, strict=True)
    ]
    return Invitations(head=head(session), people=people)


def school_office(sessions: Iterable[tuple[Session, Sequence[Candidate]]]) -> SchoolOffice:
    """Who is missing from which class, when, and where he is; by day, then by class."""
    days: dict[datetime, list[tuple[Session, Candidate]]] = {}
    chosen = sorted(sessions, key=lambda pair: (pair[0].starts_at, pair[0].number))
    for session, candidates in chosen:
        midnight = session.local(session.starts_at).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        days.setdefault(midnight, []).extend((session, candidate) for candidate in candidates)
    first = chosen[0][0]
    numbers = [session.number for session, _ in chosen]
    return SchoolOffice(
        establishment=first.establishment.name,
        label=f"Session {numbers[0]}" if len(numbers) == 1 else f"{len(numbers)} sessions",
        days=[
            OfficeDay(
                date=week_day(midnight.date()),
                kinds=sorted({session.get_kind_display() for session, _ in chosen if _on(session, midnight)}),
                pupils=[_pupil(session, candidate) for session, candidate in sorted(pairs, key=_office_key)],
            )
            for midnight, pairs in days.items()
        ],
    )


def head(session: Session) -> Head:
    local = session.local(session.starts_at)
    return Head(
        number=str(session.number),
        kind=session.get_kind_display(),
        is_certification=session.kind == SessionKind.CERTIFICATION,
        establishment=session.establishment.name,
        site=session.site,
        room=session.room,
        room_words=room_title(session.room),
        proctors=session.proctor_names,
        date=long_day(local.date()),
        week_day=week_day(local.date()),
        short_date=day(local.date()),
        hour=clock_time(local),
        duration=duration_words(session.duration),
        keep=keep_words(session.establishment.retention_years),
        logo_words=f"Logo\u00a0: {session.establishment.name}",
    )


_KNOWN = {mode.value for mode in SignInMode} - {SignInMode.UNKNOWN.value}


def _password(session: Session) -> tuple[str, str]:
    """The password in the clear, or why it is not there: a finished room is not opened with paper."""
    if session.is_over:
        return "", TAKEN_OUT
    try:
        return session.password(), ""
    except crypto.Unreadable:
        return "", UNREADABLE


def _people(candidates: Iterable[Candidate]) -> list[Person]:
    return [
        Person(
            rank=rank,
            last_name=candidate.last_name.upper(),
            first_name=candidate.first_name,
            birth=day(candidate.birth_date),
            class_name=candidate.class_name,
            local_id=candidate.local_id,
            group=candidate.class_name or candidate.local_id,
        )
        for rank, candidate in enumerate(candidates, start=1)
    ]


def _pupil(session: Session, candidate: Candidate) -> Pupil:
    return Pupil(
        class_name=candidate.class_name,
        last_name=candidate.last_name.upper(),
        first_name=candidate.first_name,
        hour=clock_time(session.local(session.starts_at)),
        room=session.room,
        local_id=candidate.local_id,
    )


def _end(session: Session, candidate: Candidate, start: datetime) -> datetime:
    return deadline(
        started_at=start,
        duration=session.duration,
        extra_percent=candidate.extra_time_percent,
        given_minutes=0,
    )


def _time(session: Session, candidate: Candidate) -> str:
    return duration_words(session.duration + extra_minutes(session.duration, candidate.extra_time_percent))


def _extra_time(session: Session, candidate: Candidate) -> str:
    """« 35 min », or nothing."""
    minutes = extra_minutes(session.duration, candidate.extra_time_percent)
    return duration_words(minutes) if minutes else ""


def _steps(session: Session, candidates: Sequence[Candidate]) -> list[Step]:
    launch = session.starts_at + PREPARATION
    percents = {candidate.extra_time_percent for candidate in candidates} - {0} or {ONE_THIRD}

    def at(instant: datetime) -> str:
        return clock_time(session.local(instant))

    def end(percent: int) -> str:
        return at(
            deadline(started_at=launch, duration=session.duration, extra_percent=percent, given_minutes=0)
        )

    with_extra = " ou ".join(dict.fromkeys(end(percent) for percent in sorted(percents)))
    return [
        Step(
            at(session.starts_at),
            "Préparer (15 min)",
            "Ouvrez la salle avec les n° 1 et 2. Faites entrer les élèves, vérifiez l’identité de chacun,"
            " cochez sa présence, faites signer l’émargement.",
        ),
        Step(
            at(launch),
            "Lancer",
            "Lisez les consignes à voix haute, puis donnez le n° 3. Chaque élève commence à son heure\u00a0:"
            f" {duration_words(session.duration)} au plus, plus son temps majoré.",
        ),
        Step(
            f"{at(launch)} – {end(0)}",
            "Surveiller",
            "Circulez. Un élève sorti de son test revient seulement si vous autorisez la reprise. Une sortie de la"
            " salle\u00a0: accompagné, un seul à la fois, heures notées (C8). Annoncez les dix dernières minutes.",
        ),
        Step(
            end(0),
            "Terminer",
            f"Fin pour un test commencé à {at(launch)}\u00a0; {with_extra} avec temps majoré."
            " L’heure de chacun est à l’écran.",
        ),
        Step(
            "Ensuite",
            "Clôturer",
            "Relisez le PV d’incident, complétez, signez, clôturez. Rendez ce kit, l’émargement et le PV.",
        ),
    ]


def _workstations(session: Session) -> str:
    if not session.workstations:
        return ""
    spare = session.spare_workstations
    return f"{session.workstations}, dont {spare} de secours" if spare else str(session.workstations)


def _codes() -> list[list[str]]:
    return [list(pair) for pair in CODES]


def _few_lines(text: str) -> str:
    """As it was typed, unless its line ends alone would fill the page."""
    found = [line.strip() for line in text.splitlines() if line.strip()]
    return "\n".join(found) if len(found) <= LINES_AT_MOST else " / ".join(found)


def _office_key(pair: tuple[Session, Candidate]) -> tuple[object, ...]:
    session, candidate = pair
    return (class_key(candidate.class_name), candidate.sort_key, session.starts_at, candidate.pk)


def _on(session: Session, midnight: datetime) -> bool:
    return session.local(session.starts_at).date() == midnight.date()
