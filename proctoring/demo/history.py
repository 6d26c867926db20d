"""A session that was lived a week ago: every act through the service that a real one goes through."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypedDict

from proctoring.enums import Arrival, EndReason
from proctoring.models import Entry, ProctorAccess
from proctoring.report.gate import Statement
from proctoring.services import access as accesses
from proctoring.services import (
    alerts,
    closing,
    ending,
    entries,
    incidents,
    minutes,
    presence,
    progress,
    resume,
    running,
    tickets,
)
from proctoring.services.addenda import add_addendum
from proctoring.services.comment import save_comment
from proctoring.services.instructions import note_instructions_read
from sessions_app.actors import Actor
from sessions_app.models import Candidate, Session

type Act = Callable[[datetime], object]


class Who(TypedDict):
    session_id: int
    candidate_id: int


DESKTOP = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
TABLET = "Mozilla/5.0 (iPad; CPU OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Safari/604.1"
LAST_QUESTION = 48
PRESENT = 10  # of twelve: one comes late and is refused, one never comes
LATE = 10
ENDED_EARLY = 7
BY_TICKET = 3  # his name does not match as he types it


def live_through(session: Session, *, admin: Actor) -> None:
    """Play the day of a planned session of twelve candidates, from the proctors' login to the closing."""
    story = _Story(session, admin)
    for minute, act in sorted(story.acts(), key=lambda timed: timed[0]):
        act(session.starts_at + timedelta(minutes=minute))


