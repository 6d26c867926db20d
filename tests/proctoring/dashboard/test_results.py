"""The class table of a white exam (D7)."""

import io
import zipfile

import pytest
from django.test import Client

from pixsurv.kernel import clock
from proctoring.enums import AttemptState
from proctoring.models import Answer, Attempt
from proctoring.questions.bank import Kind, bank, draw
from sessions_app.enums import SessionKind
from sessions_app.models import Account, Candidate, Session
from tests import factories

TEST = draw("class table")


@pytest.fixture
def white(session: Session) -> Session:
    session.kind = SessionKind.WHITE_EXAM
    session.save(update_fields=["kind"])
    return session


def sat(session: Session, state: AttemptState) -> Candidate:
    candidate = factories.CandidateFactory(session=session)
    factories.put(candidate, state)
    attempt = Attempt.objects.get(candidate=candidate)
    attempt.question_ids = TEST
    attempt.save(update_fields=["question_ids"])
    question = bank()[TEST[0]]
    right = question.answers[:1] if question.kind is Kind.SHORT else question.answers
    Answer.objects.create(
        attempt=attempt, position=1, question_id=question.id, response=list(right), answered_at=clock.now()
    )
    return candidate


def test_table_has_the_results_of_who_is_over(
    client: Client, admin: Account, white: Session, django_assert_max_num_queries
) -> None:
    over = [sat(white, AttemptState.COMPLETED) for _ in range(3)]
    running = sat(white, AttemptState.IN_PROGRESS)
    client.force_login(admin)

    with django_assert_max_num_queries(10):
        page = client.get(f"/etablissement/sessions/{white.number}/resultats/").content.decode()

    assert page.count("<b>1\u00a0sur\u00a032</b>") == len(over)
    assert running.last_name in page
    assert "En cours" in page


def test_file_counts_in_numbers_and_says_that_it_is_no_score(
    client: Client, admin: Account, white: Session
) -> None:
    sat(white, AttemptState.COMPLETED)
    client.force_login(admin)

    answer = client.get(f"/etablissement/sessions/{white.number}/resultats.ods")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        content = file.read("content.xml").decode()
    assert 'office:value-type="float" office:value="32"' in content
    assert "ne sont pas des scores Pix" in content
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("end", ["resultats/", "resultats.ods"])
@pytest.mark.parametrize(
    ("who", "kind", "status"),
    [
        ("admin", SessionKind.WHITE_EXAM, 200),
        ("admin", SessionKind.CERTIFICATION, 404),
        ("secretariat", SessionKind.WHITE_EXAM, 403),
        ("proctor_account", SessionKind.WHITE_EXAM, 403),
        ("other_admin", SessionKind.WHITE_EXAM, 404),
        ("", SessionKind.WHITE_EXAM, 302),
    ],
)
def test_results_are_for_the_admins_of_a_white_exam(
    client: Client,
    session: Session,
    request: pytest.FixtureRequest,
    end: str,
    who: str,
    kind: SessionKind,
    status: int,
) -> None:
    session.kind = kind
    session.save(update_fields=["kind"])
    if who:
        client.force_login(request.getfixturevalue(who))

    assert client.get(f"/etablissement/sessions/{session.number}/{end}").status_code == status
