"""One sentence for each kind of event, from the facts that the services really write (A2)."""

from datetime import timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest

from proctoring.enums import Arrival, CaseKind, HandedPaper, Source
from proctoring.models import Alert, PaperPage, Proposal
from proctoring.selectors.journal_kinds import GROUPS, kinds_of
from proctoring.selectors.journal_sentences import SENTENCES, sentence
from proctoring.services import (
    access,
    addenda,
    alerts,
    by_hand,
    closing,
    ending,
    hand_over,
    minutes,
    outings,
    passages,
    password,
    presence,
    progress,
    resume,
    room_incident,
    running,
    scans,
    tickets,
)
from proctoring.services.addenda import add_addendum
from proctoring.services.cases.answering import answer_case
from proctoring.services.cases.asking import Identity, ask_about_candidate, ask_to_enrol, ask_to_transfer
from proctoring.services.cases.settling import withdraw_case
from proctoring.services.comment import save_comment
from proctoring.services.due import advance_session
from proctoring.services.entries import candidate_actor, set_workstation
from proctoring.services.incidents import Observed, change_incident, delete_incident, report_incident
from proctoring.services.instructions import note_instructions_read
from proctoring.services.proposal_answers import dismiss_proposal
from proctoring.services.receipts import Handed, acknowledge
from sessions_app.actors import Actor, ActorKind
from sessions_app.enums import EventKind, LatePolicy
from sessions_app.imports.changes import fingerprint
from sessions_app.models import Candidate, Event, Session
from sessions_app.services.candidate_list import correct_candidate, remove_candidate
from sessions_app.services.enrolment import enrol, new_candidate
from tests import factories
from tests.factories import ACCESS_CODE, ADMIN, PROCTOR
from tests.journal import NOW

PARIS = ZoneInfo("Europe/Paris")

