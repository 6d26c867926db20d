"""One more session closed in the school of the room, through the services, and its secretary signed in.

Run as a process of its own (`python -m tests.crash.keeper`) on the database that the environment names; prints the
session's number and the cookie, as JSON.
"""

import json
import sys
from datetime import timedelta

import django


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.test import Client

    from pixsurv.kernel import clock
    from proctoring.report.gate import Statement
    from proctoring.services.closing import close_session
    from sessions_app.enums import Role
    from sessions_app.models import Establishment, Membership
    from sessions_app.services.enrolment import enrol
    from tests import factories

    school = Establishment.objects.earliest("pk")
    now = clock.now()
    session = factories.SessionFactory(establishment=school, starts_at=now - timedelta(hours=2))
    person = factories.CandidateFactory.build(session=None, last_name="DUPONT", first_name="Zoé")
    person.derive_keys()
    enrol(session_id=session.pk, candidates=[person], actor=factories.ADMIN, now=now)
    factories.put(session.candidates.get(), "completed", now=now)
    said = Statement(signature="Perrine Essai", attendance_signed=True)
    close_session(session_id=session.pk, actor=factories.PROCTOR, now=now, statement=said)
    client = Client()
    office = {"establishment": school, "role": Role.SECRETARIAT}
    known = Membership.objects.filter(**office).first() or factories.MembershipFactory(**office)
    client.force_login(known.account)
    name = settings.SESSION_COOKIE_NAME
    json.dump({"number": session.number, "cookie": f"{name}={client.cookies[name].value}"}, sys.stdout)


if __name__ == "__main__":
    main()
