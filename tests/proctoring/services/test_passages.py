"""« Occulter » in copies: who may, what is recorded, what never changes (I5)."""

from typing import Any

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.report.reading import hidden_in
from proctoring.services.addenda import add_addendum, stored_paper
from proctoring.services.closing import close_session
from proctoring.services.comment import save_comment
from proctoring.services.passages import hide_passage, show_passage
from sessions_app.actors import Actor, ActorKind
from sessions_app.models import Candidate, Event, Session
from sessions_app.models.stored_file import FilePurpose
from tests.factories import ADMIN, PROCTOR
from tests.journal import NOW, assert_sound, kinds

pytestmark = pytest.mark.django_db

SECRETARIAT = Actor(kind=ActorKind.SECRETARIAT, name="Secrétaire Essai")


@pytest.fixture
def kept(candidate: Candidate) -> Session:
    save_comment(session_id=candidate.session_id, text="Un malaise, bref.", seen=0, actor=PROCTOR, now=NOW)
    return close_session(session_id=candidate.session_id, actor=PROCTOR, now=NOW)


def hide(session: Session, typed: str = "malaise", actor: Actor = SECRETARIAT, **more: Any) -> int:
    asked = {"section": "commentaire", "key": 0, "reason": "santé", **more}
    return hide_passage(session_id=session.pk, typed=typed, actor=actor, now=NOW, **asked)


def hidden(session: Session) -> list[tuple[str, int, str]]:
    fresh = Session.objects.select_related("establishment").get(pk=session.pk)
    return [(one.section, one.key, one.passage) for one in hidden_in(fresh)]


def test_passage_is_hidden_by_an_event_that_says_why_and_the_sealed_paper_stays(kept: Session) -> None:
    before = stored_paper(kept, FilePurpose.REPORT)
    assert before is not None
    for _ in range(2):
        hide(kept)
    hide(kept, "", key=1, section="manque", actor=ADMIN)

    assert hidden(kept) == [("commentaire", 0, "malaise"), ("manque", 1, "")]
    assert kinds(kept)[-4:] == ["closed", "paper_sealed", "passage_hidden", "passage_hidden"]
    facts = Event.objects.filter(session=kept, kind="passage_hidden").first().facts  # type: ignore[union-attr]
    assert (facts["reason"], facts["actor"]["name"]) == ("santé", "Secrétaire Essai")
    after = stored_paper(kept, FilePurpose.REPORT)
    assert after is not None
    assert bytes(after.content) == bytes(before.content)
    assert Session.objects.get(pk=kept.pk).seal == kept.seal
    assert_sound(kept)


def test_passage_is_given_back_once(kept: Session) -> None:
    hide(kept)
    sequence = Event.objects.filter(session=kept).latest("sequence").sequence
    for _ in range(2):
        show_passage(session_id=kept.pk, sequence=sequence, actor=ADMIN, now=NOW)
    assert hidden(kept) == []
    assert kinds(kept)[-2:] == ["passage_hidden", "passage_shown"]


def test_what_never_was_hidden_is_not_given_back(kept: Session) -> None:
    before = kinds(kept)
    with pytest.raises(DomainError) as caught:
        show_passage(session_id=kept.pk, sequence=1, actor=ADMIN, now=NOW)
    assert (caught.value.code, caught.value.status) == ("not_found", 404)
    assert kinds(kept) == before


def test_same_words_are_hidden_wherever_the_report_holds_them(kept: Session) -> None:
    add_addendum(session_id=kept.pk, text="Malaise, puis un autre malaise.", key="", actor=ADMIN, now=NOW)
    for _ in range(2):
        assert hide(kept) == 2
    assert hidden(kept) == [
        ("commentaire", 0, "malaise"),
        ("additif", 1, "Malaise"),
        ("additif", 1, "malaise"),
    ]
    hide(kept, "", section="additif", key=1)
    assert hidden(kept)[-1] == ("additif", 1, ""), "a whole text, where it stands"


def test_passage_of_an_addendum_is_hidden(kept: Session) -> None:
    add_addendum(session_id=kept.pk, text="Un oubli.", key="", actor=ADMIN, now=NOW)
    hide(kept, "oubli", section="additif", key=1)
    assert hidden(kept) == [("additif", 1, "oubli")]


@pytest.mark.parametrize(
    ("asked", "code", "status"),
    [
        ({"actor": PROCTOR}, "not_allowed", 403),
        ({"reason": "  "}, "reason_missing", 422),
        ({"reason": "x" * 201}, "too_long", 422),
        ({"reason": "a\x00b"}, "invalid", 422),
        ({"typed": "ef"}, "passage_too_short", 422),
        ({"typed": "n m"}, "passage_too_short", 422),
        ({"typed": "grippe"}, "passage_not_found", 422),
        ({"section": "incident", "key": 1}, "not_found", 404),
        ({"section": "cuisine", "key": 0}, "not_found", 404),
    ],
)
def test_hiding_is_refused(kept: Session, asked: dict[str, Any], code: str, status: int) -> None:
    with pytest.raises(DomainError) as caught:
        hide(kept, **asked)
    assert (caught.value.code, caught.value.status) == (code, status)
    assert hidden(kept) == []


def test_open_session_has_nothing_to_hide_yet(session: Session) -> None:
    for act in (
        lambda: hide(session),
        lambda: show_passage(session_id=session.pk, sequence=1, actor=ADMIN, now=NOW),
    ):
        with pytest.raises(DomainError, match="not_closed"):
            act()


def test_proctor_gives_nothing_back(kept: Session) -> None:
    hide(kept)
    with pytest.raises(DomainError, match="not_allowed"):
        show_passage(session_id=kept.pk, sequence=1, actor=PROCTOR, now=NOW)
