"""Alerts, incidents, the whole room, what the room asks of the direction: how the report tells them (I1, I2)."""

import pytest

from tests.proctoring.report.events import ADMIN, PAUL, ZOE, course, journal, plain, situation

# ---- alerts and incidents ----


def test_alert_and_its_outcome() -> None:
    told = journal().run(4, PAUL).say("alert_raised", 50, PAUL, alert=7, question=27, kinds=["image"])
    report = told.report
    assert plain(report.alerts[0].words) == (
        "DUPONT Paul, question 27 : image qui ne s’affiche pas. En attente de réponse."
    )
    assert report.open_alerts == 1
    report = told.say("alert_validated", 51, PAUL, alert=7, question=27, category="E1").report
    assert report.alerts[0].code == "E1"
    assert plain(report.alerts[0].words).endswith("Problème confirmé par Perrine Essai (E1).")
    assert report.open_alerts == 0


def test_answer_to_an_alert_that_was_taken_back_does_not_stand() -> None:
    told = journal().run(4, PAUL).say("alert_raised", 50, PAUL, alert=7, question=27, kinds=[])
    told.say("alert_validated", 51, PAUL, alert=7, question=27, category="E1", raised_at="x")
    told.say("alert_undone", 51.1, PAUL, alert=7, question=27, answer="validated")
    assert told.report.open_alerts == 1
    assert told.report.alerts[0].code == ""


@pytest.mark.parametrize(
    ("kind", "said"),
    [("alert_refused", "Pas de problème, selon Perrine Essai."), ("alert_lapsed", "Sans réponse, le test")],
)
def test_alert_refused_or_lapsed(kind: str, said: str) -> None:
    told = journal().run(4, PAUL).say("alert_raised", 50, PAUL, alert=7, question=27, kinds=[])
    assert said in told.say(kind, 51, PAUL, alert=7, question=27).report.alerts[0].words


def test_alert_of_a_question_that_he_answered_meanwhile_says_so() -> None:
    told = journal().run(4, PAUL).say("alert_raised", 50, PAUL, alert=7, question=27, kinds=[])
    told.say("alert_lapsed", 51, PAUL, alert=7, question=27, reason="answered")
    words = told.report.alerts[0].words
    assert words.endswith("Sans objet, le candidat a répondu à cette question entre-temps.")


def test_corrected_hour_wins_bounded_by_when_the_correction_came() -> None:
    told = journal().say("incident_reported", 26, PAUL, incident=1, category="C7", description="Bruit.")
    for hour, shown in (("09:41", "10h41"), ("09:20", "10h20"), ("11:30", "10h45")):
        told.say(
            "incident_changed", 45, PAUL, incident=1, after={"observed_at": f"2026-03-14T{hour}:00+00:00"}
        )
        assert told.report.incidents[0].time == shown


@pytest.mark.parametrize(
    ("out", "back", "said"),
    [
        (20, 31, "sorti de 10h20 à 10h31."),
        (20, 1480, "sorti de 10h20 au 15/03 à 10h40."),
        (1480, 1485, "sorti le 15/03 de 10h40 à 10h45."),
        (-1480, 10, "sorti du 13/03 à 9h20 au 14/03 à 10h10."),
    ],
)
def test_hours_of_another_day_are_french(out: int, back: int, said: str) -> None:
    told = journal().run(4, PAUL).say("went_out", out, PAUL).say("came_back", back, PAUL)
    assert said in " ".join(line.words for line in told.report.lines)


def test_incident_says_code_question_workstation_description_and_both_times() -> None:
    told = journal().say(
        "incident_reported", 31, PAUL, noted=36, incident=1, category="E2", question=12, workstation="14",
        description="Rien ne s’affiche.",
    )  # fmt: skip
    line = told.report.incidents[0]
    assert (line.time, line.code) == ("10h31", "E2")
    assert plain(line.words) == (
        "DUPONT Paul, poste 14, question 12 : Simulateur ou application absents. Rien ne s’affiche."
    )
    assert line.note == "observé à 10h31, noté à 10h36"


def test_incident_noted_by_hand_is_no_time_keyed_by_hand() -> None:
    told = journal().say(
        "incident_reported", 31, PAUL, incident=1, alert=None, category="C7", question=None, workstation="",
        description="Bruit.", source="hand", observed_at="2026-03-14T09:25:00+00:00",
    )  # fmt: skip
    line = told.report.incidents[0]
    assert (line.time, line.note) == ("10h25", "observé à 10h25, noté à 10h31")


def test_faulty_workstation_that_was_undone_leaves_nothing() -> None:
    told = journal().say("workstation_changed", -3, PAUL, before="", after="14").run(4, PAUL)
    told.say("incident_reported", 30, PAUL, incident=1, category="C7", description="Poste 14 défaillant")
    told.say("workstation_changed", 30, PAUL, before="14", after="15", swap=1)
    told.say("minutes_given", 30, PAUL, minutes=4, reason="Poste défaillant", swap=1)
    told.say("resume_authorised", 30, PAUL, swap=1)
    assert len(course(told.report)) == 4
    told.say("resume_cancelled", 30.1, PAUL).say("minutes_taken_back", 30.1, PAUL, minutes=4)
    told.say("workstation_changed", 30.1, PAUL, before="15", after="14")
    told.say("incident_deleted", 30.1, PAUL, incident=1, before={})
    assert len(course(told.report)) == 1
    assert (told.report.incidents, told.report.people[0].workstation) == ([], "14")


