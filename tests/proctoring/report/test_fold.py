"""report = fold(journal): every kind has its line or its reason, what is undone does not stand (I2)."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from proctoring.report.content import SessionFacts, told_at_closing
from proctoring.report.fold import FOLDED, NOT_REPORTED, fold
from proctoring.report.paper import facts_of
from proctoring.report.redaction import hidden_of
from sessions_app.enums import EventKind
from sessions_app.models import Session
from tests.journal import NOW
from tests.proctoring.report.events import (
    ADMIN,
    CLOCK,
    FACTS,
    PAUL,
    ZOE,
    Journal,
    course,
    journal,
    plain,
    situation,
)


def test_every_kind_is_folded_or_said_not_to_be() -> None:
    assert not set(FOLDED) & set(NOT_REPORTED)
    assert set(EventKind.values) <= set(FOLDED) | set(NOT_REPORTED)
    assert all(len(why) > 20 for why in NOT_REPORTED.values())


@pytest.mark.parametrize("kind", sorted(NOT_REPORTED))
def test_kind_that_is_not_reported_changes_nothing_but_the_version(kind: str) -> None:
    before, after = journal().run(4, PAUL), journal().run(4, PAUL).say(kind, 9)
    assert (after.report.lines, after.report.people) == (before.report.lines, before.report.people)
    assert after.report.sequence == before.report.sequence + 1


@pytest.mark.parametrize("kind", sorted(FOLDED))
def test_eliminated_facts_break_no_fold(kind: str) -> None:
    told = journal().run(4, PAUL).say("resume_authorised", 5, PAUL).say(kind, 9, PAUL)
    for event in told.events:
        event.facts = None
    report = told.report
    assert report.sequence == len(told.events)
    assert "Paul" not in str(report)


def test_kind_of_another_age_is_passed_over() -> None:
    assert journal().say("danced", 3).report.lines == journal().report.lines


def test_session_facts_come_from_its_row(session: Session) -> None:
    facts = SessionFacts.of(session)
    assert (facts.number, facts.room, facts.kind) == (session.number, "B12", "Certification")
    assert fold(facts, []).launched_at is None


def test_closed_session_is_what_its_closing_told(session: Session) -> None:
    """Row and settings may change afterwards; they said the rest of an older one, and of an open one."""
    session.starts_at = NOW
    told = told_at_closing(session)
    before = SessionFacts.of(session)
    moved = replace(FACTS, number=before.number, zone=ZoneInfo("Pacific/Noumea"))
    begun = Journal(session=moved).run(4, PAUL)
    assert (begun.report.session, begun.report.launched) == (moved, "20h04")

    sealed = begun.say("closed", 9, session=told).report

    assert sealed.session == before
    assert sealed.launched == "10h04", "every hour is on the clock that was sealed"
    assert sealed.closing is not None
    assert plain(sealed.closing.when) == "14/03/2026 à 10h09"


@pytest.mark.parametrize("told", [None, "x", {}, {"kind": "danced"}])
def test_closing_that_does_not_tell_its_session_leaves_the_row(told: object) -> None:
    assert journal().say("closed", 9, session=told).report.session == FACTS


def test_sealed_time_zone_dates_what_copies_hide() -> None:
    told = journal().say("closed", 9, session={}).say("passage_hidden", 60, section="incident", key=3)
    assert [plain(one.when) for one in hidden_of(FACTS, told.events)] == ["14/03/2026 à 11h00"]
    (closed,) = [one for one in told.events if one.kind == "closed"]
    closed.facts = {"session": sealed_in("Pacific/Noumea")}
    assert [plain(one.when) for one in hidden_of(FACTS, told.events)] == ["14/03/2026 à 21h00"]


def sealed_in(zone: str) -> dict[str, object]:
    told = {"number": 1, "kind": "certification", "establishment": "", "site": "", "room": "", "duration": 60}
    return {**told, "starts_at": NOW.isoformat(), "zone": zone, "retention_years": 5}


# ---- presence, late, launch ----


def test_launch_is_the_first_start() -> None:
    told = journal().run(4, PAUL).run(6, ZOE)
    assert told.report.launched == "10h04"
    assert course(told.report) == ["10h04 Début du premier test, la session est lancée."]


def test_start_keyed_later_but_begun_before_moves_the_launch() -> None:
    told = journal().run(4, PAUL)
    told.say("presence_confirmed", 5, ZOE).say("started", 2, ZOE, noted=30, source="paper")
    assert told.report.launched == "10h02"
    line = next(line for line in told.report.lines_of(ZOE) if "début" in line.words)
    assert plain(line.note) == "saisi d’après la feuille de secours à 10h30"


def test_launch_taken_back_leaves_nobody_late() -> None:
    told = journal().run(4, PAUL).say("late_refused", 5, ZOE).say("launch_taken_back", 6, actor=ADMIN)
    assert told.report.launched_at is None
    assert course(told.report) == ["10h06 Lancement de 10h04 annulé par Andréa Essai : parti par erreur."]
    assert not told.report.refused
    told.say("presence_confirmed", 7, ZOE).say("started", 8, ZOE)
    assert told.report.launched == "10h08"


def test_absent_present_and_never_started_are_told_apart() -> None:
    told = journal().list_of((13, "Roux", "Ali"))
    assert situation(told) == "À cocher"
    told.say("presence_confirmed", 0, PAUL).run(4, ZOE)
    report = told.report
    assert [one.name for one in report.absent] == ["ROUX Ali"]
    assert (len(report.present), len(report.people)) == (2, 3)
    assert situation(told) == "Présent, n’a pas commencé"
    assert situation(told, 13) == "Absent"
    assert dict(facts_of(report))["Présents"] == "2 sur 3 candidats, 1 absent"


def test_presence_that_was_taken_back_does_not_stand() -> None:
    told = journal().run(4, ZOE).say("presence_confirmed", 6, PAUL, arrival="in_room", after_roll_call=True)
    assert "présence cochée après l’appel" in course(told.report)[-1]
    told.say("presence_cancelled", 7, PAUL)
    assert [one.name for one in told.report.absent] == ["DUPONT Paul"]
    assert len(course(told.report)) == 1


def test_late_refused_by_mistake_leaves_no_line() -> None:
    told = journal().run(4, ZOE).say("late_refused", 24, PAUL).say("late_refused", 24.1, PAUL, undone=True)
    assert not told.report.refused
    assert [(one.name, one.late) for one in told.report.absent] == [("DUPONT Paul", "")]
    assert not [line for line in course(told.report) if "non admis" in line]


def test_late_refused_then_found_to_be_in_the_room() -> None:
    told = journal().run(4, ZOE).say("late_refused", 24, PAUL)
    assert course(told.report)[-1] == "10h24 DUPONT Paul, en retard : non admis."
    assert [one.name for one in told.report.refused] == ["DUPONT Paul"]
    assert not told.report.absent
    told.say("presence_confirmed", 25, PAUL, arrival="in_room")
    assert not told.report.refused
    assert not [line for line in course(told.report) if "non admis" in line]


def test_late_accepted_says_why() -> None:
    told = journal().run(4, ZOE).say("presence_confirmed", 9, PAUL, arrival="late", reason="Bus en panne.")
    assert course(told.report)[-1] == "10h09 DUPONT Paul, en retard : admis par Perrine Essai (Bus en panne)."
    assert "En retard, admis à 10h09" in situation(told)


# ---- the test ----


def test_resume_is_one_line_with_its_authorisation() -> None:
    told = journal().run(4, PAUL).say("resume_authorised", 31, PAUL)
    assert course(told.report)[-1] == "10h31 DUPONT Paul : reprise du test autorisée par Perrine Essai."
    told.say("resumed", 33, PAUL)
    assert course(told.report)[1:] == [
        "10h33 DUPONT Paul : reprise du test, autorisée à 10h31 par Perrine Essai."
    ]


def test_resume_taken_back_does_not_stand() -> None:
    told = journal().run(4, PAUL).say("resume_authorised", 31, PAUL).say("resume_cancelled", 32, PAUL)
    assert len(course(told.report)) == 1
    assert told.report.people[0].state == "in_progress"


def test_end_that_was_undone_does_not_stand() -> None:
    told = journal().run(4, PAUL).say("ended", 40, PAUL, question=12)
    assert course(told.report)[-1] == "10h40 DUPONT Paul : test terminé par Perrine Essai (question 12)."
    assert [one.name for one in told.report.unfinished] == ["DUPONT Paul"]
    told.say("end_undone", 40.1, PAUL)
    assert len(course(told.report)) == 1
    assert not told.report.unfinished
    assert told.report.people[0].over == ""


def test_end_undone_goes_back_to_the_authorised_resume() -> None:
    told = journal().run(4, PAUL).say("resume_authorised", 5, PAUL).say("ended", 6, PAUL)
    assert told.say("end_undone", 6.1, PAUL).report.people[0].state == "resume_authorised"


def test_end_by_the_clock_says_so_without_a_note() -> None:
    told = journal().run(4, PAUL).say("ended", 109, PAUL, noted=300, actor=CLOCK, reason="deadline")
    assert course(told.report)[-1] == "11h49 DUPONT Paul : test terminé à l’heure de fin."
    assert situation(told) == "Terminé à l’heure de fin : motif à donner"


def test_reopened_test_keeps_its_reason_in_the_report() -> None:
    told = journal().run(4, PAUL).say("completed", 40, PAUL)
    told.say("reopened", 42, PAUL, actor=ADMIN, reason="Fini par erreur.").say("resumed", 43, PAUL)
    assert course(told.report)[1:] == [
        "10h42 DUPONT Paul : test rouvert par Andréa Essai (Fini par erreur).",
        "10h43 DUPONT Paul : reprise du test, après réouverture.",
    ]
    assert told.report.people[0].over == ""


def test_expired_test_asks_a_reason() -> None:
    told = journal().run(4, PAUL).say("expired", 24 * 60 + 4, PAUL, actor=CLOCK)
    assert course(told.report)[-1] == "15/03 à 10h04 DUPONT Paul : délai de 24 h dépassé, test arrêté."
    assert told.report.unfinished


def test_lines_of_one_candidate_hold_his_start_and_end_and_no_one_else() -> None:
    told = journal().run(4, PAUL, ZOE).say("completed", 80, PAUL).say("resume_requested", 20, ZOE)
    words = [plain(line.words) for line in told.report.lines_of(PAUL)]
    assert "DUPONT Paul : début du test." in words
    assert words[-1] == "DUPONT Paul : test terminé."
    assert not [line for line in words if "Zoé" in line]


# ---- time, place, outings ----


def test_minutes_given_together_are_one_line() -> None:
    told = journal().run(4, PAUL, ZOE)
    for person in (PAUL, ZOE):
        told.say("minutes_given", 20, person, minutes=7, reason="Réseau.", together=2)
    assert course(told.report)[-1] == (
        "10h20 7 min rendues à 2 candidats par Perrine Essai (Réseau) : DUPONT Paul, MARTIN Zoé."
    )
    told.say("minutes_taken_back", 20.2, ZOE, minutes=7)
    assert course(told.report)[-1] == "10h20 DUPONT Paul : 7 min rendues par Perrine Essai (Réseau)."
    assert [one.given_minutes for one in told.report.people] == [7, 0]


def test_minutes_taken_back_later_are_a_line_of_their_own() -> None:
    told = journal().run(4, PAUL).say("minutes_given", 20, PAUL, minutes=1)
    told.say("minutes_taken_back", 30, PAUL, minutes=1)
    assert course(told.report)[1:] == [
        "10h20 DUPONT Paul : 1 min rendue par Perrine Essai.",
        "10h30 DUPONT Paul : 1 min reprise par Perrine Essai.",
    ]


def test_extra_time_put_back_at_once_was_an_undo() -> None:
    told = journal().run(4, PAUL).say("extra_time_set", 20, PAUL, before=0, after=33)
    assert course(told.report)[-1] == "10h20 DUPONT Paul : temps majoré de 0 % à 33 %, par Perrine Essai."
    assert "Temps majoré 33 %" in situation(told)
    told.say("extra_time_set", 20.2, PAUL, before=33, after=0)
    assert len(course(told.report)) == 1
    told.say("extra_time_set", 30, PAUL, before=0, after=20).say(
        "extra_time_set", 40, PAUL, before=20, after=0
    )
    assert len(course(told.report)) == 3


def test_workstation_is_a_line_only_when_he_moves_during_the_test() -> None:
    told = journal().say("workstation_changed", -3, PAUL, before="", after="14").run(4, PAUL)
    assert len(course(told.report)) == 1
    told.say("workstation_changed", 30, PAUL, before="14", after="15")
    assert course(told.report)[-1] == "10h30 DUPONT Paul : passe du poste 14 au poste 15."
    assert told.report.people[0].workstation == "15"


def test_outing_is_one_line_with_both_times() -> None:
    told = journal().run(4, PAUL).say("went_out", 40, PAUL)
    assert course(told.report)[-1] == "10h40 DUPONT Paul : sorti à 10h40."
    told.say("came_back", 46, PAUL)
    line = told.report.course[-1]
    assert (line.code, plain(line.words)) == ("C8", "DUPONT Paul : sorti de 10h40 à 10h46.")


# ---- the list ----


def test_names_follow_corrections_and_removed_candidates_are_gone() -> None:
    told = journal()
    told.say("candidate_corrected", -60, PAUL, before={"first_name": "Paul"}, after={"first_name": "Pol"})
    told.say(
        "candidate_corrected", -50, ZOE, removed=True, before={"last_name": "Martin", "first_name": "Zoé"}
    )
    assert [one.name for one in told.report.people] == ["DUPONT Pol"]
    assert not course(told.report)


def test_list_that_changes_while_somebody_watches_is_told() -> None:
    told = journal().say("proctor_entered", -5, access=1).list_of((13, "Roux", "Ali"))
    assert course(told.report) == ["12/03 à 8h00 ROUX Ali : inscrit sur la liste par Andréa Essai."]


def test_transfer_is_traced_in_both_rooms() -> None:
    names: dict[str, object] = {"last_name": "Dupont", "first_name": "Paul", "birth_date": "2011-05-21"}
    away = journal().say(
        "candidate_transferred", 3, PAUL, actor=ADMIN, **names, **{"from": 82690, "to": 82691}
    )
    assert [one.name for one in away.report.people] == ["MARTIN Zoé"]
    assert course(away.report) == ["10h03 DUPONT Paul : transféré vers la session 82691, par Andréa Essai."]
    here = Journal().say("candidate_transferred", 3, 21, actor=ADMIN, **names, **{"from": 82688, "to": 82690})
    assert course(here.report) == ["10h03 DUPONT Paul : venu de la session 82688, par Andréa Essai."]
    assert [one.name for one in here.report.absent] == ["DUPONT Paul"]


def test_candidate_whom_no_event_names_has_a_number() -> None:
    told = Journal().say("presence_confirmed", 0, 77)
    assert [plain(one.name) for one in told.report.people] == ["Candidat n° 77"]
    told.say("started", 4, 77, actor={"kind": "candidate", "name": "Paul DUPONT"})
    assert told.report.people[0].name == "Paul DUPONT"


# ---- the session ----


def test_proctors_with_their_times_two_devices_being_one_stay() -> None:
    told = journal().say("proctor_entered", -18, access=1).say("proctor_entered", -10, access=2)
    luc = {"kind": "proctor", "name": "Luc Essai"}
    told.say("proctor_entered", -9, access=3, actor=luc)
    assert [str(one) for one in told.report.proctors] == [
        "Perrine Essai (depuis 9h42)",
        "Luc Essai (depuis 9h51)",
    ]
    told.say("proctor_left", 20, access=1).say("access_ended", 30, access=3, actor=ADMIN).say("closed", 125)
    assert [str(one) for one in told.report.proctors] == [
        "Perrine Essai (9h42 – 12h05)",
        "Luc Essai (9h51 – 10h30)",
    ]


def test_instructions_are_read_once() -> None:
    told = journal().say("instructions_read", 2).say("instructions_read", 3)
    assert told.report.instructions == "10h02"
    assert course(told.report) == ["10h02 Consignes lues aux candidats par Perrine Essai."]


def test_comment_is_the_last_one() -> None:
    told = journal().say("comment_changed", 2, text="Un").say("comment_changed", 3, text="Deux", actor=ADMIN)
    comment = told.report.comment
    assert (comment.text, comment.version, comment.by, comment.time) == ("Deux", 4, "Andréa Essai", "10h03")


def test_closing_gives_reasons_gaps_signature_and_seal() -> None:
    told = journal().run(4, PAUL).say("ended", 80, PAUL)
    assert told.report.draft == "PROJET — session non clôturée"
    told.say(
        "closed", 125, signature="Perrine Essai", attendance_signed=True, gaps=["Rien de grave."],
        reasons=[{"candidate": PAUL, "name": "DUPONT Paul", "reason": "technical"}],
    )  # fmt: skip
    report = told.report
    assert report.closing is not None
    assert report.closing.seal == told.events[-1].hash
    assert report.closing.gaps == ("Rien de grave.",)
    assert report.closing.signature is not None
    assert report.closing.signature.when == "14/03/2026 à 12h05"
    assert situation(told) == "Terminé par le surveillant : problème technique"
    assert situation(told, ZOE) == "Absent"
    assert report.draft == ""


def test_addenda_follow_with_their_own_seals() -> None:
    told = journal().say("closed", 125).say("addendum", 3000, actor=ADMIN, text="Une précision.")
    first = told.report.addenda[0]
    assert (first.rank, first.text, first.by) == (1, "Une précision.", "Andréa Essai")
    assert first.seal == told.events[-1].hash
    assert first.when == "16/03/2026 à 12h00"
    assert told.report.closing is not None
    assert told.report.closing.seal == told.events[-2].hash


def test_hours_are_those_of_the_school() -> None:
    told = Journal(session=replace(FACTS, zone=ZoneInfo("Indian/Reunion"))).run(4, PAUL)
    assert told.report.launched == "13h04"
