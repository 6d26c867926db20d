"""How acts about the test of one candidate are folded: presence, start, resume, end (R8–R12)."""

from proctoring.enums import TRANSITIONS, AttemptState
from proctoring.report.adjustments import back_unseen
from proctoring.report.hours import at
from proctoring.report.story import Act, Someone, Story
from proctoring.rules import BACK_BY_HIMSELF, MAY_BE_OUT
from sessions_app.enums import EventKind
from sessions_app.wording import NBSP


def _moved(story: Story, act: Act) -> Someone:
    """The candidate, in the state to which the table leads him."""
    person = story.someone(act)
    kind = EventKind(act.kind)
    target = TRANSITIONS[kind].target
    person.state = target if target is not None else person.before_end
    if kind in BACK_BY_HIMSELF or person.state not in MAY_BE_OUT:
        back_unseen(story, person)
    return person


def presence_confirmed(story: Story, act: Act) -> None:
    person = _moved(story, act)
    arrival = act.text("arrival")
    if arrival == "late":
        reason = act.text("reason")
        person.late = f"en retard, admis {at(story.session, act.observed_at)}"
        words = f"{person.name}, en retard{NBSP}: admis par {act.by}{_because(reason)}."
        person.arrival_line = story.tell(act, words, person=person)
    elif arrival == "in_room":
        person.arrival_line = story.drop(person.arrival_line)
        person.late = "présent au lancement, coché après l’appel"
        words = f"{person.name}{NBSP}: déjà dans la salle au lancement, présence cochée après l’appel."
        person.arrival_line = story.tell(act, words, person=person)
    else:
        story.tell(act, f"{person.name}{NBSP}: présence cochée.", person=person, in_course=False)
    if arrival:
        person.late_refused = False


def presence_cancelled(story: Story, act: Act) -> None:
    person = _moved(story, act)
    person.arrival_line = story.drop(person.arrival_line)
    person.late = ""


def late_refused(story: Story, act: Act) -> None:
    person = story.someone(act)
    person.late_refused = not act.facts.get("undone")
    if not person.late_refused:
        person.arrival_line = story.drop(person.arrival_line)
        person.late = ""
        return
    person.late = f"en retard, refusé {at(story.session, act.observed_at)}"
    person.arrival_line = story.tell(act, f"{person.name}, en retard{NBSP}: non admis.", person=person)


def started(story: Story, act: Act) -> None:
    person = _moved(story, act)
    person.started_at = act.observed_at
    if "extra_time_percent" in act.facts:
        person.percent = act.number("extra_time_percent")
    story.tell(act, f"{person.name}{NBSP}: début du test.", person=person, in_course=False)
    if story.launched_at is None or act.observed_at < story.launched_at:
        story.launched_at = act.observed_at


def launch_taken_back(story: Story, act: Act) -> None:
    """Nobody was late for a launch that did not count (mechanics §7)."""
    was = f" de {story.session.clock(story.launched_at)}" if story.launched_at is not None else ""
    story.launched_at = None
    for person in story.people.values():
        person.arrival_line = story.drop(person.arrival_line)
        person.late, person.late_refused = "", False
    story.tell(act, f"Lancement{was} annulé par {act.by}{NBSP}: parti par erreur.")


def resume_authorised(story: Story, act: Act) -> None:
    person = _moved(story, act)
    person.resume_by = f"autorisée {at(story.session, act.observed_at)} par {act.by}"
    incident = story.room_incident_of(act)
    if incident is not None:  # said by its line, for all together (R23)
        incident.resuming.add(person.id)
        return
    words = f"{person.name}{NBSP}: reprise du test autorisée par {act.by}."
    person.resume_line = story.tell(act, words, person=person)


def resume_cancelled(story: Story, act: Act) -> None:
    person = _moved(story, act)
    person.resume_line = story.drop(person.resume_line)
    for incident in story.room_incidents.values():
        incident.resuming.discard(person.id)


def resumed(story: Story, act: Act) -> None:
    """One line for the authorisation and what came of it."""
    person = _moved(story, act)
    person.resume_line = story.drop(person.resume_line)
    allowed = f", {person.resume_by}" if person.resume_by else ""
    story.tell(act, f"{person.name}{NBSP}: reprise du test{allowed}.", person=person)


def completed(story: Story, act: Act) -> None:
    person = _moved(story, act)
    _over(person, act)
    story.tell(act, f"{person.name}{NBSP}: test terminé.", person=person, in_course=False)


def ended(story: Story, act: Act) -> None:
    person = story.someone(act)
    person.before_end = person.state
    _moved(story, act)
    _over(person, act)
    person.ended_by_clock = act.by_clock
    who = "à l’heure de fin" if act.by_clock else f"par {act.by}"
    person.end_line = story.tell(act, f"{person.name}{NBSP}: test terminé {who}{_at(act)}.", person=person)


def end_undone(story: Story, act: Act) -> None:
    person = _moved(story, act)
    person.over_at = None
    person.end_line = story.drop(person.end_line)


def reopened(story: Story, act: Act) -> None:
    person = _moved(story, act)
    person.over_at = None
    person.end_line = 0
    reason = _because(act.text("reason"))
    person.resume_by = "après réouverture"
    person.resume_line = 0  # the reopening stands, with its reason, whether he comes back or not
    story.tell(act, f"{person.name}{NBSP}: test rouvert par {act.by}{reason}.", person=person)


def expired(story: Story, act: Act) -> None:
    person = _moved(story, act)
    _over(person, act)
    story.tell(act, f"{person.name}{NBSP}: délai de 24{NBSP}h dépassé, test arrêté.", person=person)


def resume_requested(story: Story, act: Act) -> None:
    person = story.someone(act)
    story.tell(act, f"{person.name}{NBSP}: demande à reprendre.", person=person, in_course=False)


def resume_dismissed(story: Story, act: Act) -> None:
    """Taken up by the holder's own progress, or ignored by the proctor."""
    if act.text("reason") == "ignored":
        person = story.someone(act)
        words = f"{person.name}{NBSP}: demande à reprendre ignorée par {act.by}."
        story.tell(act, words, person=person, in_course=False)


def left(story: Story, act: Act) -> None:
    person = story.someone(act)
    story.tell(act, f"{person.name}{NBSP}: a quitté la page du test.", person=person, in_course=False)


def _over(person: Someone, act: Act) -> None:
    person.over_at = max(act.observed_at, person.started_at or act.observed_at)
    person.ended_by_clock = False


def _at(act: Act) -> str:
    question = act.number("question")
    return f" (question{NBSP}{question})" if question else ""


def _because(reason: str) -> str:
    return f" ({reason.rstrip('.')})" if reason else ""


UNFINISHED = frozenset({AttemptState.ENDED, AttemptState.EXPIRED})
