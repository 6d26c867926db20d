"""The report and the closing as a proctor meets them: live, never losing what is typed (I2, I3)."""

from typing import Any

import pytest

from pixsurv.kernel.errors import Busy
from proctoring.services import ending
from proctoring.services.alerts import answer_alert
from proctoring.services.comment import save_comment
from proctoring.services.minutes import give_minutes
from proctoring.services.room_incident import start_room_incident
from sessions_app.enums import EventKind
from sessions_app.models import StoredFile
from tests import factories
from tests.htmx import Page, both_ways
from tests.proctoring.room.conftest import Room
from tests.proctoring.room.test_alerts import raise_alert


def saved_by_another(room: Room, text: str, seen: int = 0) -> int:
    return save_comment(
        session_id=room.session.pk, text=text, seen=seen, actor=factories.ADMIN, now=factories.clock.now()
    )


def mark_of(page: Page) -> str:
    return page.get("cloture").xpath(".//input[@name='mark']/@value")[0]


# ---- the live report ----


def test_report_is_live_and_named_as_a_draft(room: Room) -> None:
    room.put("in_progress", "DUPONT", "Paul")
    page = room.page("pv/")
    assert "PROJET — session non clôturée" in page.text("feuille")
    assert "Début du premier test" in page.text("feuille")
    assert page.get("feuille").get("hx-get").endswith(f"pv/feuille/?v={room.sequence()}")


def test_report_asks_for_itself_and_is_told_nothing_new(room: Room) -> None:
    room.put("in_progress")
    url = f"{room.url}pv/feuille/?v="
    assert room.get(f"{url}{room.sequence()}", htmx=True).status_code == 204
    fresh = room.get(f"{url}1", htmx=True)
    assert fresh.status_code == 200
    assert b'id="feuille"' in fresh.content
    assert b"<html" not in fresh.content


def test_report_costs_the_same_for_one_and_for_many(room: Room, django_assert_num_queries: object) -> None:
    room.put("completed")
    costs = []
    for _ in range(2):
        with django_assert_num_queries(2) as found:  # type: ignore[operator]  # the access, the journal
            room.get(f"{room.url}pv/")
        costs.append(len(found))
        for _ in range(6):
            room.put("ended")
    assert costs[0] == costs[1]


def test_draft_can_be_downloaded_and_the_sealed_bytes_afterwards(room: Room) -> None:
    draft = room.get(f"{room.url}pv.pdf")
    assert draft["Content-Type"] == "application/pdf"
    assert "projet" in draft["Content-Disposition"]
    room.post(f"{room.url}cloturer/")
    stored = bytes(StoredFile.objects.get().content)
    sealed = room.get(f"{room.url}pv.pdf")
    assert sealed.content == stored
    assert "projet" not in sealed["Content-Disposition"]


def test_closed_room_shows_the_sealed_report(room: Room) -> None:
    room.post(f"{room.url}cloturer/", signature="Perrine Essai", attendance="1")
    page = room.page("pv/")
    assert "Sceau" in page.text("feuille")
    assert "PROJET" not in page.text()
    assert page.get("feuille").get("hx-get") is None
    assert page.find("commentaire") is None


# ---- the comment ----


@both_ways
def test_comment_is_saved_and_only_then_said_to_be(room: Room, scripts: bool) -> None:
    page = room.page("pv/", scripts=scripts)
    assert "Rien n’est encore enregistré" in page.text("commentaire-etat")
    if scripts:
        answer = room.post(f"{room.url}pv/commentaire/", htmx=True, comment="Bruit.", comment_seen="0")
        assert "Enregistré à 10h30" in answer.content.decode()
    else:
        page.fill(comment="Bruit.")
        page.press("Enregistrer le commentaire")
        assert page.url.endswith("pv/")
    page = room.page("pv/")
    assert page.get("commentaire").text_content() == "Bruit."
    assert "Enregistré à 10h30 par Perrine Essai" in page.text("commentaire-etat")
    assert [event.kind for event in room.events()][-1] == EventKind.COMMENT_CHANGED


@both_ways
def test_two_comments_at_once_stand_both_on_the_page(room: Room, scripts: bool) -> None:
    seen = saved_by_another(room, "Le sien.")
    data = {"comment": "Le mien.", "comment_seen": "0"}
    answer = room.post(f"{room.url}pv/commentaire/", htmx=scripts, **data)
    assert answer.status_code == 409
    said = answer.content.decode()
    assert "Le sien." in said
    assert "Admin Essai" in said
    assert scripts or "Le mien.</textarea>" in said
    assert 'name="comment_seen" value="0"' in said, "typing on must not overwrite what was not chosen"
    assert room.post(f"{room.url}pv/commentaire/", htmx=scripts, **data).status_code == 409
    kept = room.post(f"{room.url}pv/commentaire/", htmx=scripts, **data, keep=str(seen))
    assert kept.status_code == (200 if scripts else 303)
    assert room.last_event().facts["text"] == "Le mien."


