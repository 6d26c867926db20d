"""Candidates enrolled without the list of pupils find theirs; a room keeps what it shows (P2)."""

from datetime import date, timedelta

from django.test import Client
from django.urls import reverse

from sessions_app.enums import SignInMode
from sessions_app.models import Establishment, Session
from sessions_app.services.follow_pupils import tell_candidates
from tests import factories
from tests.journal import kinds
from tests.sessions_app.candidates import acts
from tests.sessions_app.pupils.acts import school, session, signed_in, today

__all__ = ["school", "session", "signed_in", "today"]

WHO = {"last_name": "Dupont", "first_name": "Paul", "birth_date": date(2011, 5, 21)}


def test_candidate_who_is_typed_or_imported_is_the_pupil_of_that_identity(
    signed_in: Client, school: Establishment, session: Session
) -> None:
    pupil = factories.PupilFactory(
        establishment=school, **WHO, certifiable_competences=3, sign_in_mode=SignInMode.EMAIL
    )
    factories.PupilFactory(**WHO)
    factories.PupilFactory(establishment=school, school_year=2025, **WHO)
    other = factories.SessionFactory(establishment=school, starts_at=session.starts_at + timedelta(days=1))
    signed_in.post(
        reverse("establishment:candidates", args=[session.number]), {**WHO, "birth_date": "21/05/2011"}
    )
    draft = acts.uploaded(signed_in, other, "Nom;Prénom;Né(e) le\nDUPONT;Paul;21/05/2011\nNEUF;Bo;1/1/2011\n")
    page = signed_in.get(acts.draft_page(draft))
    signed_in.post(acts.draft_page(draft), {**acts.form_of(page), "confirm": "1"})
    for where in (session, other):
        candidate = where.candidates.get(last_name__iexact="dupont")
        assert candidate.pupil == pupil
        assert (candidate.certifiable, candidate.sign_in_mode) == (False, SignInMode.EMAIL)
    assert other.candidates.get(last_name="NEUF").pupil is None


def test_session_where_nobody_changes_is_not_locked(
    school: Establishment, session: Session, django_assert_num_queries
) -> None:
    pupil = factories.PupilFactory(establishment=school, certifiable_competences=5)
    factories.CandidateFactory(session=session, pupil=pupil, certifiable_competences=5)
    with django_assert_num_queries(1):
        known = {pupil.pk: {"certifiable_competences": 5}}
        assert tell_candidates(known, actor=factories.ADMIN, now=session.starts_at) == 0
    assert kinds(session) == []
