"""Every act is a POST form that works without scripts, and its question a page of its own (contract.md)."""

from typing import Any

import pytest
from django.urls import get_resolver

from proctoring.enums import ProposalKind
from proctoring.models import Case, Incident, Proposal
from proctoring.room.urls import urlpatterns
from proctoring.services import alerts, running
from proctoring.services.due import locked_room
from proctoring.services.entries import candidate_actor
from proctoring.services.proposals import propose
from sessions_app.models import Candidate
from tests import factories
from tests.htmx import accessible_name, parse, words
from tests.proctoring.room.conftest import NOW, Room

NINA = {"last_name": "Nouvelle", "first_name": "Nina", "birth_date": "04/03/2012"}
# Name of the address → state that Paul is in, what is posted. Every address that takes a POST is here.
ACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "presence": ("expected", {"present": "1"}),
    "late": ("expected", {"arrival": "in_room"}),
    "undo_late": ("expected", {}),
    "certifiable": ("expected", {"seen": "1"}),
    "resume": ("in_progress", {}),
    "cancel_resume": ("resume_authorised", {}),
    "dismiss_request": ("in_progress", {}),
    "end": ("in_progress", {}),
    "undo_end": ("ended", {}),
    "extra_time": ("in_progress", {"percent": "33"}),
    "workstation": ("expected", {"workstation": "14"}),
    "alert": ("in_progress", {"outcome": "refused"}),
    "undo_alert": ("in_progress", {}),
    "report_incident": ("in_progress", {"categorie": "E1", "question": "12", "once": "c"}),
    "candidate_incident": ("in_progress", {"categorie": "C7", "description": "Souris", "once": "d"}),
    "change_incident": ("in_progress", {"categorie": "E2", "question": "13"}),
    "delete_incident": ("in_progress", {}),
    "keep_proposal": ("in_progress", {}),
    "dismiss_proposal": ("in_progress", {}),
    "swap": ("in_progress", {"workstation": "26", "minutes": "5", "once": "e"}),
    "undo_swap": ("in_progress", {}),
    "by_hand": ("present", {"at": "10:30", "source": "paper"}),
    "minutes": ("in_progress", {"minutes": "5", "once": "a"}),
    "take_minutes_back": ("in_progress", {"minutes": "5", "once": "b"}),
    "end_overdue": ("in_progress", {}),
    "undo_batch": ("in_progress", {}),
    "start_all": ("present", {"at": "10:30", "source": "paper"}),
    "close": ("completed", {}),
    "instructions": ("expected", {}),
    "report_comment": ("expected", {"comment": "Bruit.", "comment_seen": "0"}),
    "right_room": ("expected", {}),
    "mask": ("expected", {}),
    "unmask": ("expected", {"password": factories.PASSWORD}),
    "leave": ("expected", {}),
    "ask_direction": ("completed", {"reason": "Erreur"}),
    "not_listed": ("expected", {**NINA, "ask": "inscription"}),
    "withdraw": ("expected", {}),
    "ticket": ("expected", {"once": "a"}),
    "room_incident": ("in_progress", {"quoi": "power"}),
    "undo_room_incident": ("in_progress", {}),
    "end_room_incident": ("in_progress", {"since": "10:30", "until": "10:30", "minutes": "0"}),
    "undo_room_incident_end": ("in_progress", {}),
    "go_out": ("in_progress", {}),
    "come_back": ("in_progress", {}),
}
READ_ONLY = {
    "incidents",
    "alert_category",
    "contacts",
    "room",
    "state",
    "code",
    "paper",
    "candidate",
    "login",
}
READ_ONLY |= {"help", "candidate_help", "projection"}
READ_ONLY |= {"report", "report_sheet", "report_pdf", "closing_gate", "card"}
# Its visitor has no room yet: tests/proctoring/dashboard/test_hand_over.py.
ELSEWHERE = {"take_over"}
ELSEWHERE |= {"view"}  # a preference of this device: test_view.py
ELSEWHERE |= {"scans", "scan_page", "bind_scan", "scan", "remove_scan"}  # with their files: test_scans.py
ELSEWHERE |= {"rehearse", "practice", "around"}  # tests/proctoring/rehearsal
# Questions: what stands in the state, and how many buttons confirm.
QUESTIONS: dict[str, tuple[str, list[str]]] = {
    "presence": ("expected", ["Confirmer"]),
    "late": ("expected", ["Déjà dans la salle au lancement", "Arrive en retard"]),
    "certifiable": ("expected", ["Confirmer"]),
    "resume": ("in_progress", ["Confirmer"]),
    "end": ("in_progress", ["Confirmer"]),
    "workstation": ("expected", ["Confirmer"]),
    "by_hand": ("present", ["Confirmer"]),
    "alert": (
        "in_progress",
        ["Pas de problème : reprendre la question", "Problème confirmé : passer à la question suivante"],
    ),
    "alert_category": ("in_progress", ["Confirmer"]),
    "delete_incident": ("in_progress", ["Confirmer"]),
    "keep_proposal": ("in_progress", ["Confirmer"]),
    "swap": ("in_progress", ["Confirmer"]),
    "end_overdue": ("in_progress", ["Confirmer"]),
    "start_all": ("present", ["Confirmer"]),
    "instructions": ("expected", ["Consignes lues"]),
    "leave": ("expected", ["Confirmer"]),
    "ask_direction": ("completed", ["Confirmer"]),
    "not_listed": ("expected", ["Chercher cet élève"]),
    "ticket": ("expected", ["Confirmer"]),
    "room_incident": (
        "in_progress",
        ["Coupure de courant", "Panne de réseau", "Alarme, évacuation", "Autre incident"],
    ),
    "end_room_incident": ("in_progress", ["Confirmer"]),
}
PATHS = {pattern.name: str(pattern.pattern) for pattern in urlpatterns}


