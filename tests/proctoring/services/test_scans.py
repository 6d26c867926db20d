"""Signed sheets: pages that wait, one PDF, a digest in the chain, and who may withdraw it (I3)."""

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from pixsurv.kernel.errors import DomainError
from proctoring.models import PaperPage
from proctoring.report.reading import report_of
from proctoring.selectors.scans import scans_of
from proctoring.services import scans
from proctoring.services.closing import close_session
from sessions_app.actors import Actor, ActorKind
from sessions_app.documents.scans import Drawn
from sessions_app.enums import EventKind, SessionKind
from sessions_app.models import Event, Session, StoredFile
from sessions_app.services.planning import delete_session
from sessions_app.services.verification import verify_session
from tests.factories import ADMIN, PROCTOR, SessionFactory
from tests.journal import NOW, assert_sound, kinds

pytestmark = pytest.mark.django_db

SECRETARIAT = Actor(kind=ActorKind.SECRETARIAT, name="Secrétaire Essai", account_id=7)
PHONE = Actor(kind=ActorKind.PROCTOR, name="Perrine Essai", access_id=3)
OTHER = Actor(kind=ActorKind.PROCTOR, name="Karim Essai", access_id=4)


@pytest.fixture(autouse=True)
def drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is sent is one page for each of its bytes, and a PDF is its pages: the drawing has its own tests."""
    monkeypatch.setattr(
        scans, "drawn_pages", lambda content: [Drawn(bytes([one]), b"s", 300, 400) for one in content]
    )
    monkeypatch.setattr(scans, "bound", lambda sheets, **_: b"PDF:" + b"".join(one.content for one in sheets))


def add(session: Session, content: bytes = b"ab", actor: Actor = PHONE, **more: Any) -> list[int]:
    scans.add_pages(session_id=session.pk, content=content, actor=actor, **{"now": NOW, **more})
    return waiting(session, actor)


def waiting(session: Session, actor: Actor = PHONE) -> list[int]:
    return [one.pk for one in PaperPage.objects.waiting(session.pk, scans.holder_of(actor), NOW)]


def bind(session: Session, shown: list[int], actor: Actor = PHONE, paper: str = "attendance") -> Any:
    return scans.bind_pages(session=session, paper=paper, shown=shown, actor=actor, now=NOW)


def refusal(act: Any, *args: Any, **kwargs: Any) -> tuple[str, int]:
    with pytest.raises(DomainError) as caught:
        act(*args, **kwargs)
    return caught.value.code, caught.value.status


def test_pages_are_bound_into_one_file_whose_digest_the_journal_chains(session: Session) -> None:
    scan = bind(session, add(session))

    stored = StoredFile.objects.get()
    assert bytes(stored.content) == b"PDF:ab"
    assert (stored.purpose, stored.establishment_id) == ("attendance", session.establishment_id)
    assert (scan.sha256, scan.pages, scan.by) == (hashlib.sha256(b"PDF:ab").hexdigest(), 2, PHONE.name)
    event = Event.objects.get(session=session)
    assert (event.kind, event.facts["sha256"], event.facts["file"]) == (
        "paper_scanned",
        scan.sha256,
        stored.pk,
    )
    assert waiting(session) == []
    assert_sound(session)


def test_pages_bound_twice_are_bound_once(session: Session) -> None:
    pages = add(session)
    assert bind(session, pages) == bind(session, pages)
    assert kinds(session) == ["paper_scanned"]


def test_pages_bound_again_as_another_paper_are_refused(session: Session) -> None:
    pages = add(session)
    bind(session, pages)
    assert refusal(bind, session, pages, paper="report") == ("already_bound", 409)
    assert [one.paper for one in scans_of(session)] == ["attendance"]
    assert kinds(session) == ["paper_scanned"]


def test_page_sent_twice_waits_once(session: Session) -> None:
    assert add(session) == add(session)


def test_two_who_photograph_at_once_do_not_mix_their_pages(session: Session) -> None:
    mine, theirs = add(session, b"a"), add(session, b"b", OTHER)
    bind(session, mine)
    assert bytes(StoredFile.objects.get().content) == b"PDF:a"
    assert waiting(session, OTHER) == theirs


def test_pages_are_moved_and_taken_away(session: Session) -> None:
    first, second, third = add(session, b"abc")
    where: dict[str, Any] = {"session_id": session.pk, "actor": PHONE, "now": NOW}
    for _ in range(2):  # a rank, not a step: again changes nothing
        scans.move_page(**where, page_id=third, rank=1)
        assert waiting(session) == [third, first, second]
    scans.remove_page(**where, page_id=first)
    scans.remove_page(**where, page_id=first)
    assert waiting(session) == [third, second]
    assert refusal(scans.move_page, **where, page_id=first, rank=1) == ("page_gone", 404)
    where["actor"] = OTHER
    assert refusal(scans.move_page, **where, page_id=third, rank=1) == ("page_gone", 404)
    scans.remove_page(**where, page_id=third)
    assert waiting(session) == [third, second]


def test_page_waits_a_day(session: Session) -> None:
    add(session)
    later = NOW + timedelta(hours=24)
    assert not PaperPage.objects.waiting(session.pk, scans.holder_of(PHONE), later)
    add(session, b"z", now=later)
    assert PaperPage.objects.count() == 1


def test_twenty_pages_wait_and_no_more_and_none_is_lost(session: Session) -> None:
    pages = add(session, bytes(range(20)))
    assert refusal(add, session, b"zz") == ("too_many_pages", 422)
    assert waiting(session) == pages


@pytest.mark.parametrize(
    ("shown", "paper", "answer"),
    [
        ([], "attendance", ("pages_changed", 409)),
        ([999], "attendance", ("pages_changed", 409)),
        (None, "shopping", ("paper_missing", 422)),
    ],
)
def test_binding_is_refused(session: Session, shown: list[int] | None, paper: str, answer: Any) -> None:
    pages = add(session)
    assert refusal(bind, session, pages if shown is None else shown, paper=paper) == answer
    assert waiting(session) == pages
    assert not StoredFile.objects.exists()


def test_binding_without_a_page_is_refused(session: Session) -> None:
    assert refusal(bind, session, []) == ("no_page", 409)


def test_session_keeps_so_many_scans(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "MAX_SCANS", 1)
    bind(session, add(session))
    assert refusal(bind, session, add(session, b"c")) == ("too_many_scans", 409)


@pytest.mark.parametrize(
    ("kind", "state", "keeps"),
    [
        ("certification", "planned", True), ("white_exam", "launched", True), ("certification", "closed", True),
        ("certification", "cancelled", False), ("certification", "eliminated", False), ("rehearsal", "launched", False),
    ],
)  # fmt: skip
def test_which_sessions_keep_paper(kind: str, state: str, keeps: bool) -> None:
    assert scans.keeps_paper(Session(kind=kind, state=state)) is keeps


def test_rehearsal_takes_no_page(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(kind=SessionKind.REHEARSAL)
    assert refusal(add, session) == ("keeps_no_paper", 409)


def test_scan_before_the_closing_is_a_line_of_the_report_and_one_after_is_not(session: Session) -> None:
    bind(session, add(session), paper="report")
    closed = close_session(session_id=session.pk, actor=PROCTOR, now=NOW)
    bind(closed, add(closed, b"c"))
    told = [line.words for line in report_of(Session.objects.get(pk=session.pk)).course]
    assert [one.replace("\u00a0", " ") for one in told] == [
        "Papier signé numérisé par Perrine Essai : PV d’incident signé, 2 pages."
    ]
    assert kinds(session) == ["paper_scanned", "closed", "paper_sealed", "paper_scanned"]
    assert_sound(session)


def test_scan_withdrawn_before_the_closing_leaves_no_line_but_a_trace(session: Session) -> None:
    scan = bind(session, add(session))
    scans.remove_scan(session_id=session.pk, file_id=scan.file_id, actor=PHONE, now=NOW)
    session.refresh_from_db()
    assert report_of(session).course == []
    assert scans_of(session) == []
    assert not StoredFile.objects.exists()
    assert Event.objects.latest("sequence").facts["sha256"] == scan.sha256
    assert kinds(session) == ["paper_scanned", "paper_removed"]
    again = {"session_id": session.pk, "file_id": scan.file_id, "actor": PHONE, "now": NOW}
    assert refusal(scans.remove_scan, **again) == ("scan_gone", 404)
    assert_sound(session)


@pytest.mark.parametrize(
    ("actor", "closed", "allowed"),
    [
        (PHONE, False, True), (PHONE, True, False), (SECRETARIAT, False, False), (SECRETARIAT, True, False),
        (ADMIN, False, True), (ADMIN, True, True),
    ],
)  # fmt: skip
def test_who_may_withdraw_a_scan(session: Session, actor: Actor, closed: bool, allowed: bool) -> None:
    scan = bind(session, add(session))
    if closed:
        close_session(session_id=session.pk, actor=PROCTOR, now=NOW)
    remove: dict[str, Any] = {"session_id": session.pk, "file_id": scan.file_id, "actor": actor, "now": NOW}
    if allowed:
        scans.remove_scan(**remove)
    else:
        assert refusal(scans.remove_scan, **remove) == ("not_allowed", 403)
    assert StoredFile.objects.filter(purpose="attendance").exists() is not allowed


@pytest.mark.parametrize("swapped", [True, False], ids=["bytes and digest", "row"])
def test_scan_that_was_swapped_is_refused_and_breaks_the_verification(
    session: Session, swapped: bool
) -> None:
    scan = bind(session, add(session))
    session.refresh_from_db()
    assert scans.scan_content(session, scan.file_id)[1] == b"PDF:ab"
    if swapped:
        StoredFile.objects.get().holding(b"PDF:xx").save()
    else:
        StoredFile.objects.all().delete()
    assert refusal(scans.scan_content, session, scan.file_id) == ("scan_altered", 409)
    broken = verify_session(session).broken
    assert broken is not None
    assert (broken.sequence, broken.kind) == (scan.sequence, EventKind.PAPER_SCANNED)


def test_scan_of_another_session_is_not_there(session: Session) -> None:
    scan = bind(session, add(session))
    assert refusal(scans.scan_content, SessionFactory(), scan.file_id) == ("scan_gone", 404)


def test_session_deleted_before_it_began_takes_its_scans_along(session: Session) -> None:
    bind(session, add(session))
    add(session, b"c")
    delete_session(session_id=session.pk, now=NOW)
    assert not StoredFile.objects.exists()
    assert not PaperPage.objects.exists()
