"""How alerts, incidents, incidents of the whole room and cases sent up are folded (R10, R15, R16, R21, R23, I1)."""

from typing import Any

from proctoring.report.story import Act, Alert, Incident, RoomIncident, Story
from sessions_app.wording import NBSP

KINDS = {
    "image": "image qui ne s’affiche pas",
    "embed": "simulateur ou application",
    "file": "fichier à télécharger",
    "focus": "question en mode focus",
}
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


def alert_lapsed(story: Story, act: Act) -> None:
    _answered(story, act, "sans réponse, le test s’est terminé avant")


def incident_reported(story: Story, act: Act) -> None:
    code = code_of(act.facts)
    story.incidents[_incident(act)] = Incident(act, code, dict(act.facts))


def incident_changed(story: Story, act: Act) -> None:
    """`after` holds what changed; without it, the facts themselves do."""
    found = story.incidents.get(_incident(act))
    if found is None:
        incident_reported(story, act)
        return
    after = act.inner("after") or {name: act.facts[name] for name in CHANGED if name in act.facts}
    found.facts |= dict(after)
    found.code = code_of(found.facts)


def incident_deleted(story: Story, act: Act) -> None:
    story.incidents.pop(_incident(act), None)


def room_incident_started(story: Story, act: Act) -> None:
    story.room_incidents[_room_incident(act)] = RoomIncident(act)


def room_incident_ended(story: Story, act: Act) -> None:
    """The one that runs, or the one that it names; minutes given for it join its line."""
    key = _room_incident(act)
    if key not in story.room_incidents:
        running = [known for known, one in story.room_incidents.items() if one.ended is None]
        key = running[-1] if running else key
    found = story.room_incidents.setdefault(key, RoomIncident(act))
    found.ended = act
    found.minutes = act.number("minutes") or found.minutes
    people = act.facts.get("candidates")
    if isinstance(people, list):
        found.people |= {one for one in people if isinstance(one, int)}


def case_raised(story: Story, act: Act) -> None:
    """What the room sent up to the day board (R10, R21)."""
    who = f"{story.someone(act).name}{NBSP}: " if act.candidate_id is not None else ""
    about = act.text("words", "label", "subject", "about", "reason", "kind")
    told = f" ({about.rstrip('.')})" if about else ""
    words = f"{who}cas transmis à la direction par {act.by}{told}."
    story.tell(act, words, person=_known(story, act))


def case_answered(story: Story, act: Act) -> None:
    who = f"{story.someone(act).name}{NBSP}: " if act.candidate_id is not None else ""
    answer = act.text("words", "label", "outcome", "answer")
    answer = {"accepted": "accordé", "refused": "refusé"}.get(answer, answer)
    reason = act.text("reason", "comment")
    told = ", ".join(part.rstrip(".") for part in (answer, reason) if part)
    words = f"{who}réponse de la direction ({act.by}){f'{NBSP}: {told}' if told else ''}."
    story.tell(act, words, person=_known(story, act))


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


def _known(story: Story, act: Act) -> Any:
    return story.someone(act) if act.candidate_id is not None else None


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