def url_of(room: Room, name: str, candidate: Candidate) -> str:
    path = PATHS[name].replace("<int:number>", str(room.session.number))
    path = path.replace("<int:candidate_id>", str(candidate.pk)).replace("<slug:act>", "commence")
    asked = Case.objects.values_list("raised_sequence", flat=True).first()
    path = path.replace("<slug:kind>", "reouverture").replace("<int:sequence>", str(asked or 1))
    path = path.replace("<int:page_id>", "1").replace("<int:file_id>", "1")
    for name, model in (("incident", Incident), ("proposal", Proposal)):
        last = model.objects.order_by("pk").last()
        path = path.replace(f"<int:{name}_id>", str(last.pk if last is not None else 1))
    return f"/surveillance/{path}"


def prepared(room: Room, name: str, state: str) -> tuple[Candidate, dict[str, Any]]:
    """Paul in that state, with whatever else this act needs; what to post besides."""
    paul = room.put(state, "DUPONT", "Paul", certifiable_competences=3 if name == "certifiable" else 16)
    more: dict[str, Any] = {}
    if name in {"minutes", "take_minutes_back", "end_overdue", "report_incident"}:
        more["candidat"] = str(paul.pk)
    if name == "take_minutes_back":
        room.post(room.url + "minutes/", candidat=paul.pk, minutes=5)
    if name in {"end_overdue", "undo_batch"}:
        room.travel(minutes=105)
    if name == "undo_batch":
        room.post(room.url + "fins/", candidat=paul.pk)
        more["batch"] = room.attempt(paul).end_batch
    if name in {"alert", "alert_category", "undo_alert"}:
        entry = room.attempt(paul).holder
        assert entry is not None
        alert, _ = alerts.raise_alert(
            entry=entry, question=7, kinds=[], actor=candidate_actor(entry), now=NOW
        )
        more["alert"] = str(alert.pk)
    if name == "undo_alert":
        room.post(room.at(paul, "signalement/"), outcome="refused", **more)
    more |= _noted(room, name, paul) | _begun(room, name)
    if name == "come_back":
        room.post(room.at(paul, "sortie/"))
    if name == "dismiss_request":
        again = factories.open_entry_for(paul)
        running.request_resume(entry=again, actor=candidate_actor(again), now=NOW)
    if name == "withdraw":
        room.post(f"{room.url}absent-de-la-liste/", **NINA, ask="inscription")
    if name == "late":
        room.put("in_progress", "DURAND", "Simon")
    return paul, more


def _begun(room: Room, name: str) -> dict[str, Any]:
    """The incident of the whole room that this act ends or undoes."""
    if name not in {"undo_room_incident", "end_room_incident", "undo_room_incident_end"}:
        return {}
    room.post(f"{room.url}incident-salle/", **ACTS["room_incident"][1])
    key = {"incident": str(room.fresh().incident_key)}
    if name == "undo_room_incident_end":
        room.post(f"{room.url}incident-salle/fin/", **ACTS["end_room_incident"][1], **key)
    return key


def _noted(room: Room, name: str, paul: Candidate) -> dict[str, Any]:
    """The incident or the proposal that this act is about."""
    if name in {"change_incident", "delete_incident"}:
        room.post(room.at(paul, "incident/"), **ACTS["report_incident"][1])
    if name in {"keep_proposal", "dismiss_proposal"}:
        with locked_room(room.session.pk, now=NOW) as locked:
            propose(locked, locked.attempt(paul.pk), ProposalKind.TIMED_OUT, question=12)
    if name == "undo_swap":
        room.post(room.at(paul, "poste-defaillant/"), **ACTS["swap"][1])
        return {"incident": str(Incident.objects.get().pk)}
    return {}


def test_every_address_is_tested_here() -> None:
    assert set(PATHS) == set(ACTS) | READ_ONLY | ELSEWHERE
    assert get_resolver().reverse_dict is not None


