"""Sessions that were really closed, with papers whose bytes are cheap: what a PDF holds is tested elsewhere."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from proctoring.report.gate import Statement
from proctoring.services import addenda, closing, incidents
from proctoring.services.addenda import add_addendum
from proctoring.services.closing import close_session
from sessions_app.models import FilePurpose, Session, StoredFile
from sessions_app.services.enrolment import enrol
from tests.factories import ADMIN, PROCTOR, CandidateFactory, SessionFactory, put
from tests.journal import NOW

type Seal = Callable[..., Session]
DAY = timedelta(days=1)


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> Seal:
    """`sealed(session)`: two candidates, an incident, closed, an addendum, a scan. Keywords make the session."""
    monkeypatch.setattr(closing, "report_pdf", lambda report: b"%PDF report " + str(report.sequence).encode())
    monkeypatch.setattr(addenda, "addendum_pdf", lambda report, one: b"%PDF addendum " + one.text.encode())

    def made(session: Session | None = None, **facts: object) -> Session:
        session = session or SessionFactory(starts_at=NOW, **facts)
        people = [
            CandidateFactory.build(session=None, last_name="DUPONT", first_name="Zoé"),
            CandidateFactory.build(session=None, last_name="=1+1", first_name="<b>Paul</b>"),
        ]
        for person in people:
            person.derive_keys()
        enrol(session_id=session.pk, candidates=people, actor=ADMIN, now=NOW - DAY)
        one = session.candidates.get(last_name="DUPONT")
        put(one, "completed", now=NOW)
        incidents.report_incident(
            session_id=session.pk,
            candidate_id=one.pk,
            observed=incidents.Observed("C7", description="Réseau coupé & rétabli."),
            actor=PROCTOR,
            now=NOW,
        )
        said = Statement(signature="Perrine Essai", attendance_signed=True)
        close_session(session_id=session.pk, actor=PROCTOR, now=NOW + timedelta(hours=2), statement=said)
        add_addendum(session_id=session.pk, text="Une précision.", key="", actor=ADMIN, now=NOW + DAY)
        StoredFile(
            establishment_id=session.establishment_id,
            session=session,
            purpose=FilePurpose.SCAN,
            name="Paul DUPONT.png",
            content_type="image/png",
            created_at=NOW + DAY,
        ).holding(b"\x89PNG scan").save(force_insert=True)
        return Session.objects.select_related("establishment").get(pk=session.pk)

    return made


def eliminate(session: Session) -> None:
    """As the retention will: facts and salts go together, papers and names too, the chain stays."""
    Session.objects.filter(pk=session.pk).update(eliminating_at=NOW + 5 * 365 * DAY)
    session.events.update(facts=None, salt=None)
    StoredFile.objects.filter(session=session).delete()
    Session.objects.filter(pk=session.pk).update(state="eliminated", proctor_names="")
