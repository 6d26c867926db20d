"""How acts about one candidate's place, time and comings are folded (R13, R17, R21, R24, P2, P5)."""

from dataclasses import replace
from datetime import timedelta

from proctoring.report.hours import at, span
from proctoring.report.story import Act, Someone, Story, Together
from sessions_app.wording import NBSP

UNDONE_WITHIN = timedelta(seconds=15)  # 10 s of undo and 5 s of network grace (mechanics §5)
IDENTITY = ("last_name", "first_name", "birth_date", "class_name", "local_id", "extra_time_percent")


def candidate_enrolled(story: Story, act: Act) -> None:
    person = story.someone(act)
    person.listed = True
    _know(person, act.facts)
    words = f"{person.name}{NBSP}: inscrit sur la liste par {act.by}."
    # The list as it was prepared is no event of the day; somebody added to it is.
    story.tell(act, words, person=person, in_course=_at_work(story))


def candidate_corrected(story: Story, act: Act) -> None:
    person = story.someone(act)
    if act.facts.get("removed"):
        _know(person, act.inner("before"))
        person.listed = False
        words = f"{person.name}{NBSP}: retiré de la liste par {act.by}."
    else:
        was = person.name
        _know(person, act.inner("after"))
        words = f"{was}{NBSP}: inscription corrigée par {act.by}{_renamed(was, person)}."
    story.tell(act, words, person=person, in_course=_at_work(story))


def candidate_transferred(story: Story, act: Act) -> None:
    """Traced in both rooms alike (R21): whose number stands in « to » is the one that he joins."""
    person = story.someone(act)
    _know(person, act.inner("candidate") or act.facts)
    person.listed = act.number("to") == story.session.number
    if person.listed:
        person.late, person.late_refused = "", False
        where = f"venu de la session{NBSP}{act.text('from')}"
    else:
        where = f"transféré vers la session{NBSP}{act.text('to')}"
    story.tell(act, f"{person.name}{NBSP}: {where}, par {act.by}.", person=person)


def became_certifiable(story: Story, act: Act) -> None:
    person = story.someone(act)
    words = f"{person.name}{NBSP}: devenu certifiable, profil vu à l’écran par {act.by}."
    story.tell(act, words, person=person)


def ticket_issued(story: Story, act: Act) -> None:
    person = story.someone(act)
    story.tell(act, f"{person.name}{NBSP}: ticket d’entrée remis par {act.by}.", person=person)


def ticket_used(story: Story, act: Act) -> None:
    person = story.someone(act)
    story.tell(act, f"{person.name}{NBSP}: entré avec un ticket, sans taper son identité.", person=person)


def workstation_changed(story: Story, act: Act) -> None:
    person = story.someone(act)
    before, person.workstation = act.text("before"), act.text("after")
    recent = person.moved_at is not None and act.received_at - person.moved_at <= UNDONE_WITHIN
    if recent and person.move_line in story.lines and person.workstation == person.moved_from:
        person.move_line = story.drop(person.move_line)
        return
    if before and person.workstation:
        words = f"passe du poste{NBSP}{before} au poste{NBSP}{person.workstation}"
    elif person.workstation:
        words = f"poste{NBSP}{person.workstation}"
    else:
        words = "poste effacé"
    moved = person.started_at is not None and bool(before)
    person.moved_from, person.moved_at = before, act.received_at
    words = f"{person.name}{NBSP}: {words}."
    person.move_line = story.tell(act, words, person=person, in_course=moved)


def went_out(story: Story, act: Act) -> None:
    person = story.someone(act)
    words = f"{person.name}{NBSP}: sorti {at(story.session, act.observed_at)}."
    person.out_line = story.tell(act, words, person=person, code="C8")


