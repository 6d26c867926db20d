"""How alerts, incidents, incidents of the whole room and cases sent up are folded (R10, R15, R16, R21, R23, I1)."""

from datetime import datetime
from typing import Any

from proctoring.report.story import Act, Alert, Incident, RoomIncident, Someone, Story
from sessions_app.wording import NBSP

KINDS = {
    "image": "image qui ne s’affiche pas",
    "embed": "simulateur ou application",
    "file": "fichier à télécharger",
    "focus": "question en mode focus",
}
UNANSWERED = "sans réponse, le test s’est terminé avant"
WENT_ON = "sans objet, le candidat a répondu à cette question entre-temps"
CHANGED = ("category", "code", "question", "workstation", "description", "observed_at", "label", "kind")


def alert_raised(story: Story, act: Act) -> None:
    person = story.someone(act)
    kinds = [KINDS.get(str(kind), str(kind)) for kind in act.facts.get("kinds") or []]
    story.alerts[_alert(act)] = Alert(act, act.number("question"), kinds)
    assert person.id == act.candidate_id


def alert_refused(story: Story, act: Act) -> None:
    _answered(story, act, f"pas de problème, selon {act.by}")


def alert_validated(story: Story, act: Act) -> None:
    code = code_of(act.facts)
    _answered(story, act, f"problème confirmé par {act.by}{f' ({code})' if code else ''}")


def alert_undone(story: Story, act: Act) -> None:
    """The answer, or the end that left it without one, was taken back in time: the alert waits again."""
    found = story.alerts.get(_alert(act))
    if found is not None:
        found.outcome, found.answered = "", None


def alert_lapsed(story: Story, act: Act) -> None:
    """Without object, for one of two reasons: nobody answered in time, or he did without."""
    went_on = act.text("reason") == "answered"
    _answered(story, act, WENT_ON if went_on else UNANSWERED)


def incident_reported(story: Story, act: Act) -> None:
    code = code_of(act.facts)
    story.incidents[_incident(act)] = Incident(act, code, dict(act.facts), act.received_at)


def incident_changed(story: Story, act: Act) -> None:
    """`after` holds what changed; without it, the facts themselves do."""
    found = story.incidents.get(_incident(act))
    if found is None:
        incident_reported(story, act)
        return
    after = act.inner("after") or {name: act.facts[name] for name in CHANGED if name in act.facts}
    found.facts |= dict(after)
    found.told_at = act.received_at
    found.code = code_of(found.facts)


def incident_deleted(story: Story, act: Act) -> None:
    story.incidents.pop(_incident(act), None)


def room_incident_started(story: Story, act: Act) -> None:
    """`again`: its end was undone; what was given and used stands."""
    found = story.room_incidents.get(_room_incident(act))
    if act.facts.get("again") and found is not None:
        found.ended, found.begin = None, None
        return
    story.room_incidents[_room_incident(act)] = RoomIncident(act)


def room_incident_ended(story: Story, act: Act) -> None:
    """The one that runs, or the one that it names; minutes given for it join its line. `undone`: it never was."""
    key = _room_incident(act)
    if act.facts.get("undone"):
        story.room_incidents.pop(key, None)
        return
    if key not in story.room_incidents:
        running = [known for known, one in story.room_incidents.items() if one.ended is None]
        key = running[-1] if running else key
    found = story.room_incidents.setdefault(key, RoomIncident(act))
    found.ended = act
    if since := act.text("since"):
        found.begin = datetime.fromisoformat(since)


CASES = {
    "late": "élève en retard",
    "reopening": "réouverture d’un test",
    "not_listed": "élève absent de la liste",
    "transfer": "élève d’une autre salle",
}
ANSWERS = {"accepted": "accord", "refused": "refus"}


def case_raised(story: Story, act: Act) -> None:
    """What the room sent up to the day board (R10, R12, R21)."""
    reason = act.text("reason")
    told = f" ({reason.rstrip('.')})" if reason else ""
    words = f"{_about(story, act)}demande à la direction par {act.by}, {_case(act)}{told}."
    _tell_case(story, act, words)


def case_answered(story: Story, act: Act) -> None:
    """With the name of who answered; a late pupil who is accepted is late no more than that."""
    answer = act.text("answer")
    reason = act.text("reason", "comment")
    told = f" ({reason.rstrip('.')})" if reason else ""
    words = (
        f"{_about(story, act)}{ANSWERS.get(answer, answer)} de la direction, {act.by}, {_case(act)}{told}."
    )
    _tell_case(story, act, words)
    person = _listed(story, act)
    if person is not None and act.text("kind") == "late" and answer == "accepted":
        person.late, person.late_refused = "en retard, admis avec l’accord de la direction", False


def case_withdrawn(story: Story, act: Act) -> None:
    """Without object, or taken back: the question no longer stands."""
    story.drop(act.number("case"))


def _tell_case(story: Story, act: Act, words: str) -> None:
    story.tell(act, words[0].upper() + words[1:], person=_listed(story, act))


def _about(story: Story, act: Act) -> str:
    """Who is meant: perhaps somebody who is on no list, or on that of another room."""
    person = _listed(story, act)
    last, first = act.text("last_name").upper(), act.text("first_name")
    if person is None and (last or first):
        story.strangers.add((last, first))
    named = f"{last} {first}".strip()
    who = person.name if person is not None else named
    return f"{who}{NBSP}: " if who else ""


def _listed(story: Story, act: Act) -> Someone | None:
    return story.people.get(act.candidate_id) if act.candidate_id is not None else None


def _case(act: Act) -> str:
    return CASES.get(act.text("kind"), act.text("kind") or "sans précision")


def code_of(facts: Any) -> str:
    """« E1 »: the code of a category, wherever these facts hold it."""
    for name in ("code", "category"):
        value = facts.get(name)
        if isinstance(value, dict):
            value = value.get("code")
        if isinstance(value, str) and value:
            return value
    return ""


def _answered(story: Story, act: Act, outcome: str) -> None:
    found = story.alerts.get(_alert(act))
    if found is None:
        found = story.alerts[_alert(act)] = Alert(act, act.number("question"), [])
        story.someone(act)
    found.outcome = outcome
    found.answered = act


def _alert(act: Act) -> tuple[Any, ...]:
    known = act.facts.get("alert")
    return ("id", known) if known is not None else (act.candidate_id, act.number("question"))


def _incident(act: Act) -> tuple[Any, ...]:
    for name in ("incident", "incident_id", "id"):
        if act.facts.get(name) is not None:
            return ("id", act.facts[name])
    return ("sequence", act.sequence)


def _room_incident(act: Act) -> Any:
    for name in ("room_incident", "incident", "batch", "id"):
        if act.facts.get(name) is not None:
            return act.facts[name]
    return ("sequence", act.sequence)
