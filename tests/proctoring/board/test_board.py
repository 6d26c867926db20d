"""« Tableau de bord »: rooms, cases and their answers (A1)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pixsurv.kernel import clock
from proctoring.models import Attempt, Case, ProctorAccess
from proctoring.services import access as accesses
from proctoring.services import alerts, closing, ending, presence, progress
from proctoring.services.entries import candidate_actor
from proctoring.services.room_incident import start_room_incident
from sessions_app.enums import Role, SessionKind
from sessions_app.models import Candidate, Session
from sessions_app.wording import clock_time
from tests import factories
from tests.htmx import Page, parse
from tests.proctoring.board.conftest import NOW, URL, Board, seat


def signal(candidate: Candidate) -> None:
    entry = factories.attempt_of(candidate).holder
    assert entry is not None
    alerts.raise_alert(
        entry=entry, question=3, kinds=["image"], actor=candidate_actor(entry), now=clock.now()
    )


def order(page: Page) -> list[str]:
    return [one.removeprefix("salle-") for one in page.get("salles").xpath(".//li/@id")]


# ---- what it shows ----


def test_board_without_a_session_says_so(board: Board) -> None:
    page = board.page()
    assert "Aucune session aujourd’hui." in page.text()
    assert "Aucune demande." in page.text()


def test_board_counts_each_room(board: Board) -> None:
    session = board.room()
    for state in ("expected", "present", "in_progress", "resume_authorised", "completed", "ended"):
        board.put(session, state)
    factories.enter_room(session, "Perrine Essai")
    said = board.page().text(f"salle-{session.number}")
    for words in (
        "Salle B12 — 10h30",
        "Présents5/6",
        "En cours2",
        "Terminés2",
        "Perrine Essai",
        "Lancée à 10h30",
        "fin commune 12h15",
    ):
        assert words in said


def test_board_names_a_later_end(board: Board) -> None:
    session = board.room()
    board.put(session)
    assert "dernière" not in board.page().text(f"salle-{session.number}")
    board.put(session, extra_time_percent=33)
    assert "dernière 12h50" in board.page().text(f"salle-{session.number}")


def test_board_is_of_the_local_day(board: Board) -> None:
    today = board.room()
    board.room("C04", starts_at=NOW + timedelta(days=1))
    board.room("C05", starts_at=NOW - timedelta(days=1))
    board.room("C06", kind=SessionKind.REHEARSAL)
    cancelled = board.room("C07")
    Session.objects.filter(pk=cancelled.pk).update(state="cancelled", cancelled_at=NOW)
    factories.SessionFactory()
    assert order(board.page()) == [str(today.number)]


def test_rooms_that_need_help_come_first_then_by_time(board: Board) -> None:
    closed = board.room("A1", starts_at=NOW - timedelta(hours=2))
    closing.close_session(session_id=closed.pk, actor=factories.PROCTOR, now=clock.now())
    early, late = (
        board.room("A2", starts_at=NOW - timedelta(hours=1)),
        board.room("A3", starts_at=NOW + timedelta(hours=1)),
    )
    needy = board.room("A4", starts_at=NOW + timedelta(minutes=30))
    signal(board.put(needy))
    page = board.page()
    assert order(page) == [str(one.number) for one in (needy, early, late, closed)]
    assert "Signalement : 1" in page.text(f"salle-{needy.number}")
    assert "Ouvrir la salle" not in page.text(f"salle-{closed.number}")


def test_needs_are_counted_with_the_age_of_the_oldest(board: Board) -> None:
    session = board.room()
    first, second = board.put(session), board.put(session)
    signal(first)
    board.travel(minutes=4)
    signal(second)
    said = board.page().text(f"salle-{session.number}")
    assert "Signalement : 2" in said
    assert "Sans nouvelles : 2" in said
    assert "le plus ancien depuis 4 min" in said


def test_room_with_an_incident_needs_help(board: Board) -> None:
    """Even where nobody is silent; and no deadline that passes in it is a need, nor news (R23)."""
    quiet, hit = board.room("A1"), board.room("A2")
    candidate = board.put(hit)
    page = board.page()
    start_room_incident(session_id=hit.pk, kind="network", actor=factories.PROCTOR, now=clock.now())
    page.poll()
    page.assert_like_reload()
    assert order(page) == [str(hit.number), str(quiet.number)]
    assert "Incident dans toute la salle : panne de réseau" in page.text(f"salle-{hit.number}")
    Attempt.objects.filter(candidate=candidate).update(silent_at=None)
    board.travel(minutes=104)
    seen = version(board)
    board.travel(minutes=2)
    assert board.poll(seen).status_code == 204
    assert "Temps écoulé" not in board.page().text(f"salle-{hit.number}")


def test_board_says_that_nobody_watches_a_running_room(board: Board) -> None:
    session = board.room()
    assert "Personne ne surveille encore" in board.page().text()
    board.put(session)
    assert "Personne ne surveille" in board.page().text()
    factories.enter_room(session)
    assert "ne surveille" not in board.page().text()
    seen = clock_time(session.local(clock.now()))
    board.travel(minutes=3)
    assert f"Plus de nouvelles du surveillant depuis {seen}" in board.page().text()
    assert "ne surveille" not in board.page().text()
    ProctorAccess.objects.update(ended_at=clock.now(), ended_how="left")
    left = clock_time(session.local(clock.now()))
    assert f"Plus personne ne surveille depuis {left}" in board.page().text()


def test_cards_of_rooms_show_no_pupil(board: Board) -> None:
    """It may hang on a wall: names only in the cases."""
    session = board.room()
    people = [board.put(session, state) for state in ("expected", "in_progress", "completed")]
    board.late(session, last_name="DUPONT", first_name="Paul")
    page = board.page()
    for person in (*people, Candidate.objects.get(last_name="DUPONT")):
        assert person.last_name not in page.text("salles")
        assert person.first_name not in page.text("salles")
    assert "Paul DUPONT" in page.text("demandes")


def test_board_opens_a_room(board: Board) -> None:
    session = board.room()
    page = board.page(scripts=False)
    page.press("Ouvrir la salle B12")
    assert page.url.endswith(f"/surveillance/{session.number}/")


def test_board_is_in_the_navigation(board: Board) -> None:
    page = Page(board.client, "/etablissement/sessions/", scripts=False)
    page.press("Tableau de bord")
    assert page.url.endswith(URL)
    assert page.root.xpath("//nav//a[@aria-current='page']")[0].text == "Tableau de bord"


# ---- the refresh ----


def version(board: Board) -> str:
    return str(board.page().get("veille").get("data-v"))


def test_nothing_new_is_204(board: Board) -> None:
    session = board.room()
    board.put(session, "present")
    seen = version(board)
    assert board.poll(seen).status_code == 204
    board.travel(minutes=20)
    assert board.poll(seen).status_code == 204


def test_news_brings_the_page_that_a_reload_shows(board: Board) -> None:
    session = board.room()
    candidate = board.put(session)
    page = board.page()
    ending.end_test(
        session_id=session.pk, candidate_id=candidate.pk, actor=factories.PROCTOR, now=clock.now()
    )
    page.poll()
    assert "Terminés1" in page.text()
    page.assert_like_reload()
    assert board.poll(page.get("veille").get("data-v")).status_code == 204


def _silence(board: Board, candidate: Candidate) -> None:
    board.travel(minutes=3, seconds=1)


def _return(board: Board, candidate: Candidate) -> None:
    entry = factories.attempt_of(candidate).holder
    assert entry is not None
    progress.beat(entry=entry, visible=True, question=2, actor=candidate_actor(entry), now=clock.now())


def _enter(board: Board, candidate: Candidate) -> None:
    factories.enter_room(candidate.session)


def _plan(board: Board, candidate: Candidate) -> None:
    board.room("Nouvelle")


def _cancel(board: Board, candidate: Candidate) -> None:
    Session.objects.filter(pk=board.room("Z").pk).update(state="cancelled", cancelled_at=NOW)
    Session.objects.filter(pk=candidate.session_id).update(room="B13")


def _case(board: Board, candidate: Candidate) -> None:
    board.late(candidate.session)


def _answer(board: Board, candidate: Candidate) -> None:
    board.answer(board.late(candidate.session))


def _midnight(board: Board, candidate: Candidate) -> None:
    board.travel(hours=14)
    board.client.force_login(board.account)  # the login of the morning is over by then


@pytest.mark.parametrize("happens", [_silence, _enter, _plan, _cancel, _case, _answer, _midnight])
def test_whatever_happens_is_news_once(board: Board, happens: Callable[[Board, Candidate], None]) -> None:
    candidate = board.put(board.room())
    page = board.page()
    assert board.poll(page.get("veille").get("data-v")).status_code == 204
    happens(board, candidate)
    assert page.poll().status_code == 200
    page.assert_like_reload()
    assert page.poll().status_code == 204


def test_return_from_silence_is_news(board: Board) -> None:
    candidate = board.put(board.room())
    board.travel(minutes=4)
    page = board.page()
    board.travel(seconds=3)
    _return(board, candidate)
    assert page.poll().status_code == 200
    assert "Sans nouvelles" not in page.text()
    page.assert_like_reload()


def test_proctor_who_falls_silent_is_news(board: Board) -> None:
    session = board.room()
    factories.enter_room(session)
    board.put(session, "present")
    page = board.page()
    board.travel(minutes=2, seconds=1)
    assert page.poll().status_code == 200
    assert "Plus de nouvelles du surveillant" in page.text()
    page.assert_like_reload()


def test_what_falls_due_is_written_by_the_board(board: Board) -> None:
    board.school.ends_by_itself = True
    board.school.save()
    candidate = board.put(board.room())
    page = board.page()
    board.travel(minutes=105)
    page.poll()
    assert factories.attempt_of(candidate).state == "ended"
    page.assert_like_reload()


@pytest.mark.parametrize("nonsense", ["", "x", "1.", ".1", "1.x", "é.1", "²." + "1", "1.1", "9" * 40])
def test_nonsense_gets_the_whole_board(board: Board, nonsense: str) -> None:
    board.room()
    assert board.poll(nonsense).status_code == 200


def test_lost_login_is_answered_by_a_dialog(board: Board) -> None:
    board.room()
    page = board.page()
    board.client.logout()
    response = page.poll()
    assert (response.status_code, response["HX-Reswap"]) == (401, "none")
    assert page.find("veille") is not None
    assert "Vous n’êtes plus connecté" in page.text("connexion")
    (login,) = page.controls("Se connecter dans un autre onglet")
    assert (login.get("href"), login.get("target")) == ("/etablissement/", "_blank")
    board.client.force_login(board.account)
    assert page.poll().status_code in {200, 204}


def test_admin_who_is_none_any_more_is_led_to_the_page_that_says_so(board: Board) -> None:
    seen = version(board)
    board.account.memberships.update(role=Role.SECRETARIAT)
    response = board.poll(seen)
    assert (response.status_code, response["HX-Redirect"]) == (403, URL)


@pytest.mark.parametrize("many", [1, 6])
def test_queries_do_not_grow(board: Board, many: int) -> None:
    """Login and role are three; the refresh asks one more, what it shows at most seven."""
    for number in range(many):
        session = board.room(f"B{number}")
        factories.enter_room(session)
        for _ in range(many):
            signal(board.put(session))
        board.late(session)
        board.not_listed(session)
    page = board.page()
    seen = page.get("veille").get("data-v")
    with CaptureQueriesContext(
        connection,
    ) as quiet:
        assert board.poll(seen).status_code == 204
    assert len(quiet) == 4
    with CaptureQueriesContext(connection) as news:
        assert board.poll("").status_code == 200
    assert len(news) == 4 + 5
    with CaptureQueriesContext(connection) as whole:
        board.page()
    assert len(whole) == 4 + 5
    assert page.text("demandes").count("Accepter") == 2 * many


# ---- answers ----


def test_cases_stand_oldest_first_with_two_answers(board: Board) -> None:
    session = board.room()
    board.put(session)
    first = board.late(session, last_name="DUPONT", first_name="Paul")
    board.travel(minutes=5)
    second = board.not_listed(session)
    page = board.page()
    assert page.get("demandes").xpath(".//li/@id") == [f"demande-{first.pk}", f"demande-{second.pk}"]
    said = page.text("demandes")
    for words in ("Élève en retard", "5 min", "« bus en panne »", "Salle B12", "Inconnu de la liste"):
        assert words in said
    assert page.controls("Accepter : Élève en retard, Paul DUPONT")
    assert page.controls("Refuser : Élève absent de la liste, Nina NOUVELLE")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize(("button", "state"), [("Accepter", "accepted"), ("Refuser", "refused")])
def test_case_is_answered_in_one_tap(board: Board, scripts: bool, button: str, state: str) -> None:
    session = board.room()
    board.put(session)
    board.late(session, last_name="DUPONT", first_name="Paul")
    page = board.page(scripts=scripts)
    page.press(f"{button} : Élève en retard, Paul DUPONT")
    case = Case.objects.get()
    assert (case.state, case.answered_by) == (state, board.account)
    assert "Aucune demande." in page.text()
    if scripts:
        assert page.text("annonces")
        page.assert_like_reload("annonces")
    else:
        assert page.root.xpath("//*[@role='status' and contains(@class, 'encart--vert')]")


@pytest.mark.parametrize("htmx", [True, False])
def test_second_admin_gets_fresh_fragments_and_a_name(board: Board, htmx: bool) -> None:
    session = board.room()
    board.put(session)
    case = board.late(session)
    other = seat(board.school, board.travel)
    board.answer(case)
    response = other.answer(case, "refused", htmx=htmx)
    assert response.status_code == 409
    said = response.content.decode().replace("\u00a0", " ")
    assert f"{board.account.name} a déjà répondu à 10h30 : accepté." in said
    assert "Aucune demande." in said
    case.refresh_from_db()
    assert case.state == "accepted"


def test_double_click_is_one_answer(board: Board) -> None:
    session = board.room()
    board.put(session)
    case = board.late(session)
    assert [board.answer(case).status_code for _ in range(2)] == [200, 200]
    assert session.events.filter(kind="case_answered").count() == 1


@pytest.mark.parametrize("wish", ["", "withdrawn", "open", "ACCEPTED"])
def test_no_answer_is_no_answer(board: Board, wish: str) -> None:
    session = board.room()
    case = board.not_listed(session)
    assert board.answer(case, wish).status_code == 422
    case.refresh_from_db()
    assert case.state == "open"


def test_answer_that_the_room_overtook_is_told(board: Board) -> None:
    session = board.room()
    case = board.not_listed(session)
    closing.close_session(session_id=session.pk, actor=factories.PROCTOR, now=clock.now())
    response = board.answer(case)
    assert response.status_code == 409
    assert "Cette session est clôturée" in response.content.decode()


# ---- « Absents et retards » ----


def test_absences_are_by_class_with_their_reason(board: Board) -> None:
    session = board.room()
    board.put(session)
    waiting = board.room("C04", starts_at=NOW + timedelta(hours=3))
    board.put(waiting, "expected", last_name="ATTEND")
    board.put(session, "expected", last_name="ABSENT", class_name="10²")  # « ² » is a digit, and no number
    board.put(session, "expected", last_name="INCERTAIN", class_name="3e B", certifiable_competences=3)
    board.late(session, last_name="RETARD", class_name="3e B")
    accepted = board.late(session, last_name="ACCEPTE", class_name="")
    board.answer(accepted)
    late = Candidate.objects.get(last_name="ACCEPTE")
    board.travel(minutes=2)
    presence.confirm_presence(
        session_id=session.pk, candidate_id=late.pk, actor=factories.PROCTOR, now=clock.now()
    )
    page = board.page("absents/")
    titles = [one.text.strip() for one in page.root.xpath("//section/h2")]
    assert titles == ["3e B", "10²", "Sans classe"]
    said = page.text()
    for words in (
        "Pas encore arrivé",
        "Pas encore certifiable (3/5)",
        "En retard, refusé à 10h30",
        "En retard, accepté à 10h32",
        "Pas encore lancées, donc pas dans cette liste : C04 (13h30)",
    ):
        assert words in said
    assert "ATTEND" not in said
    assert not any(f"{one.birth_date:%d/%m/%Y}" in said for one in Candidate.objects.all())
    assert session.site not in said


def test_absences_cost_the_same_for_many(board: Board) -> None:
    counts = []
    for _ in range(2):
        for _ in range(3):
            session = board.room()
            board.put(session)
            for _ in range(3):
                board.put(session, "expected")
            board.late(session)
        with CaptureQueriesContext(connection) as queries:
            board.page("absents/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ---- who may ----


def test_answers_of_strangers_change_nothing(board: Board) -> None:
    case = board.not_listed(board.room())
    proctor, token = factories.enter_room(case.session)
    for client in (Client(), seat(factories.EstablishmentFactory(), board.travel).client):
        client.cookies[f"salle-{case.session.number}"] = token
        assert client.post(f"{URL}demandes/{case.pk}/", {"answer": "accepted"}).status_code in {302, 404}
    case.refresh_from_db()
    assert (case.state, ProctorAccess.objects.get(pk=proctor.pk).is_admin) == ("open", False)
    assert parse(board.page().response.content).xpath("//*[@id='demande-" + str(case.pk) + "']")
    assert accesses.actor_of(proctor).kind == "proctor"


def test_school_that_another_tab_looks_at_stays(board: Board) -> None:
    """The refresh of one tab must not decide which school the next page is about."""
    other = factories.MembershipFactory(account=board.account).establishment
    board.client.get(f"{URL}?etablissement={other.pk}")
    assert board.poll("", board.school).status_code == 200
    assert other.name in board.client.get(URL).content.decode()