@pytest.mark.parametrize("name", ACTS)
def test_every_act_leads_back_without_scripts(room: Room, name: str) -> None:
    state, data = ACTS[name]
    paul, more = prepared(room, name, state)
    response = room.post(url_of(room, name, paul), **data, **more)
    assert response.status_code == 303
    where = response["Location"].split("#")[0]
    if name == "leave":
        assert where == f"/surveillance/?numero={room.session.number}"
    elif name == "report_comment":
        assert where == room.url + "pv/"
    elif name == "ticket":
        assert where == url_of(room, name, paul)
    elif data.get("source") == "paper":
        assert where == room.url + "feuille-de-secours/"
    else:
        assert where == room.url


@pytest.mark.parametrize(
    "name", [one for one in ACTS if one not in {"mask", "unmask", "right_room", "leave", "report_comment"}]
)
def test_every_act_answers_htmx_with_what_changed(room: Room, name: str) -> None:
    state, data = ACTS[name]
    paul, more = prepared(room, name, state)
    response = room.post(url_of(room, name, paul), htmx=True, **data, **more)
    assert response.status_code == 200
    assert b"hx-swap-oob" in response.content
    assert b"<!doctype" not in response.content


@pytest.mark.parametrize("name", ACTS)
def test_reading_an_act_changes_nothing(room: Room, name: str) -> None:
    state, _ = ACTS[name]
    paul, _ = prepared(room, name, state)
    before = room.sequence()
    response = room.get(url_of(room, name, paul))
    assert response.status_code in {200, 303, 405}
    assert room.sequence() == before


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_a_page_with_its_buttons_and_no_state(room: Room, name: str) -> None:
    state, buttons = QUESTIONS[name]
    paul, _ = prepared(room, name, state)
    response = room.get(url_of(room, name, paul))
    assert response.status_code == 200
    page = parse(response.content)
    assert [accessible_name(one) for one in page.xpath("//main//button")] == buttons
    assert not page.xpath("//*[@data-state]")
    assert [words(one) for one in page.xpath("//h1")], "a heading"
    assert len(page.xpath("//h1")) == 1
    (back,) = page.xpath("//main//a[@data-retour]")
    assert words(back) == "Retour"
    assert back.get("href") == room.url
    assert page.xpath("//main//form[@method='post']//input[@name='csrfmiddlewaretoken']")


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_same_question_is_a_fragment_for_htmx(room: Room, name: str) -> None:
    state, _ = QUESTIONS[name]
    paul, _ = prepared(room, name, state)
    plain = parse(room.get(url_of(room, name, paul)).content)
    response = room.get(url_of(room, name, paul), htmx=True)
    assert b"<html" not in response.content
    assert b"data-state" not in response.content
    (main,) = plain.xpath("//main")
    assert words(parse(b"<body>" + response.content)) == words(main)


@pytest.mark.parametrize("name", ["minutes", "extra_time"])
def test_a_preview_is_a_question_too(room: Room, name: str) -> None:
    paul, _ = prepared(room, name, "in_progress")
    query = "percent=33" if name == "extra_time" else f"minutes=5&candidat={paul.pk}"
    page = parse(room.get(f"{url_of(room, name, paul)}?{query}").content)
    assert [accessible_name(one) for one in page.xpath("//main//button")] == ["Confirmer"]
    assert not page.xpath("//*[@data-state]")


def test_without_scripts_the_room_asks_for_news_by_itself(room: Room) -> None:
    content = room.page().response.content.decode()
    assert f'<noscript><meta http-equiv="refresh" content="15; url={room.url}"></noscript>' in content


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_not_swept_away_by_a_refresh(room: Room, name: str) -> None:
    paul, _ = prepared(room, name, QUESTIONS[name][0])
    assert b'http-equiv="refresh"' not in room.get(url_of(room, name, paul)).content


@pytest.mark.parametrize("name", [name for name in ACTS if "<int:candidate_id>" in PATHS[name]])
@pytest.mark.parametrize("htmx", [True, False])
def test_strangers_are_not_found_anywhere(room: Room, name: str, htmx: bool) -> None:
    stranger = factories.CandidateFactory(last_name="ÉTRANGER", certifiable_competences=3)
    url = url_of(room, name, stranger)
    data = ACTS[name][1] | {"alert": "1"}
    for response in (room.post(url, htmx=htmx, **data), room.get(url, htmx=htmx)):
        assert response.status_code in ({409, 405} if htmx else {404, 405})
        assert "ÉTRANGER" not in response.content.decode()


@pytest.mark.any_database
@pytest.mark.parametrize("name", PATHS)
def test_other_methods_are_refused(room: Room, name: str) -> None:
    url = url_of(room, name, room.add("DUPONT", "Paul"))
    answers = {method: getattr(room.client, method)(url) for method in ("put", "delete", "patch", "options")}
    assert {method: answer.status_code for method, answer in answers.items()} == dict.fromkeys(answers, 405)