class _Story:
    """Who is who; each method is one act, told the instant at which it happens."""

    def __init__(self, session: Session, admin: Actor) -> None:
        self.session = session
        self.admin = admin
        self.candidates = list(Candidate.objects.filter(session=session).order_by("sort_key", "pk"))
        self.entries: dict[int, Entry] = {}
        self.accesses: dict[str, ProctorAccess] = {}

    def acts(self) -> list[tuple[float, Act]]:
        """Minutes from the planned start, and what happens then."""
        planned: list[tuple[float, Act]] = [
            (-18, lambda now: self.come_in("Perrine Démo", DESKTOP, now)),
            (-11, lambda now: self.come_in("Luc Démo", TABLET, now)),
            (1, self.read_instructions),
            (12, lambda now: self.come_late(LATE, now)),
            # A crash: he comes back on the spare computer, asks, is let in, and gets his minutes back.
            (19, lambda now: self.answer(2, 11, now)),
            (20, lambda now: self.ask_to_resume(2, "13", now)),
            (21, lambda now: self.authorise(2, now)),
            (22, lambda now: self.start(2, now)),
            (23, lambda now: self.give_minutes(2, 4, now)),
            (15, lambda now: self.give_extra_time(6, 33, now)),
            # Two broken questions: one is, one is not.
            (30, lambda now: self.report_question(4, 12, "image", now, confirmed=True)),
            (38, lambda now: self.report_question(5, 9, "embed", now, confirmed=False)),
            # Noted by hand: one of a candidate, one of the whole room.
            (34, lambda now: self.note(3, "C8", "A dû se reconnecter après une coupure de réseau.", now)),
            (36, lambda now: self.note(None, "C7", "Réseau coupé pendant 2 minutes.", now)),
            # Finished by mistake, and reopened.
            (40, lambda now: self.complete(9, now, question=14)),
            (
                42,
                lambda now: self.reopen(
                    9, "A cliqué sur «\u00a0J’ai terminé\u00a0» par erreur à la question 14.", now
                ),
            ),
            (43, lambda now: self.start(9, now)),
            # Ended by mistake and undone at once; another one is ended for good.
            (69, lambda now: self.answer(8, 40, now)),
            (70, lambda now: self.end(8, now)),
            (70.1, lambda now: self.undo_end(8, now)),
            (79, lambda now: self.answer(ENDED_EARLY, 31, now)),
            (80, lambda now: self.end(ENDED_EARLY, now)),
            (104, lambda now: self.leave("Luc Démo", now)),
            (125, self.comment),
            (128, self.close),
            (129, lambda now: self.leave("Perrine Démo", now)),
            (2 * 24 * 60, self.add_to_the_report),
        ]
        for index in range(PRESENT):
            planned.append((-8 + index / 3, self._at(self.tick, index)))
            planned.append((-4 + index / 4, self._at(self.sit_down, index)))
            planned.append((2 + index / 12, self._at(self.start, index)))
            if index != ENDED_EARLY:
                finish = 120 if index == 6 else 78 + index * 2.5
                planned.append((finish, self._at(self.complete, index)))
        return planned

    @staticmethod
    def _at(act: Callable[[int, datetime], object], index: int) -> Act:
        return lambda now: act(index, now)

    def _who(self, index: int) -> Who:
        return {"session_id": self.session.pk, "candidate_id": self.candidates[index].pk}

    @property
    def proctor(self) -> Actor:
        return accesses.actor_of(self.accesses["Perrine Démo"])

    def come_in(self, name: str, device: str, now: datetime) -> None:
        access, _ = accesses.enter(session=self.session, name=name, account=None, device=device, now=now)
        self.accesses[name] = access

    def leave(self, name: str, now: datetime) -> None:
        accesses.leave(access=self.accesses[name], now=now)

    def tick(self, index: int, now: datetime) -> None:
        presence.confirm_presence(**self._who(index), actor=self.proctor, now=now)

    def read_instructions(self, now: datetime) -> None:
        note_instructions_read(session_id=self.session.pk, actor=self.proctor, now=now)

    def come_late(self, index: int, now: datetime) -> None:
        presence.confirm_presence(**self._who(index), actor=self.proctor, now=now, arrival=Arrival.LATE)

    def let_in(self, index: int, workstation: str, now: datetime) -> Entry:
        ticket = tickets.issue_ticket(**self._who(index), actor=self.proctor, now=now)
        arrival = tickets.Arrival(ticket=ticket.digits, heartbeat=15, workstation=workstation)
        return tickets.enter_by_ticket(session=self.session, arrival=arrival, now=now)

    def sit_down(self, index: int, now: datetime, workstation: str = "") -> None:
        candidate = self.candidates[index]
        if index == BY_TICKET:
            self.entries[index] = self.let_in(index, workstation or str(index + 1), now)
            return
        self.entries[index] = entries.open_entry(
            session=self.session,
            last_name=candidate.last_name,
            first_name=candidate.first_name,
            birth_date=candidate.birth_date,
            heartbeat=15,
            workstation=workstation or str(index + 1),
            now=now,
        )

    def start(self, index: int, now: datetime) -> None:
        entry = self.entries[index]
        running.start_or_resume(
            entry=entry,
            access_code=self.session.access_code,
            actor=entries.candidate_actor(entry),
            now=now,
        )

    def ask_to_resume(self, index: int, workstation: str, now: datetime) -> None:
        self.sit_down(index, now, workstation)
        entry = self.entries[index]
        running.request_resume(entry=entry, actor=entries.candidate_actor(entry), now=now)

    def authorise(self, index: int, now: datetime) -> None:
        resume.authorise_resume(**self._who(index), actor=self.proctor, now=now)

    def give_minutes(self, index: int, count: int, now: datetime) -> None:
        minutes.give_minutes(
            session_id=self.session.pk,
            candidate_ids=[self.candidates[index].pk],
            minutes=count,
            reason="Poste défaillant",
            actor=self.proctor,
            now=now,
        )

    def give_extra_time(self, index: int, percent: int, now: datetime) -> None:
        minutes.set_extra_time(**self._who(index), percent=percent, actor=self.proctor, now=now)

    def report_question(
        self, index: int, question: int, kind: str, now: datetime, *, confirmed: bool
    ) -> None:
        self.answer(index, question, now)
        entry = self.entries[index]
        actor = entries.candidate_actor(entry)
        alert, _ = alerts.raise_alert(entry=entry, question=question, kinds=[kind], actor=actor, now=now)
        alerts.answer_alert(
            **self._who(index),
            alert_id=alert.pk,
            confirmed=confirmed,
            category="E1",
            actor=self.proctor,
            now=now + timedelta(seconds=50),
        )

    def note(self, index: int | None, category: str, description: str, now: datetime) -> None:
        incidents.report_incident(
            session_id=self.session.pk,
            candidate_id=self.candidates[index].pk if index is not None else None,
            observed=incidents.Observed(category, description=description),
            actor=self.proctor,
            now=now,
        )

    def answer(self, index: int, question: int, now: datetime) -> None:
        entry = self.entries[index]
        actor = entries.candidate_actor(entry)
        progress.beat(entry=entry, visible=True, question=question, actor=actor, now=now)

    def complete(self, index: int, now: datetime, question: int = LAST_QUESTION) -> None:
        self.answer(index, question, now)
        entry = self.entries[index]
        running.complete(entry=entry, actor=entries.candidate_actor(entry), now=now)

    def reopen(self, index: int, reason: str, now: datetime) -> None:
        ending.reopen(**self._who(index), reason=reason, actor=self.admin, now=now)

    def end(self, index: int, now: datetime) -> None:
        ending.end_test(**self._who(index), actor=self.proctor, now=now)

    def undo_end(self, index: int, now: datetime) -> None:
        ending.undo_end(**self._who(index), actor=self.proctor, now=now)

    def comment(self, now: datetime) -> None:
        text = "Poste 3 en panne à 10h19\u00a0: l’élève a repris sur le poste de secours. Rien d’autre à signaler."
        save_comment(session_id=self.session.pk, text=text, seen=0, actor=self.proctor, now=now)

    def close(self, now: datetime) -> None:
        """With its signature, its reason, its sealed paper."""
        said = Statement(
            signature="Perrine Démo",
            attendance_signed=True,
            reasons={self.candidates[ENDED_EARLY].pk: EndReason.TIME},
        )
        closing.close_session(session_id=self.session.pk, actor=self.proctor, now=now, statement=said)

    def add_to_the_report(self, now: datetime) -> None:
        """Two days later, at a desk: a correction that leaves the sealed report as it is."""
        name = self.candidates[4].first_name
        text = (
            f"Question 12 de {name}\u00a0: la plateforme a confirmé la panne de l’image,"
            " la question n’est pas comptée."
        )
        add_addendum(session_id=self.session.pk, text=text, key="", actor=self.admin, now=now)