# What the day below must say; a pupil is « P », so that the words alone are looked at.
SAID = """
Accusé de réception : feuille d’émargement signée ; manque : PV d’incident signé ; boîte « 2026-A3 » ; « RAS ».
5 min rendues : P (« panne de réseau », avec 2 autres).
7 min rendues : P (« Incident dans toute la salle : coupure de courant »).
7 min reprises : P.
5 min reprises : P.
Accès retiré : Luc Essai, remplacé.
Accès retiré : Luc Essai.
Additif (« Un oubli. »).
Autorisation de reprise retirée : P.
Candidat corrigé : P (prénom « Paul » → « Paulin », date de naissance « 21/05/2011 » → « 22/05/2011 »).
Candidat inscrit : P (04/03/2012).
Candidat inscrit : P (21/05/2011, temps majoré 33 %).
Candidat retiré de la liste : P.
Changé de salle : P (de la session 111111 à la session 222222).
Commentaire modifié.
Consignes lues.
Délai de 24 h dépassé, test clos : P.
Demande à la direction : Nina NOUVELLE (04/03/2012, élève absent de la liste, « arrivée hier »).
Demande à la direction : P (élève d’une autre salle, session 111111).
Demande à la direction : P (élève en retard, « bus en panne »).
Demande à la direction : P (réouverture d’un test, « cliqué trop vite »).
Demande à la direction acceptée : P (élève absent de la liste).
Demande à la direction acceptée : P (élève d’une autre salle).
Demande à la direction acceptée : P (élève en retard).
Demande à la direction refusée : P (réouverture d’un test).
Demande à la direction retirée : P (élève en retard).
Demande à reprendre ignorée : P.
Demande à reprendre sans objet : P (il est revenu de lui-même).
Demande à reprendre, sur un autre poste : P (question 1).
Devenu certifiable : P (3/5 avant).
En retard, refusé : P.
Entre dans la salle, par passage de l’administration (Admin Essai).
Entre dans la salle.
Entré par ticket, identité non tapée : P.
Fin annulée, le test continue : P (question 1).
Fin annulée, le test continue : P (question 9).
Incident corrigé : P (C7, « ordinateur figé »).
Incident dans toute la salle, commencé par erreur.
Incident dans toute la salle, début (alarme, évacuation).
Incident dans toute la salle, début (coupure de courant).
Incident dans toute la salle, fin (coupure de courant).
Incident dans toute la salle, fin (coupure de courant, 7 min rendues à 1 candidat, reprise autorisée pour 1 candidat).
Incident dans toute la salle, sa fin est annulée (coupure de courant).
Incident noté (C7, « panne de réseau »).
Incident noté : P (C7, « ordinateur éteint »).
Incident noté : P (E1, question 8).
Incident retiré : P (C7, « ordinateur figé »).
Lancement de 10h00 annulé.
Ligne proposée, ignorée : P (C2).
Mot de passe de la session changé, surveillants déconnectés.
Mot de passe de la session changé, surveillants gardés connectés.
Page du test quittée : P (question 1).
Papier numérisé retiré (Feuille d’émargement, 1 page, empreinte 6ef6ff2a13ac…).
Papier scellé (PV d’incident, empreinte 79356d66d4d9…).
Papier scellé (additif, empreinte f0085b311582…).
Papier signé numérisé (Feuille d’émargement, 1 page, empreinte 6ef6ff2a13ac…).
Passage occulté dans les copies (« santé »).
Passage rendu aux copies.
Poste 14 : P.
Poste 15 : P (avant : poste 14).
Poste effacé : P (c’était le poste 15).
Présence confirmée : P (arrivé en retard, accepté par Admin Essai).
Présence confirmée : P (arrivé en retard, accepté, « bus en panne »).
Présence confirmée : P (déjà dans la salle au lancement).
Présence confirmée : P (déjà dans la salle au lancement, à la suite de l’appel).
Présence confirmée : P.
Présence retirée : P.
Quitte la salle.
Refus pour retard annulé : P.
Retour dans la salle : P.
Réponse au signalement annulée : P (question 7).
Reprise autorisée : P (demandée par l’élève, question 1).
Reprise autorisée : P (question 1).
Session clôturée.
Signalement de nouveau en attente : P (question 9).
Signalement : P (question 7, une image ne s’affiche pas).
Signalement : P (question 8, une image ne s’affiche pas).
Signalement : P (question 9).
Signalement devenu sans objet : P (question 9).
Signalement traité, pas de problème : P (question 7).
Signalement traité, problème confirmé : P (question 8, E1).
Sortie de la salle : P.
Temps majoré de 0 % à 33 % : P.
Temps majoré de 33 % à 50 % : P (décision écrite attestée).
Test commencé : P (saisi d’après la feuille de secours).
Test commencé : P (temps majoré 33 %).
Test commencé : P.
Test repris : P (question 1).
Test rouvert : P (« cliqué “trop vite” »).
Test terminé : P (question 1).
Test terminé : P (question 9).
Test terminé par le surveillant : P (question 9).
Test terminé à l’heure de fin : P (question 1).
Test terminé par le surveillant : P (question 1).
Test terminé par le surveillant : P (question 1, avec d’autres).
Ticket d’entrée remis : P (valable jusqu’à 10h05).
"""


