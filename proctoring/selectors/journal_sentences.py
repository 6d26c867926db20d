"""One French sentence for each kind of event, from its facts: the journal, the report and the extract tell alike.

Data: a kind, a function. A sentence names the candidate after a colon (« Présence confirmée : Paul DUPONT »), so that a
name may be masked, or begin with a vowel; who acted stands beside it, never in it. Facts that an older version did not
write are left out.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from proctoring.enums import AlertStatus, Arrival, CaseKind, CaseState, Source
from proctoring.selectors.journal_facts import Sentence, Told, in_quotes, plain, quoted
from proctoring.selectors.journal_papers import PAPER_SENTENCES
from proctoring.selectors.wording import NBSP, day
from sessions_app.enums import EventKind

ALERT_WORDS = {
    "image": "une image ne s’affiche pas",
    "embed": "une partie de la page ne s’affiche pas ou ne réagit pas",
    "file": "un fichier ne s’ouvre pas",
    "focus": "la page s’est bloquée ou a changé toute seule",
}
FIELD_WORDS = {
    "last_name": "nom de naissance",
    "first_name": "prénom",
    "birth_date": "date de naissance",
    "class_name": "classe",
    "local_id": "identifiant local",
    "extra_time_percent": "temps majoré",
}
SOURCE_WORDS: dict[str, str] = {
    source.value: str(source.label) for source in Source if source != Source.PIXSURV
}
ARRIVAL_WORDS: dict[str, str] = {
    Arrival.IN_ROOM.value: "déjà dans la salle au lancement",
    Arrival.LATE.value: "arrivé en retard, accepté",
}
CASE_WORDS: dict[str, str] = {
    kind.value: kind.label[:1].lower() + kind.label[1:]  # within a sentence
    for kind in CaseKind
}
ANSWER_WORDS: dict[str, str] = {
    CaseState.ACCEPTED.value: "Demande à la direction acceptée",
    CaseState.REFUSED.value: "Demande à la direction refusée",
}


def sentence(kind: str, facts: Mapping[str, Any], *, whom: str, zone: ZoneInfo) -> str:
    """What happened; `whom` is the candidate as he may be named here."""
    return SENTENCES[EventKind(kind)](Told(facts, whom, zone))


def _question(told: Told) -> str:
    number = told.text("question")
    return f"question {number}" if number else ""


def _source(told: Told) -> str:
    return SOURCE_WORDS.get(told.text("source"), "")


def _extra_time(told: Told) -> str:
    percent = told.facts.get("extra_time_percent")
    return f"temps majoré {percent}{NBSP}%" if percent else ""


def _arrival(told: Told) -> str:
    words = ARRIVAL_WORDS.get(told.text("arrival"), "")
    if words and (name := told.text("accepted_by")):
        words = f"{words} par {name}"
    return f"{words}, à la suite de l’appel" if words and told.facts.get("after_roll_call") else words


def _late_refused(told: Told) -> str:
    if told.facts.get("undone"):
        return plain("Refus pour retard annulé")(told)
    return plain("En retard, refusé", quoted("reason"))(told)


def _alert_undone(told: Told) -> str:
    """Its answer was taken back, or the end of the test that had left it without one."""
    again = told.text("answer") == AlertStatus.LAPSED
    words = "Signalement de nouveau en attente" if again else "Réponse au signalement annulée"
    return plain(words, _question)(told)


def _kinds(told: Told) -> str:
    kinds = told.facts.get("kinds")
    return ", ".join(ALERT_WORDS.get(str(one), str(one)) for one in kinds) if isinstance(kinds, list) else ""


def _ended(told: Told) -> str:
    by_clock = told.text("reason") == "deadline"
    words = "Test terminé à l’heure de fin" if by_clock else "Test terminé par le surveillant"
    together = "avec d’autres" if told.text("batch") else ""
    return plain(words, _question, lambda _: together)(told)


def _dismissed(told: Told) -> str:
    back = told.text("reason") == "came_back_by_himself"
    words = "Demande à reprendre sans objet" if back else "Demande à reprendre ignorée"
    return plain(words, lambda _: "il est revenu de lui-même" if back else "")(told)


def _authorised(told: Told) -> str:
    asked = "demandée par l’élève" if told.facts.get("requested") else ""
    return plain("Reprise autorisée", lambda _: asked, _question)(told)


def _given(minutes: str, verb: str) -> str:
    """« 7 min rendues », « 1 min rendue »."""
    return f"{minutes}{NBSP}min {verb[:-1] if minutes == '1' else verb}"


def _minutes(verb: str) -> Sentence:
    def said(told: Told) -> str:
        minutes = told.text("minutes")
        together = told.facts.get("together", 1)
        many = f"avec {together - 1} autres" if isinstance(together, int) and together > 2 else ""
        words = _given(minutes, verb) if minutes else f"Minutes {verb}"
        return plain(words, quoted("reason"), lambda _: many)(told)

    return said


def _extra_time_set(told: Told) -> str:
    before, after = told.text("before"), told.text("after")
    words = f"Temps majoré de {before}{NBSP}% à {after}{NBSP}%" if after else "Temps majoré modifié"
    vouched = "décision écrite attestée" if told.facts.get("written_decision") else ""
    return plain(words, lambda _: vouched)(told)


def _workstation(told: Told) -> str:
    before, after = told.text("before"), told.text("after")
    if not after:
        return plain("Poste effacé", lambda _: f"c’était le poste {before}" if before else "")(told)
    return plain(f"Poste {after}", lambda _: f"avant{NBSP}: poste {before}" if before else "")(told)


def _certifiable(told: Told) -> str:
    before = told.text("competences_before")
    return plain("Devenu certifiable", lambda _: f"{before}/5 avant" if before else "")(told)


def _ticket_issued(told: Told) -> str:
    until = told.hour("expires_at")
    return plain("Ticket d’entrée remis", lambda _: f"valable jusqu’à {until}" if until else "")(told)


def _enrolled(told: Told) -> str:
    return plain("Candidat inscrit", lambda told: _value("birth_date", told.text("birth_date")), _extra_time)(
        told
    )


def _corrected(told: Told) -> str:
    if told.facts.get("removed"):
        return plain("Candidat retiré de la liste")(told)
    before, after = told.facts.get("before"), told.facts.get("after")
    if not isinstance(before, dict) or not isinstance(after, dict):
        return plain("Candidat corrigé")(told)
    changes = [
        f"{FIELD_WORDS.get(name, name)} {in_quotes(_value(name, before.get(name)))} → "
        f"{in_quotes(_value(name, value))}"
        for name, value in sorted(after.items(), key=_in_order)
    ]
    return plain("Candidat corrigé", lambda _: ", ".join(changes))(told)


def _in_order(change: tuple[str, object]) -> int:
    """As in a list: a database may have shuffled the keys."""
    names = list(FIELD_WORDS)
    return names.index(change[0]) if change[0] in names else len(names)


def _value(field: str, value: object) -> str:
    """As people write it: a date of birth is kept as ISO."""
    if field == "birth_date" and isinstance(value, str):
        try:
            return day(date.fromisoformat(value))
        except ValueError:
            return value
    if field == "extra_time_percent":
        return f"{value}{NBSP}%"
    return str(value if value is not None else "")


def _entered(told: Told) -> str:
    if "handed_by" not in told.facts:
        return "Entre dans la salle."
    who = told.text("handed_by")
    return f"Entre dans la salle, par passage de l’administration{f' ({who})' if who else ''}."


def _access_ended(told: Told) -> str:
    name = told.text("name")
    handed = ", remplacé" if "hand_over" in told.facts else ""
    return f"Accès retiré{NBSP}: {name}{handed}." if name else "Accès d’un surveillant retiré."


def _password(told: Told) -> str:
    kept = told.facts.get("accesses_kept")
    more = "" if kept is None else ", surveillants gardés connectés" if kept else ", surveillants déconnectés"
    return f"Mot de passe de la session changé{more}."


def _launch_taken_back(told: Told) -> str:
    hour = told.hour("launched_at")
    return f"Lancement{f' de {hour}' if hour else ''} annulé."


def _category(told: Told) -> str:
    return told.text("category")


def _case(told: Told) -> str:
    return CASE_WORDS.get(told.text("kind"), "")


def _case_raised(told: Told) -> str:
    number = told.text("from")
    return plain(
        "Demande à la direction",
        lambda _: "" if told.whom else _value("birth_date", told.text("birth_date")),
        _case,
        lambda _: f"session {number}" if number else "",
        quoted("reason"),
    )(told)


def _case_answered(told: Told) -> str:
    return plain(ANSWER_WORDS.get(told.text("answer"), "Réponse de la direction"), _case)(told)


def _transferred(told: Told) -> str:
    before, after = told.text("from"), told.text("to")
    way = f"de la session {before} à la session {after}" if before and after else ""
    return plain("Changé de salle", lambda _: way)(told)


def _room_incident_started(told: Told) -> str:
    again = told.facts.get("again")
    return plain(
        "Incident dans toute la salle, sa fin est annulée"
        if again
        else "Incident dans toute la salle, début",
        lambda _: told.text("label"),
    )(told)


def _room_incident_ended(told: Told) -> str:
    if told.facts.get("undone"):
        return "Incident dans toute la salle, commencé par erreur."
    return plain(
        "Incident dans toute la salle, fin",
        lambda _: told.text("label"),
        _how_many(
            "candidates",
            f"{_given(told.text('minutes'), 'rendues')} à",
        ),
        _how_many("resumes", "reprise autorisée pour"),
    )(told)


def _how_many(key: str, words: str) -> Callable[[Told], str]:
    def said(told: Told) -> str:
        found = told.facts.get(key)
        many = len(found) if isinstance(found, list) else 0
        return f"{words} {many} candidat{'s' if many > 1 else ''}" if many else ""

    return said


def _incident(words: str) -> Sentence:
    """Incidents bring a code, a question and words; each may be missing. A change tells what stands now."""
    said = plain(words, _category, _question, quoted("description"))

    def told_of(told: Told) -> str:
        facts = told.facts.get("after") or told.facts.get("before") or told.facts
        return said(Told(facts if isinstance(facts, Mapping) else told.facts, told.whom, told.zone))

    return told_of


SENTENCES: Mapping[EventKind, Sentence] = MappingProxyType(
    {
        EventKind.PRESENCE_CONFIRMED: plain("Présence confirmée", _arrival, quoted("reason")),
        EventKind.PRESENCE_CANCELLED: plain("Présence retirée"),
        EventKind.STARTED: plain("Test commencé", _extra_time, _source),
        EventKind.RESUME_AUTHORISED: _authorised,
        EventKind.RESUME_CANCELLED: plain("Autorisation de reprise retirée"),
        EventKind.RESUMED: plain("Test repris", _question, _source),
        EventKind.COMPLETED: plain("Test terminé", _question, _source),
        EventKind.ENDED: _ended,
        EventKind.END_UNDONE: plain("Fin annulée, le test continue", _question),
        EventKind.REOPENED: plain("Test rouvert", quoted("reason")),
        EventKind.EXPIRED: plain(f"Délai de 24{NBSP}h dépassé, test clos"),
        EventKind.RESUME_REQUESTED: plain("Demande à reprendre, sur un autre poste", _question),
        EventKind.RESUME_DISMISSED: _dismissed,
        EventKind.LEFT: plain("Page du test quittée", _question),
        EventKind.ALERT_RAISED: plain("Signalement", _question, _kinds),
        EventKind.ALERT_REFUSED: plain("Signalement traité, pas de problème", _question),
        EventKind.ALERT_VALIDATED: plain("Signalement traité, problème confirmé", _question, _category),
        EventKind.ALERT_UNDONE: _alert_undone,
        EventKind.ALERT_LAPSED: plain("Signalement devenu sans objet", _question),
        EventKind.MINUTES_GIVEN: _minutes("rendues"),
        EventKind.MINUTES_TAKEN_BACK: _minutes("reprises"),
        EventKind.EXTRA_TIME_SET: _extra_time_set,
        EventKind.ROOM_INCIDENT_STARTED: _room_incident_started,
        EventKind.ROOM_INCIDENT_ENDED: _room_incident_ended,
        EventKind.WORKSTATION_CHANGED: _workstation,
        EventKind.WENT_OUT: plain("Sortie de la salle"),
        EventKind.CAME_BACK: plain("Retour dans la salle"),
        EventKind.INCIDENT_REPORTED: _incident("Incident noté"),
        EventKind.INCIDENT_CHANGED: _incident("Incident corrigé"),
        EventKind.INCIDENT_DELETED: _incident("Incident retiré"),
        EventKind.PROPOSAL_DISMISSED: plain("Ligne proposée, ignorée", _category, _question),
        EventKind.INSTRUCTIONS_READ: plain("Consignes lues"),
        EventKind.BECAME_CERTIFIABLE: _certifiable,
        EventKind.TICKET_ISSUED: _ticket_issued,
        EventKind.TICKET_USED: plain("Entré par ticket, identité non tapée"),
        EventKind.LATE_REFUSED: _late_refused,
        EventKind.CANDIDATE_ENROLLED: _enrolled,
        EventKind.CANDIDATE_CORRECTED: _corrected,
        EventKind.CANDIDATE_TRANSFERRED: _transferred,
        EventKind.CASE_RAISED: _case_raised,
        EventKind.CASE_ANSWERED: _case_answered,
        EventKind.CASE_WITHDRAWN: plain("Demande à la direction retirée", _case),
        EventKind.PROCTOR_ENTERED: _entered,
        EventKind.PROCTOR_LEFT: plain("Quitte la salle"),
        EventKind.ACCESS_ENDED: _access_ended,
        EventKind.PASSWORD_CHANGED: _password,
        EventKind.COMMENT_CHANGED: plain("Commentaire modifié"),
        EventKind.LAUNCH_TAKEN_BACK: _launch_taken_back,
        EventKind.CLOSED: plain("Session clôturée"),
        EventKind.ADDENDUM: plain("Additif", quoted("text")),
        **PAPER_SENTENCES,
    }
)


def erased(on: datetime | None) -> str:
    """In the place of the sentence, once the facts are eliminated (mechanics §1)."""
    return f"effacé le {day(on.date())}" if on is not None else "effacé"