@both_ways
def test_comment_that_is_too_long_is_kept_in_its_field(room: Room, scripts: bool) -> None:
    answer = room.post(f"{room.url}pv/commentaire/", htmx=scripts, comment="x" * 510, comment_seen="0")
    assert answer.status_code == 422
    assert "10 de trop" in answer.content.decode()
    assert scripts or "x" * 510 in answer.content.decode()
    assert room.last_event().kind == EventKind.PROCTOR_ENTERED


@both_ways
def test_busy_session_keeps_the_comment(room: Room, scripts: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(**_: object) -> None:
        raise Busy

    monkeypatch.setattr("proctoring.closing.pages.save_comment", busy)
    answer = room.post(f"{room.url}pv/commentaire/", htmx=scripts, comment="Bruit.", comment_seen="0")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "2"
    assert scripts or "Bruit.</textarea>" in answer.content.decode()


def test_comment_on_a_closed_session_is_shown_so_that_it_can_be_copied(room: Room) -> None:
    page = room.page("cloturer/", scripts=False)
    page.fill(comment="Écrit trop tard.")
    room.enter("Luc Essai").post(f"{room.url}cloturer/")
    answer = room.post(
        f"{room.url}cloturer/", comment="Écrit trop tard.", comment_seen="0", mark="", signature="P. E."
    )
    assert answer.status_code == 409
    assert "Écrit trop tard." in answer.content.decode()
    assert "clôturée" in answer.content.decode()


# ---- the gate ----


def test_gate_names_what_is_missing_and_the_button_counts_it(room: Room) -> None:
    paul = room.put("ended", "DUPONT", "Paul")
    room.put("present", "DURAND", "Simon")
    room.travel(seconds=10)
    page = room.page("cloturer/")
    said = page.text("manques")
    for words in ("Plus aucun test en cours", "DUPONT Paul", "DURAND Simon", "Non confirmée", "Votre nom"):
        assert words in said
    assert page.text("clore").endswith("Confirmer : Clôturer avec 4 manques déclarés")
    assert "Motif de fin non donné : DUPONT Paul." in page.text("clore")
    typed = {f"reason-{paul.pk}": "time", "attendance": "1", "mark": mark_of(page)}
    fresh = room.post(
        f"{room.url}cloturer/manques/", htmx=True, **typed, signature="Perrine"
    ).content.decode()
    assert "Clôturer avec 1 manque déclaré<" in fresh
    assert "La situation a changé" not in fresh
    assert not room.fresh().is_over


def test_gate_waits_for_an_end_that_can_be_undone(room: Room) -> None:
    room.put("ended")
    room.travel(seconds=4)
    assert "annulée pendant 6 s" in room.page("cloturer/").text("manques")
    answer = room.post(f"{room.url}cloturer/", signature="Perrine Essai")
    assert answer.status_code == 409
    assert "Attendez 6 secondes" in answer.content.decode()
    assert 'value="Perrine Essai"' in answer.content.decode()


def test_somebody_reopened_meanwhile_and_what_was_typed_is_kept(admin_room: Room) -> None:
    room = admin_room
    paul, zoe = room.put("ended", "DUPONT", "Paul"), room.put("completed", "MARTIN", "Zoé")
    room.travel(seconds=10)
    page = room.page("cloturer/", scripts=False)
    page.fill(signature="Perrine Essai", comment="Bruit dans le couloir.")
    where = {"session_id": room.session.pk, "candidate_id": zoe.pk, "now": factories.clock.now()}
    ending.reopen(**where, reason="Erreur", actor=factories.ADMIN)
    ending.end_test(**where, actor=factories.PROCTOR)
    room.travel(seconds=11)
    response = page.press("Confirmer : Clôturer avec 3 manques déclarés")
    assert response.status_code == 409
    assert "La situation a changé" in page.text()
    assert page.get("signature").get("value") == "Perrine Essai"
    assert page.get("commentaire").text_content() == "Bruit dans le couloir."
    assert page.find(f"motif-{zoe.pk}") is not None, "the truth: a second reason is owed"
    said = {f"reason-{paul.pk}": "time", f"reason-{zoe.pk}": "technical", "signature": "Perrine Essai"}
    assert room.post(f"{room.url}cloturer/", **said, attendance="1", mark=mark_of(page)).status_code == 303
    (closed,) = room.events(EventKind.CLOSED)
    facts = closed.facts or {}
    assert sorted(told["reason"] for told in facts["reasons"]) == ["technical", "time"]
    assert facts["gaps"] == []


def test_looking_again_keeps_what_was_typed_and_closes_nothing(room: Room) -> None:
    answer = room.post(f"{room.url}cloturer/", revoir="1", signature="Perrine", attendance="1", mark="old")
    assert answer.status_code == 200
    assert 'value="Perrine"' in answer.content.decode()
    assert not room.fresh().is_over
    stale = room.post(f"{room.url}cloturer/manques/", htmx=True, mark="old")
    assert "La situation a changé" in stale.content.decode()


def test_gate_of_a_room_that_was_closed_leads_to_its_report(room: Room) -> None:
    room.post(f"{room.url}cloturer/")
    answer = room.post(f"{room.url}cloturer/manques/", htmx=True)
    assert answer.headers["HX-Redirect"] == f"{room.url}pv/"


def test_gate_costs_the_same_for_one_and_for_many(room: Room, django_assert_max_num_queries: object) -> None:
    for state in ("ended", "present", "completed"):
        for _ in range(3):
            room.put(state)
    with django_assert_max_num_queries(5):  # type: ignore[operator]
        room.get(f"{room.url}cloturer/")


def test_alert_left_without_an_answer_is_counted_apart_in_gate_and_report(room: Room) -> None:
    """Green « 1 traité » would contradict the report, that nobody answered it."""
    paul, zoe = room.put("in_progress"), room.put("in_progress")
    raise_alert(room, paul)
    answered = raise_alert(room, zoe)
    ways: dict[str, Any] = {"session_id": room.session.pk, "actor": factories.PROCTOR}
    answer_alert(
        candidate_id=zoe.pk, alert_id=answered.pk, confirmed=False, now=factories.clock.now(), **ways
    )
    for candidate in (paul, zoe):
        ending.end_test(candidate_id=candidate.pk, now=factories.clock.now(), **ways)
    told = "2 reçus, 1 traité, 1 sans réponse"
    assert f"{told}. Ce sera écrit au PV." in room.page("cloturer/").text("manques")
    sheet = room.page("pv/").text("feuille")
    assert f"Signalements{told}" in sheet
    assert f"Signalements des candidats ({told})" in sheet


def test_report_sends_from_incidents_to_the_incident_of_the_room(room: Room) -> None:
    nothing, seen = "Aucun incident n’a été noté", "Incident dans toute la salle : voir le déroulement."
    paul = room.put("in_progress")
    assert nothing in room.page("pv/").text("feuille")
    ways: dict[str, Any] = {"session_id": room.session.pk, "actor": factories.PROCTOR}
    start_room_incident(kind="power", now=factories.clock.now(), **ways)
    sheet = room.page("pv/").text("feuille").replace("\u00a0", " ")
    assert seen in sheet
    assert nothing not in sheet
    give_minutes(candidate_ids=[paul.pk], minutes=1, now=factories.clock.now(), **ways)
    sheet = room.page("pv/").text("feuille").replace("\u00a0", " ")
    assert sheet.count("1 min rendue") == 2
    assert "1 min rendues" not in sheet


# ---- half an hour after the last end ----


@pytest.mark.parametrize(("minutes", "said"), [(29.9, False), (30, True)])
def test_half_an_hour_after_the_last_end_the_room_proposes_to_close(
    room: Room, minutes: float, said: bool
) -> None:
    room.put("completed")
    room.put("expected")
    page = room.page()
    room.travel(minutes=minutes)
    answer = page.poll()
    assert (page.find("tous-finis") is not None) is said
    assert answer.status_code == (200 if said else 204)
    if said:
        page.assert_like_reload()
        assert page.get("clore-tous-finis").get("href") == f"{room.url}cloturer/"


def test_nothing_is_proposed_while_somebody_works_or_before_anything_began(room: Room) -> None:
    room.put("completed")
    room.put("in_progress")
    room.travel(minutes=40)
    assert room.page().find("tous-finis") is None
    empty = Room(factories.SessionFactory(), room.travel).enter()
    empty.put("present")
    room.travel(minutes=40)
    assert empty.page().find("tous-finis") is None
