"""What an access just did and can still take back: folded from the journal, so that a reload shows it too."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from pixsurv.kernel.kept import Kept
from proctoring.categories import FRAUD
from proctoring.enums import IncidentSource
from proctoring.models import ProctorAccess
from proctoring.selectors.announcement import Announcement
from proctoring.selectors.case_news import case_news, case_news_since
from proctoring.selectors.wording import clock_time, day
from sessions_app.enums import EventKind
from sessions_app.models import Candidate, Event, Session

SHOWN_FOR = timedelta(seconds=10)
# Kind of the act → kind of the act that takes it back.
TAKEN_BACK_BY = {
    EventKind.PRESENCE_CONFIRMED: EventKind.PRESENCE_CANCELLED,
    EventKind.ENDED: EventKind.END_UNDONE,
    EventKind.RESUME_AUTHORISED: EventKind.RESUME_CANCELLED,
    EventKind.MINUTES_GIVEN: EventKind.MINUTES_TAKEN_BACK,
    EventKind.EXTRA_TIME_SET: EventKind.EXTRA_TIME_SET,
    EventKind.ALERT_REFUSED: EventKind.ALERT_UNDONE,
    EventKind.ALERT_VALIDATED: EventKind.ALERT_UNDONE,
    EventKind.INCIDENT_REPORTED: EventKind.INCIDENT_DELETED,
    EventKind.WENT_OUT: EventKind.CAME_BACK,
    EventKind.LATE_REFUSED: EventKind.LATE_REFUSED,  # the second says `undone`
    EventKind.ROOM_INCIDENT_STARTED: EventKind.ROOM_INCIDENT_ENDED,
    EventKind.ROOM_INCIDENT_ENDED: EventKind.ROOM_INCIDENT_STARTED,
}
OF_THE_ROOM = (EventKind.ROOM_INCIDENT_STARTED, EventKind.ROOM_INCIDENT_ENDED)
ANSWERS = (EventKind.ALERT_REFUSED, EventKind.ALERT_VALIDATED)
OF_A_RUNNING_TEST = (EventKind.RESUME_AUTHORISED, EventKind.MINUTES_GIVEN, EventKind.EXTRA_TIME_SET, *ANSWERS)
# What no longer can be taken back once this happened.
OVERTAKEN_BY = {
    EventKind.PRESENCE_CONFIRMED: (EventKind.LATE_REFUSED,),
    EventKind.CASE_RAISED: (EventKind.LATE_REFUSED,),
    EventKind.STARTED: (EventKind.PRESENCE_CONFIRMED, EventKind.WENT_OUT),
    EventKind.RESUMED: (EventKind.RESUME_AUTHORISED, EventKind.WENT_OUT),
    EventKind.PRESENCE_CANCELLED: (EventKind.WENT_OUT,),
    EventKind.ENDED: (*OF_A_RUNNING_TEST, EventKind.WENT_OUT),
    EventKind.COMPLETED: (*OF_A_RUNNING_TEST, EventKind.WENT_OUT),
    EventKind.ALERT_RAISED: ANSWERS,
    EventKind.ALERT_REFUSED: ANSWERS,
    EventKind.ALERT_VALIDATED: ANSWERS,
}


_FRESH = Kept(
    lambda session, now: Event.objects.filter(
        Q(received_at__gt=now - SHOWN_FOR) | case_news_since(now), session_id=session
    ).order_by("-sequence"),
    session=int,
    now=datetime,
)


def announcements(
    access: ProctorAccess, *, now: datetime, known: Sequence[Candidate] = ()
) -> list[Announcement]:
    """What the direction answered within a minute, then the undoable acts of this access of the last 10 s that still
    stand, oldest first. One query; another one for who is not `known`, with his attempt, already.
    """
    session = access.session
    found = _FRESH.fetch(session=session.pk, now=now)
    if session.is_over:
        return []
    news = case_news(found, access, session, now)
    recent = [event for event in found if event.received_at > now - SHOWN_FOR]
    standing: list[Event] = []
    touched: set[tuple[int | None, EventKind]] = set()
    for event in recent:
        kind = EventKind(event.kind)
        if _is_told_elsewhere(event):
            continue
        stands = kind in TAKEN_BACK_BY and (event.candidate_id, kind) not in touched
        if stands and _is_by(event, access) and not _is_part(event, touched):
            standing.append(event)
        # Only the latest word on a candidate counts: what was taken back, or overtaken, is not announced.
        touched |= {(event.candidate_id, act) for act, back in TAKEN_BACK_BY.items() if kind in (act, back)}
        touched |= {(event.candidate_id, act) for act in OVERTAKEN_BY.get(kind, ())}
    # Ticking at speed must not hide the boxes: of the ticks, only the last is announced.
    ticks = [event for event in standing if event.kind == EventKind.PRESENCE_CONFIRMED]
    standing = [event for event in standing if event not in ticks[1:]]
    if not standing:
        return news
    people = {candidate.pk: candidate for candidate in known}
    acted_on = {event.candidate_id for event in standing if event.candidate_id is not None}
    unknown = acted_on - people.keys()
    if unknown:
        found_too = Candidate.objects.select_related("attempt").filter(pk__in=unknown)
        people |= {candidate.pk: candidate for candidate in found_too}
    told = [event for event in reversed(standing) if event.candidate_id in {None, *people}]
    return [*news, *_grouped(told, people, session, now)]


def _is_told_elsewhere(event: Event) -> bool:
    """Part of « Poste défaillant », which its incident announces, or of the end of an incident of the whole room."""
    facts = event.facts or {}
    return "swap" in facts or (event.candidate_id is not None and "room_incident" in facts)


def _is_by(event: Event, access: ProctorAccess) -> bool:
    actor = (event.facts or {}).get("actor", {})
    return bool(actor.get("access") == access.pk)


def _is_part(event: Event, touched: set[tuple[int | None, EventKind]]) -> bool:
    """What is not announced for itself: an undo, an incident of a confirmed alert, or of a workstation once he
    resumed."""
    if (event.facts or {}).keys() & {"again", "undone"}:
        return True
    source = (event.facts or {}).get("source")
    resumed = (event.candidate_id, EventKind.RESUME_AUTHORISED) in touched
    return source == IncidentSource.ALERT or (source == IncidentSource.WORKSTATION and resumed)


def _grouped(
    events: list[Event], people: dict[int, Candidate], session: Session, now: datetime
) -> list[Announcement]:
    """Acts done together are announced, and undone, together."""
    groups: dict[str, list[Event]] = {}
    for event in events:
        facts = event.facts or {}
        together = facts.get("batch") or (
            facts.get("together", 1) > 1 and f"m{event.received_at.timestamp()}"
        )
        groups.setdefault(str(together or f"e{event.sequence}"), []).append(event)
    return [_announce(key, group, people, session, now) for key, group in groups.items()]


def _announce(
    key: str, group: list[Event], people: dict[int, Candidate], session: Session, now: datetime
) -> Announcement:
    first = group[0]
    facts = first.facts or {}
    kind = EventKind(first.kind)
    if kind == EventKind.INCIDENT_REPORTED:
        return _announce_incident(key, first, people, now)
    if kind in OF_THE_ROOM:
        return _announce_of_the_room(key, first, now)
    who = [people[event.candidate_id] for event in group if event.candidate_id is not None]
    one = who[0]
    whole = one.full_name if len(who) == 1 else f"{len(who)} élèves"
    row = f"candidats/{one.pk}"
    seconds = _seconds_left(first, now)
    if kind in ANSWERS:
        return _announce_answer(key, first, one, now)
    if kind == EventKind.PRESENCE_CONFIRMED:
        return Announcement(
            key, f"Présent\u00a0: {one.full_name}, né(e) le {day(one.birth_date)}", "", "Ce n’est pas lui",
            f": retirer la présence de {one.full_name}", f"{row}/presence/", (("present", "0"),), seconds,
        )  # fmt: skip
    if kind == EventKind.ENDED:
        batch = str(facts.get("batch") or "")
        several = len(who) > 1 or bool(batch)
        return Announcement(
            key,
            f"{len(who)} tests terminés" if len(who) > 1 else f"Test de {one.full_name} terminé",
            "Les élèves seront prévenus dans 10 s." if len(who) > 1 else "L’élève sera prévenu dans 10 s.",
            "Annuler",
            f"la fin de {len(who)} tests" if len(who) > 1 else f"la fin du test de {one.full_name}",
            "fins/annuler/" if several else f"{row}/fin/annuler/",
            (("batch", batch),) if several else (),
            seconds,
        )
    if kind == EventKind.RESUME_AUTHORISED:
        return Announcement(
            key, f"Reprise autorisée\u00a0: {one.full_name}", "L’élève doit retaper le code d’accès.", "Retirer",
            f"l’autorisation de reprise de {one.full_name}", f"{row}/reprise/retirer/", (), seconds,
        )  # fmt: skip
    if kind == EventKind.WENT_OUT:
        return Announcement(
            key, f"Sortie notée\u00a0: {one.full_name}", "", "Annuler", f"la sortie de {one.full_name}",
            f"{row}/retour/", (), seconds,
        )  # fmt: skip
    if kind == EventKind.LATE_REFUSED:
        return Announcement(
            key, f"En retard, non admis\u00a0: {one.full_name}", "", "Annuler", f"le refus de {one.full_name}",
            f"{row}/retard/annuler/", (), seconds,
        )  # fmt: skip
    if kind == EventKind.MINUTES_GIVEN:
        minutes = str(facts.get("minutes", 0))
        given = _given(minutes)
        return Announcement(
            key, f"{given} à {whole}", _new_end(one, session) if len(who) == 1 else "", "Annuler",
            f"{'la' if minutes == '1' else 'les'} {given} à {whole}", "minutes/reprendre/",
            (("minutes", minutes), ("once", f"undo-{first.sequence}"),
             *(("candidat", str(person.pk)) for person in who)), seconds,
        )  # fmt: skip
    before = str(facts.get("before", 0))
    return Announcement(
        key, f"Temps majoré de {one.full_name}\u00a0: {facts.get('after', 0)} %", _new_end(one, session), "Annuler",
        f"le temps majoré de {one.full_name}", f"{row}/temps-majore/", (("percent", before),), seconds,
    )  # fmt: skip


def _given(minutes: str) -> str:
    return f"{minutes} min rendue{'' if minutes == '1' else 's'}"


def _announce_answer(key: str, event: Event, who: Candidate, now: datetime) -> Announcement:
    facts = event.facts or {}
    confirmed = event.kind == EventKind.ALERT_VALIDATED
    told = f"problème confirmé, {facts.get('category')} noté" if confirmed else "pas de problème"
    return Announcement(
        key,
        f"Signalement de {who.full_name}, question {facts.get('question')}\u00a0: {told}",
        "L’élève passera à la question suivante dans 10 s."
        if confirmed
        else "L’élève sera prévenu dans 10 s.",
        "Annuler",
        f"la réponse au signalement de {who.full_name}",
        f"candidats/{who.pk}/signalement/annuler/",
        (("alert", str(facts.get("alert"))),),
        _seconds_left(event, now),
    )


def _announce_incident(key: str, event: Event, people: dict[int, Candidate], now: datetime) -> Announcement:
    facts = event.facts or {}
    incident = str(facts.get("incident"))
    who = people[event.candidate_id].full_name if event.candidate_id is not None else "toute la salle"
    if facts.get("source") == IncidentSource.WORKSTATION:
        done = ["Incident C7 noté"]
        done += ["reprise autorisée"] if facts.get("resume") else []
        done += [_given(str(facts["minutes"]))] if facts.get("minutes") else []
        return Announcement(
            key, f"{who}\u00a0: poste {facts.get('after')}", f"{', '.join(done)}.", "Annuler",
            f"le changement de poste de {who}", f"candidats/{event.candidate_id}/poste-defaillant/annuler/",
            (("incident", incident),), _seconds_left(event, now),
        )  # fmt: skip
    if facts.get("category") == FRAUD:
        return Announcement(
            key, f"C6 noté pour {who}", "Prévenez la direction\u00a0: elle écrira les faits.", "Annuler",
            f"le C6 de {who}", f"incidents/{incident}/retirer/", (), _seconds_left(event, now),
        )  # fmt: skip
    question = f", question {facts.get('question')}" if facts.get("question") else ""
    return Announcement(
        key, f"Incident {facts.get('category')}{question} noté\u00a0: {who}", "", "Annuler",
        f"l’incident {facts.get('category')}{question} de {who}", f"incidents/{incident}/retirer/", (),
        _seconds_left(event, now),
    )  # fmt: skip


def _announce_of_the_room(key: str, event: Event, now: datetime) -> Announcement:
    """« Incident dans toute la salle », begun or ended: one undo for all that it did (R23)."""
    facts = event.facts or {}
    fields = (("incident", str(facts.get("room_incident"))),)
    seconds = _seconds_left(event, now)
    if event.kind == EventKind.ROOM_INCIDENT_STARTED:
        return Announcement(
            key, f"Incident dans toute la salle commencé\u00a0: {facts.get('label')}",
            "Personne ne passe en «\u00a0Temps écoulé\u00a0».",
            "Annuler", "cet incident", "incident-salle/annuler/", fields, seconds,
        )  # fmt: skip
    given, back = len(facts.get("candidates") or []), len(facts.get("resumes") or [])
    lost = facts.get("minutes")
    told = f"\u00a0: {_given(str(lost))} à {_pupils(given)}" if given else ""
    more = f"Reprise autorisée pour {_pupils(back)}\u00a0: le code d’accès sera redemandé." if back else ""
    return Announcement(
        key, f"Incident terminé{told}", more, "Annuler", "la fin de l’incident",
        "incident-salle/fin/annuler/", fields, seconds,
    )  # fmt: skip


def _pupils(many: int) -> str:
    return f"{many} élève{'s' if many > 1 else ''}"


def _seconds_left(event: Event, now: datetime) -> int:
    return max(1, round((event.received_at + SHOWN_FOR - now).total_seconds()))


def _new_end(candidate: Candidate, session: Session) -> str:
    deadline = candidate.attempt.deadline_at if hasattr(candidate, "attempt") else None
    return f"Nouvelle fin\u00a0: {clock_time(session.local(deadline))}" if deadline is not None else ""
