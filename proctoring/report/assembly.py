"""From what the journal told to the report: people in order, lines in time, several acts in one sentence."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from pixsurv.kernel.identity import fold as folded
from proctoring.enums import AttemptState
from proctoring.report.attempts import UNFINISHED
from proctoring.report.content import STRANGERS, Line, Person, Report, Watch
from proctoring.report.hours import since, span
from proctoring.report.story import Act, Alert, Incident, RoomIncident, Someone, Story, Together, Watching
from proctoring.report.tally import Tally
from proctoring.report.troubles import UNANSWERED, WENT_ON, code_of
from sessions_app.documents.papers import CODES
from sessions_app.wording import NBSP

FRAUD = "C6"
LABELS = dict(CODES)


def assembled(story: Story) -> Report:
    lines = [*_launch(story), *story.lines.values()]
    lines += [_of_minutes(story, group) for group in story.together.values() if group.people]
    lines += [_of_room_incident(story, one) for one in story.room_incidents.values()]
    people = sorted(story.people.values(), key=_in_the_list)
    alerts = list(story.alerts.values())
    return Report(
        session=story.session,
        sequence=story.sequence,
        last_at=story.last_at,
        launched_at=story.launched_at,
        launched=story.session.clock(story.launched_at) if story.launched_at is not None else "",
        instructions=story.instructions,
        proctors=_watches(story),
        people=[_person(story, one) for one in people if one.listed],
        gone=[_person(story, one) for one in people if not one.listed],
        names=_names(story),
        lines=sorted(lines, key=_in_time),
        incidents=sorted((_of_incident(story, one) for one in story.incidents.values()), key=_in_time),
        alerts=sorted((_of_alert(story, one) for one in alerts), key=_in_time),
        tally=Tally(
            len(alerts),
            waiting=sum(not one.outcome for one in alerts),
            unanswered=sum(one.outcome == UNANSWERED for one in alerts),
            moot=sum(one.outcome == WENT_ON for one in alerts),
        ),
        had_room_incident=bool(story.room_incidents),
        comment=story.comment,
        closing=story.closing,
        addenda=list(story.addenda),
    )


def standing_of(state: AttemptState, *, late_refused: bool, begun: bool) -> str:
    """The state in the words of the report: « Absent » where the room still waits (R5)."""
    if state == AttemptState.EXPECTED:
        if late_refused:
            return "En retard, non admis"
        return "Absent" if begun else "À cocher"
    return "Présent, n’a pas commencé" if state == AttemptState.PRESENT else state.label


def _names(story: Story) -> dict[int, frozenset[tuple[str, str]]]:
    """Every name that the journal knows, those that were corrected since included."""
    found = {
        one.id: frozenset({*one.names, (one.last_name, one.first_name)}) for one in story.people.values()
    }
    return {**found, STRANGERS: frozenset(story.strangers)}


def _person(story: Story, one: Someone) -> Person:
    begun = story.launched_at is not None or story.closing is not None
    return Person(
        id=one.id,
        last_name=one.last_name,
        first_name=one.name if not one.last_name else one.first_name,
        birth=one.birth,
        class_name=one.class_name,
        local_id=one.local_id,
        state=one.state.value,
        standing="Terminé à l’heure de fin"
        if one.state == AttemptState.ENDED and one.ended_by_clock
        else standing_of(one.state, late_refused=one.late_refused, begun=begun),
        workstation=one.workstation,
        started_at=one.started_at,
        started=story.session.clock(one.started_at) if one.started_at is not None else "",
        over_at=one.over_at,
        over=story.session.clock(one.over_at) if one.over_at is not None else "",
        late=one.late,
        late_refused=one.late_refused,
        extra_time_percent=one.percent,
        given_minutes=one.given,
        unfinished=one.state in UNFINISHED,
        reason=story.reasons.get(one.id, ""),
    )


def _launch(story: Story) -> Iterator[Line]:
    if story.launched_at is not None:
        time = story.session.clock(story.launched_at)
        yield Line(story.launched_at, time, "Début du premier test, la session est lancée.")


def _of_minutes(story: Story, group: Together) -> Line:
    """« 7 min rendues à 11 candidats », with their names."""
    people = list(group.people.values())
    said = "reprises" if group.taken_back else "rendues"
    one = group.minutes == 1
    minutes = f"{group.minutes}{NBSP}min {said[:-1] if one else said}"
    reason = f" ({group.reason.rstrip('.')})" if group.reason else ""
    if len(people) == 1:
        words = f"{people[0].name}{NBSP}: {minutes} par {group.act.by}{reason}."
    else:
        names = ", ".join(person.name for person in people)
        of = "de" if group.taken_back else "à"
        words = f"{minutes} {of} {len(people)} candidats par {group.act.by}{reason}{NBSP}: {names}."
    return _line(story, group.act, words, people)


def _of_room_incident(story: Story, one: RoomIncident) -> Line:
    what = one.act.text("label", "reason", "description", "kind")
    begun_at = one.begin or one.act.observed_at
    ended = one.ended.observed_at if one.ended is not None else None
    parts = ["Incident dans toute la salle"]
    if what:
        parts.append(what.rstrip("."))
    parts.append(span(story.session, begun_at, ended) if ended else since(story.session, begun_at))
    given = Counter(minutes for minutes in one.minutes.values() if minutes)
    for minutes, many in sorted(given.items(), reverse=True):
        s = "s" if minutes > 1 else ""
        parts.append(f"{minutes}{NBSP}min rendue{s} à {many} candidat{'s' if many > 1 else ''}")
    if one.resuming:
        many = len(one.resuming)
        parts.append(f"reprise autorisée pour {many} candidat{'s' if many > 1 else ''}")
    concerned = {*(found for found, minutes in one.minutes.items() if minutes), *one.resuming}
    people = [story.people[found] for found in sorted(concerned) if found in story.people]
    code = code_of(one.act.facts) or "C7"
    return _line(story, one.act, ", ".join(parts) + ".", people, code=code, at=begun_at)


def _of_alert(story: Story, one: Alert) -> Line:
    person = story.someone(one.act)
    question = f", question{NBSP}{one.question}" if one.question else ""
    what = f"{NBSP}: {', '.join(one.kinds)}" if one.kinds else ""
    outcome = one.outcome or "en attente de réponse"
    words = f"{person.name}{question}{what}. {outcome[0].upper()}{outcome[1:]}."
    code = code_of(one.answered.facts) if one.answered is not None else ""
    return _line(story, one.act, words, [person], code=code)


def _of_incident(story: Story, one: Incident) -> Line:
    """Fraud has its separate sheet: neither who nor what stands here (I1)."""
    observed = _told_instant(one, story)
    if one.code == FRAUD:
        return _line(story, one.act, "Fiche séparée.", [], code=FRAUD, at=observed, note=False)
    facts = one.facts
    where = _text(facts, "workstation")
    question = _text(facts, "question", "question_number")
    label = _text(facts, "label", "category_label") or LABELS.get(one.code, "")
    description = _text(facts, "description", "text")
    person = story.someone(one.act) if one.act.candidate_id is not None else None
    named = person.name if person is not None else _text(facts, "candidate_name") or "Toute la salle"
    head = [named]
    head += [f"poste{NBSP}{where}"] if where else []
    head += [f"question{NBSP}{question}"] if question else []
    words = ", ".join(head)
    words += f"{NBSP}: {label.rstrip('.')}." if label else "."
    if description:
        words += f" {description}"
    return _line(story, one.act, words, [person] if person else [], code=one.code, at=observed)


def _line(
    story: Story,
    act: Act,
    words: str,
    people: list[Someone],
    *,
    code: str = "",
    at: datetime | None = None,
    note: bool = True,
) -> Line:
    instant = at or act.observed_at
    seen = Act(act.sequence, act.kind, act.candidate_id, instant, act.received_at, act.facts, act.hash)
    return Line(
        at=instant,
        time=story.session.clock(instant),
        words=words,
        code=code,
        note=story.note_of(seen) if note else "",
        candidate_ids=tuple(person.id for person in people),
        sequence=act.sequence,
    )


def _told_instant(one: Incident, story: Story) -> datetime:
    """When it was observed: a correction may say so in its facts, else the event's own column."""
    told = one.facts.get("observed_at") or one.facts.get("observed")
    if isinstance(told, str):
        try:
            instant = datetime.fromisoformat(told)
        except ValueError:
            return one.act.observed_at
        aware = instant if instant.tzinfo else instant.replace(tzinfo=story.session.zone)
        return min(aware, one.told_at)
    return one.act.observed_at