class Day:
    """Acts through the services, each on a fresh candidate."""

    def __init__(self) -> None:
        school = factories.MembershipFactory(account__name="Admin Essai")
        self.admin = Actor(kind=ActorKind.ADMIN, name="Admin Essai", account_id=school.account_id)
        self.account = school.account
        self.session: Session = factories.SessionFactory(establishment=school.establishment, starts_at=NOW)

    def who(self, state: str = "expected", **more: Any) -> tuple[dict[str, Any], Any]:
        candidate = factories.CandidateFactory(session=self.session, **more)
        entry = factories.put(candidate, state, now=NOW)
        return {"session_id": self.session.pk, "candidate_id": candidate.pk, "now": NOW}, entry

    def list_of_candidates(self) -> None:
        given = {"last_name": "Dupont", "first_name": "Paul", "birth_date": NOW.date().replace(2011, 5, 21)}
        wanted = new_candidate(**given, extra_time_percent=33)
        (one,) = enrol(session_id=self.session.pk, candidates=[wanted], actor=ADMIN, now=NOW)
        one = Candidate.objects.get(pk=one.pk)
        values = {
            name: getattr(one, name) for name in ("last_name", "class_name", "local_id", "extra_time_percent")
        }
        values |= {"first_name": "Paulin", "birth_date": NOW.date().replace(2011, 5, 22)}
        at = {"session_id": self.session.pk, "candidate_id": one.pk, "actor": ADMIN, "now": NOW}
        correct_candidate(**at, values=values, seen=fingerprint([one]))
        remove_candidate(**at)

    def doors(self) -> None:
        enter = {"session": self.session, "account": None, "device": "Essai", "now": NOW}
        luc, _ = access.enter(**enter, name="Luc Essai")
        access.revoke(access=luc, actor=self.admin, now=NOW)
        luc, _ = access.enter(**enter, name="Luc Essai")
        made = hand_over.offer(
            session_id=self.session.pk, account=self.account, ends=[luc.pk], actor=self.admin, now=NOW
        )
        odile, _ = hand_over.take(
            token=made.token(), name="Odile", account=None, device="Essai", once="a", now=NOW
        )
        access.leave(access=odile, now=NOW)
        for keep in (True, False):
            self.session.refresh_from_db()
            mark = password.mark_of(self.session)
            password.change_session_password(
                session_id=self.session.pk, mark=mark, keep=keep, actor=self.admin, now=NOW
            )

    def before_the_launch(self) -> None:
        who, _ = self.who(certifiable_competences=3)
        presence.become_certifiable(**who, actor=PROCTOR)
        who, _ = self.who("present")
        presence.cancel_presence(**who, actor=PROCTOR)
        for workstation in ("14", "15", ""):
            set_workstation(**who, workstation=workstation, actor=PROCTOR)
        ticket = tickets.issue_ticket(**who, actor=PROCTOR)
        self.session.refresh_from_db()
        arrival = tickets.Arrival(ticket=ticket.digits, heartbeat=15)
        tickets.enter_by_ticket(session=self.session, arrival=arrival, now=NOW)
        who, _ = self.who("present")
        by_hand.start_by_hand(**who, at=NOW, source=Source.PAPER, actor=PROCTOR)
        closing.take_launch_back(session_id=self.session.pk, actor=self.admin, now=NOW)

    def late(self) -> None:
        self.who("in_progress")  # launches again
        who, _ = self.who()
        presence.confirm_presence(**who, actor=PROCTOR, arrival=Arrival.LATE)
        presence.undo_late(**who, actor=PROCTOR)
        presence.confirm_presence(
            **self.who()[0], actor=PROCTOR, arrival=Arrival.IN_ROOM, after_roll_call=True
        )
        self.session.establishment.late_policy = LatePolicy.PROCTOR_DECIDES
        self.session.establishment.save()
        presence.confirm_presence(
            **self.who()[0], actor=PROCTOR, arrival=Arrival.LATE, late_reason="bus en panne"
        )

    def resumes(self) -> None:
        who, held = self.who("in_progress")
        again = factories.open_entry_for(held.candidate, now=NOW)
        asks = {"entry": again, "actor": candidate_actor(again), "now": NOW}
        running.leave(entry=held, actor=candidate_actor(held), now=NOW)
        running.request_resume(**asks)
        resume.dismiss_request(**who, actor=PROCTOR)
        running.request_resume(**asks)
        progress.beat(entry=held, visible=True, actor=candidate_actor(held), now=NOW)
        running.request_resume(**asks)
        resume.authorise_resume(**who, actor=PROCTOR)
        resume.cancel_resume(**who, actor=PROCTOR)
        resume.authorise_resume(**who, actor=PROCTOR)
        running.start_or_resume(**asks, access_code=ACCESS_CODE)
        running.complete(**asks)
        ending.reopen(**who, reason="cliqué « trop vite »", actor=self.admin)

    def cases(self) -> None:
        self.session.establishment.late_policy = LatePolicy.REFUSE
        self.session.establishment.save()
        at = {"actor": PROCTOR, "now": NOW}
        answers = {"actor": self.admin, "now": NOW}
        late, _ = self.who()
        presence.confirm_presence(**late, actor=PROCTOR, arrival=Arrival.LATE)
        asks = {**late, "actor": PROCTOR, "kind": CaseKind.LATE, "reason": "bus en panne"}
        sent = ask_about_candidate(**asks).raised_sequence
        withdraw_case(session_id=self.session.pk, raised_sequence=sent, **at)
        answer_case(case_id=ask_about_candidate(**asks).pk, accepted=True, **answers)
        presence.confirm_presence(**late, actor=PROCTOR)
        over, _ = self.who("ended")
        asks = {**over, "actor": PROCTOR, "kind": CaseKind.REOPENING, "reason": "cliqué trop vite"}
        answer_case(case_id=ask_about_candidate(**asks).pk, accepted=False, **answers)
        nina = Identity("Nouvelle", "Nina", NOW.date().replace(2012, 3, 4))
        asked = ask_to_enrol(session_id=self.session.pk, who=nina, reason="arrivée hier", **at)
        answer_case(case_id=asked.pk, accepted=True, **answers)
        self.other_room(at, answers)

    def other_room(self, at: dict[str, Any], answers: dict[str, Any]) -> None:
        there, here = (
            factories.SessionFactory(establishment=self.session.establishment, number=number, starts_at=NOW)
            for number in (111111, 222222)
        )
        paul = factories.CandidateFactory(session=there)
        who = Identity(paul.last_name, paul.first_name, paul.birth_date)
        asked = ask_to_transfer(session_id=here.pk, who=who, from_number=there.number, reason="", **at)
        answer_case(case_id=asked.pk, accepted=True, **answers)

    def questions(self) -> None:
        who, held = self.who("in_progress")
        says = {"entry": held, "actor": candidate_actor(held), "now": NOW}
        for question, confirmed in ((7, False), (8, True)):
            alert, _ = alerts.raise_alert(**says, question=question, kinds=["image"])
            answer = {"alert_id": alert.pk, "actor": PROCTOR}
            alerts.answer_alert(**who, **answer, confirmed=confirmed, category="E1" if confirmed else "")
            if not confirmed:
                alerts.undo_answer(**who, **answer)
                alerts.answer_alert(**who, **answer, confirmed=False)
        alerts.raise_alert(**says, question=9, kinds=[])
        assert Alert.objects.count() == 3
        ending.end_test(**who, actor=PROCTOR)
        ending.undo_end(**who, actor=PROCTOR)
        running.complete(**says)

    def what_is_noted(self) -> None:
        who, _ = self.who("in_progress", extra_time_percent=33)
        minutes.set_extra_time(**who, percent=50, actor=self.admin, written_decision=True)
        proposal = Proposal.objects.get(attempt__candidate=who["candidate_id"])
        dismiss_proposal(**who, proposal_id=proposal.pk, actor=PROCTOR)
        at = {"session_id": self.session.pk, "actor": PROCTOR, "now": NOW}
        first = Observed("C7", description="ordinateur éteint")
        noted = report_incident(**at, candidate_id=who["candidate_id"], observed=first)
        again = Observed("C7", description="ordinateur figé")
        change_incident(**at, incident_id=noted.pk, observed=again)
        delete_incident(**at, incident_id=noted.pk)
        report_incident(**at, candidate_id=None, observed=Observed("C7", description="panne de réseau"))
        note_instructions_read(**at)
        save_comment(**at, text="Tout s’est bien passé.", seen=0)

    def afterwards(self) -> None:
        add_addendum(
            session_id=self.session.pk,
            text="Un oubli.",
            key="a",
            actor=self.admin,
            now=NOW + timedelta(days=2),
        )
        handed = Handed(frozenset({HandedPaper.ATTENDANCE}), "2026-A3", "RAS")
        acknowledge(
            session_ids=[self.session.pk],
            handed=handed,
            key="b",
            actor=self.admin,
            now=NOW + timedelta(days=3),
        )
        self.copies({"actor": self.admin, "now": NOW + timedelta(days=2)})

    def copies(self, who: dict[str, Any]) -> None:
        page = {"position": 1, "source": "a", "content": b"", "small": b"", "width": 1, "height": 1}
        one = PaperPage.objects.create(
            session=self.session, holder=scans.holder_of(self.admin), created_at=who["now"], **page
        )
        self.session.refresh_from_db()
        with patch.object(scans, "bound", return_value=b"a PDF"):
            made = scans.bind_pages(session=self.session, paper="attendance", shown=[one.pk], **who)
        scans.remove_scan(session_id=self.session.pk, file_id=made.file_id, **who)
        where = {"session_id": self.session.pk, **who}
        passages.hide_passage(**where, section="additif", key=1, typed="oubli", reason="santé")
        hidden = Event.objects.filter(session=self.session).latest("sequence").sequence
        passages.show_passage(**where, sequence=hidden)

    def whole_room(self) -> None:
        who, _ = self.who("in_progress")
        outings.go_out(**who, actor=PROCTOR)
        outings.come_back(**who, actor=PROCTOR)
        at = {"session_id": self.session.pk, "actor": PROCTOR, "now": NOW}
        key = room_incident.start_room_incident(**at, kind="alarm").incident_key
        assert key is not None
        room_incident.undo_start(**at, key=key)
        key = room_incident.start_room_incident(**at, kind="power").incident_key
        assert key is not None
        at["now"] = over = NOW + timedelta(minutes=7)
        for one in ((), (who["candidate_id"],)):
            lost = room_incident.Settlement(NOW, over, one, one)
            room_incident.end_room_incident(**at, key=key, settlement=lost)
            room_incident.undo_end(**at, key=key)
        room_incident.end_room_incident(**at, key=key, settlement=lost)

    def time(self) -> None:
        who, _ = self.who("in_progress")
        minutes.set_extra_time(**who, percent=33, actor=PROCTOR)
        minutes.set_extra_time(**who, percent=50, actor=self.admin, written_decision=True)
        three = [self.who("in_progress")[0]["candidate_id"] for _ in range(3)]
        given = {"session_id": self.session.pk, "minutes": 5, "actor": PROCTOR, "now": NOW}
        minutes.give_minutes(**given, candidate_ids=three, reason="panne de réseau")
        minutes.take_minutes_back(**given, candidate_ids=three[:1])

    def ends(self) -> None:
        who, _ = self.who("in_progress")
        ending.end_test(**who, actor=PROCTOR)
        ending.undo_end(**who, actor=PROCTOR)
        over = NOW + timedelta(minutes=106)
        ending.end_overdue(
            session_id=self.session.pk, candidate_ids=[who["candidate_id"]], actor=PROCTOR, now=over
        )
        advance_session(self.session.pk, now=NOW + timedelta(hours=25))
        closing.close_session(session_id=self.session.pk, actor=PROCTOR, now=NOW + timedelta(hours=26))

    def ends_by_itself(self) -> None:
        school = factories.EstablishmentFactory(ends_by_itself=True)
        candidate = factories.CandidateFactory(session__establishment=school)
        factories.put(candidate, "in_progress", now=NOW)
        advance_session(candidate.session_id, now=NOW + timedelta(hours=2))