def came_back(story: Story, act: Act) -> None:
    """One line for both, where he went out."""
    person = story.someone(act)
    out = story.lines.get(person.out_line)
    if out is not None and act.observed_at - out.at <= UNDONE_WITHIN:  # a slip of the finger
        person.out_line = story.drop(person.out_line)
        return
    if out is None:
        story.tell(
            act,
            f"{person.name}{NBSP}: de retour {at(story.session, act.observed_at)}.",
            person=person,
            code="C8",
        )
        return
    words = f"{person.name}{NBSP}: sorti {span(story.session, out.at, act.observed_at)}."
    story.lines[out.sequence] = replace(out, words=words)
    person.out_line = 0


def back_unseen(story: Story, person: Someone) -> None:
    """He starts, resumes or has finished: he is back, nobody noted when."""
    out = story.lines.get(person.out_line)
    if out is not None:
        words = f"{person.name}{NBSP}: sorti {at(story.session, out.at)}, retour non noté."
        story.lines[out.sequence] = replace(out, words=words)
    person.out_line = 0


def extra_time_set(story: Story, act: Act) -> None:
    """What is set back at once was an undo, and does not stand."""
    person = story.someone(act)
    before, person.percent = person.percent, act.number("after")
    before = act.number("before") if "before" in act.facts else before
    last = story.lines.get(person.extra_line)
    if last and act.received_at - last.at <= UNDONE_WITHIN and person.extra_before == person.percent:
        person.extra_line = story.drop(person.extra_line)
        return
    vouched = ", décision écrite détenue par l’établissement" if act.facts.get("written_decision") else ""
    words = f"{person.name}{NBSP}: temps majoré de {before}{NBSP}% à {person.percent}{NBSP}%, par {act.by}{vouched}."
    person.extra_before = before
    person.extra_line = story.tell(act, words, person=person, code="C2")


def minutes_given(story: Story, act: Act) -> None:
    person = story.someone(act)
    minutes = act.number("minutes")
    person.given += minutes
    incident = story.room_incident_of(act)
    if incident is not None:
        incident.minutes[person.id] = incident.minutes.get(person.id, 0) + minutes
        return
    _together(story, act, person, minutes, taken_back=False)


def minutes_taken_back(story: Story, act: Act) -> None:
    person = story.someone(act)
    minutes = act.number("minutes")
    person.given -= minutes
    incident = story.room_incident_of(act)
    if incident is not None and person.id in incident.minutes:
        incident.minutes[person.id] -= minutes
        return
    for given in reversed(list(story.together.values())):
        recent = act.received_at - given.act.received_at <= UNDONE_WITHIN
        if recent and not given.taken_back and given.minutes == minutes and person.id in given.people:
            del given.people[person.id]
            return
    _together(story, act, person, minutes, taken_back=True)


def _together(story: Story, act: Act, person: Someone, minutes: int, *, taken_back: bool) -> None:
    reason = act.text("reason")
    key = (act.received_at, minutes, reason, taken_back, act.by)
    group = story.together.setdefault(key, Together(act, minutes, reason, {}, taken_back))
    group.people[person.id] = person


def _know(person: Someone, facts: object) -> None:
    """Take what these facts say of who he is; silence changes nothing."""
    if not isinstance(facts, dict):
        return
    known = {name: facts[name] for name in IDENTITY if name in facts}
    person.last_name = str(known.get("last_name", person.last_name)).upper()
    person.first_name = str(known.get("first_name", person.first_name))
    person.names.add((person.last_name, person.first_name))
    person.class_name = str(known.get("class_name", person.class_name))
    person.local_id = str(known.get("local_id", person.local_id))
    if "birth_date" in known:
        year, _, rest = str(known["birth_date"]).partition("-")
        month, _, day = rest.partition("-")
        person.birth = f"{day}/{month}/{year}"
    percent = known.get("extra_time_percent")
    if isinstance(percent, int) and person.started_at is None:
        person.percent = percent


def _renamed(was: str, person: Someone) -> str:
    return f" ({person.name})" if person.name != was else ""


def _at_work(story: Story) -> bool:
    """Somebody watches, or tests run: from here on the list is part of the day."""
    return story.launched_at is not None or bool(story.watching)