def test_sheet_of_a_suspected_fraud_changes_nothing_here() -> None:
    told = journal().say("incident_reported", 31, PAUL, incident=1, category="C6", observed_at=None)
    told.say("incident_changed", 40, PAUL, incident=1, category="C6", sheet_digest="abc")
    assert [(line.code, line.words) for line in told.report.incidents] == [("C6", "Fiche séparée.")]


def test_incident_noted_within_a_minute_has_no_note() -> None:
    told = journal().say("incident_reported", 31, PAUL, noted=32, incident=1, category="C7")
    assert told.report.incidents[0].note == ""


def test_changed_incident_stands_as_changed_and_a_deleted_one_not_at_all() -> None:
    told = journal().say("incident_reported", 31, PAUL, incident=1, category="C7", description="Écran noir.")
    told.say(
        "incident_changed", 33, PAUL, incident=1,
        before={"description": "Écran noir."}, after={"description": "Clavier.", "category": "C8"},
    )  # fmt: skip
    line = told.report.incidents[0]
    assert (line.code, line.time) == ("C8", "10h31")
    assert line.words.endswith("Clavier.")
    assert not told.say("incident_deleted", 34, PAUL, incident=1).report.incidents


def test_fraud_shows_neither_who_nor_what() -> None:
    told = journal().say("incident_reported", 31, PAUL, incident=1, category="C6", description="Téléphone")
    line = told.report.incidents[0]
    assert (line.code, line.words, line.candidate_ids, line.note) == ("C6", "Fiche séparée.", (), "")
    assert "Téléphone" not in str(told.report)


def test_incident_of_nobody_is_of_the_room() -> None:
    told = journal().say("incident_reported", 31, incident=1, category="C7", description="Bruit.")
    assert plain(told.report.incidents[0].words).startswith("Toute la salle : Incident technique")


def test_room_incident_is_one_line_with_its_minutes() -> None:
    told = journal().run(4, PAUL, ZOE).say("room_incident_started", 31, room_incident=3, label="réseau")
    assert course(told.report)[-1] == "10h31 Incident dans toute la salle, réseau, depuis 10h31."
    told.say("room_incident_ended", 38, room_incident=3, minutes=7)
    for person in (PAUL, ZOE):
        told.say("minutes_given", 38, person, minutes=7, room_incident=3)
    assert course(told.report)[1:] == [
        "10h31 Incident dans toute la salle, réseau, de 10h31 à 10h38, 7 min rendues à 2 candidats."
    ]
    assert [one.given_minutes for one in told.report.people] == [7, 7]


# ---- cases, tickets ----


def test_pupil_of_another_room_who_was_asked_for_is_not_on_this_list() -> None:
    told = journal().say(
        "case_raised",
        3,
        99,
        kind="transfer",
        last_name="Roux",
        first_name="Ali",
        reason="",
        **{"from": 82688},
    )
    told.say("case_answered", 5, 99, actor=ADMIN, case=3, kind="transfer", answer="refused", last_name="Roux",
             first_name="Ali", reason="Pas sa salle.")  # fmt: skip
    assert course(told.report) == [
        "10h03 ROUX Ali : demande à la direction par Perrine Essai, élève d’une autre salle.",
        "10h05 ROUX Ali : refus de la direction, Andréa Essai, élève d’une autre salle (Pas sa salle).",
    ]
    assert [one.name for one in told.report.people] == ["DUPONT Paul", "MARTIN Zoé"]


def test_late_pupil_accepted_by_the_direction_is_refused_no_more() -> None:
    told = journal().run(4, ZOE).say("late_refused", 24, PAUL).say("case_raised", 25, PAUL, kind="late")
    assert [one.name for one in told.report.refused] == ["DUPONT Paul"]
    told.say("case_answered", 27, PAUL, actor=ADMIN, case=7, kind="late", answer="accepted")
    assert not told.report.refused
    told.say("presence_confirmed", 28, PAUL)
    assert "admis avec l’accord de la direction" in situation(told)


def test_case_that_was_withdrawn_does_not_stand() -> None:
    told = journal().run(4, PAUL).say("case_raised", 25, PAUL, kind="reopening", reason="Erreur.")
    sequence = told.events[-1].sequence
    assert len(course(told.report)) == 2
    assert len(course(told.say("case_withdrawn", 26, PAUL, case=sequence, kind="reopening").report)) == 1


def test_certifiable_tickets_and_cases_have_their_lines() -> None:
    told = journal().say("became_certifiable", -8, PAUL, competences_before=3)
    told.say("ticket_issued", 1, PAUL).say("ticket_used", 2, PAUL, actor={"kind": "candidate", "name": "x"})
    told.say("case_raised", 9, ZOE, kind="reopening", reason="Fini par erreur.")
    told.say("case_answered", 11, ZOE, actor=ADMIN, case=6, kind="reopening", answer="accepted")
    assert course(told.report) == [
        "9h52 DUPONT Paul : devenu certifiable, profil vu à l’écran par Perrine Essai.",
        "10h01 DUPONT Paul : ticket d’entrée remis par Perrine Essai.",
        "10h02 DUPONT Paul : entré avec un ticket, sans taper son identité.",
        "10h09 MARTIN Zoé : demande à la direction par Perrine Essai, réouverture d’un test (Fini par erreur).",
        "10h11 MARTIN Zoé : accord de la direction, Andréa Essai, réouverture d’un test.",
    ]