def lived() -> list[Event]:
    day = Day()
    for act in (
        day.list_of_candidates, day.doors, day.before_the_launch, day.late, day.cases, day.resumes, day.questions,
        day.what_is_noted, day.time, day.whole_room, day.ends, day.afterwards, day.ends_by_itself,
    ):  # fmt: skip
        act()
    return list(Event.objects.order_by("pk"))


def test_every_kind_has_a_sentence_and_stands_in_one_group() -> None:
    assert set(SENTENCES) == set(EventKind)
    grouped = [kind for _, kinds in GROUPS.values() for kind in kinds]
    assert sorted(grouped) == sorted(EventKind)


@pytest.mark.django_db
def test_sentences_of_what_the_services_write(monkeypatch: pytest.MonkeyPatch) -> None:
    # A paper prints its seal, so that its digest is never twice the same.
    monkeypatch.setattr(closing, "report_pdf", lambda report: b"%PDF report")
    monkeypatch.setattr(addenda, "addendum_pdf", lambda report, one: b"%PDF addendum")
    events = lived()
    assert {EventKind(event.kind) for event in events} == set(EventKind)
    said = {
        sentence(event.kind, event.facts, whom="P" if event.candidate_id else "", zone=PARIS)
        for event in events
    }
    assert {text.replace("\u00a0", " ") for text in said} == set(SAID.strip().splitlines())


@pytest.mark.parametrize("kind", EventKind)
def test_sentence_stands_without_facts(kind: EventKind) -> None:
    """Of an older version, or of a kind that another writes otherwise."""
    told = sentence(kind, {}, whom="", zone=PARIS)
    assert told.endswith(".")
    assert "None" not in told
    assert ":." not in told.replace("\u00a0", "")


@pytest.mark.parametrize(
    ("asked", "found"),
    [("presence", 5), ("started", 1), ("", 0), ("nonsense", 0), ("ticket_used", 1)],
)
def test_kinds_of_an_address(asked: str, found: int) -> None:
    assert len(kinds_of(asked)) == found


def test_incident_says_its_code_question_and_words() -> None:
    facts = {"category": "E1", "question": 12, "description": "image absente"}
    told = sentence("incident_reported", facts, whom="P", zone=PARIS)
    assert told.replace("\u00a0", " ") == "Incident noté : P (E1, question 12, « image absente »)."