def _text(facts: dict[str, object], *names: str) -> str:
    for name in names:
        value = facts.get(name)
        if value not in (None, "", 0) and not isinstance(value, dict | list):
            return str(value)
    return ""


def _watches(story: Story) -> list[Watch]:
    """By name, in the order of the first coming; stays that touch one another are one."""
    stays: dict[str, list[Watching]] = {}
    for one in sorted(story.watching.values(), key=lambda found: found.since):
        mine = stays.setdefault(one.name, [])
        last = mine[-1] if mine else None
        if last is not None and (last.until is None or last.until >= one.since):
            ends = [last.until, one.until]
            until = None if None in ends else max(end for end in ends if end is not None)
            mine[-1] = Watching(one.name, last.since, until)
        else:
            mine.append(Watching(one.name, one.since, one.until))
    clock = story.session.clock
    return [
        Watch(
            name,
            ", ".join(
                f"{clock(stay.since)} – {clock(stay.until)}"
                if stay.until is not None
                else since(story.session, stay.since)
                for stay in mine
            ),
        )
        for name, mine in stays.items()
    ]


def _in_the_list(one: Someone) -> tuple[str, str, int]:
    return (folded(one.last_name), folded(one.first_name), one.id)


def _in_time(line: Line) -> tuple[datetime, int]:
    return (line.at, line.sequence)
