"""What each paper holds, as plain data: the names of these fields are those that the templates read."""

from dataclasses import dataclass, field

from sessions_app.documents.papers import Paper


@dataclass(frozen=True, slots=True)
class Head:
    """What stands at the top of every paper of one session."""

    number: str
    kind: str
    is_certification: bool
    establishment: str
    site: str
    room: str
    room_words: str
    proctors: str
    date: str
    week_day: str
    short_date: str
    hour: str
    duration: str
    keep: str
    logo_words: str


@dataclass(frozen=True, slots=True)
class Person:
    """A candidate as a paper names him. `rank` counts from 1 on that paper."""

    rank: int
    last_name: str
    first_name: str
    birth: str
    class_name: str
    local_id: str
    group: str


@dataclass(frozen=True, slots=True)
class Timed:
    """A candidate of the feuille de secours: his time, and his end for each planned start."""

    person: Person
    time: str
    ends: list[str]


@dataclass(frozen=True, slots=True)
class Invited:
    """A candidate on his own convocation, the only paper that names his extra time."""

    person: Person
    time: str
    extra_time: str
    sign_in: str


@dataclass(frozen=True, slots=True)
class Pupil:
    """A line of the list for the vie scolaire: no birth date, no extra time (P8)."""

    class_name: str
    last_name: str
    first_name: str
    hour: str
    room: str
    local_id: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    hour: str
    name: str
    what: str


@dataclass(frozen=True, slots=True)
class Help:
    """One line of « Que faire si… »."""

    what: str
    todo: str
    link: str


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody of « Qui appeler »: what is empty is not printed."""

    purpose: str
    name: str
    phone: str
    place: str
    hours: str


@dataclass(frozen=True, slots=True)
class Kit:
    """`first_lines`, `second_lines`: about how many lines of what people typed each page has to hold."""

    head: Head
    password: str
    password_note: str
    access_code: str
    candidates: int
    workstations: str
    observations: str
    address: str
    qr: str
    qr_words: str
    steps: list[Step]
    help: list[Help]
    callers: list[Caller]
    callers_more: int
    codes: list[list[str]]
    first_lines: int
    second_lines: int
    access_code_note: str = ""
    template: str = Paper.KIT.value


@dataclass(frozen=True, slots=True)
class Attendance:
    head: Head
    group_label: str
    pages: list[list[Person]]
    total: int
    note: str = ""
    template: str = Paper.ATTENDANCE.value


@dataclass(frozen=True, slots=True)
class Fallback:
    head: Head
    access_code: str
    starts: list[str]
    people: list[Timed]
    template: str = Paper.FALLBACK.value


@dataclass(frozen=True, slots=True)
class BlankReport:
    head: Head
    lines: int
    codes: list[list[str]]
    template: str = Paper.BLANK_REPORT.value


@dataclass(frozen=True, slots=True)
class Invitations:
    head: Head
    people: list[Invited]
    template: str = Paper.INVITATIONS.value


@dataclass(frozen=True, slots=True)
class OfficeDay:
    date: str
    kinds: list[str]
    pupils: list[Pupil]


@dataclass(frozen=True, slots=True)
class SchoolOffice:
    """Of one session or of several: the office looks for a class, not for a room."""

    establishment: str
    label: str
    days: list[OfficeDay] = field(default_factory=list)
    template: str = Paper.SCHOOL_OFFICE.value


type Part = Kit | Attendance | Fallback | BlankReport | Invitations | SchoolOffice
