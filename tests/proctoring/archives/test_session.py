"""One kept session, its papers, and who may open which page of the archive (I5, A2)."""

import uuid

import pytest
from django.test import Client

from pixsurv.kernel import clock
from proctoring.services.addenda import add_addendum
from proctoring.services.closing import close_session
from sessions_app.documents import bundle, data
from sessions_app.documents.school import school_of
from sessions_app.enums import SessionState
from sessions_app.models import Account, Candidate, Event, Session, StoredFile
from sessions_app.models.stored_file import FilePurpose
from sessions_app.selectors.kit import kit_mark
from tests import factories
from tests.factories import ACCESS_CODE, ADMIN, PASSWORD, PROCTOR
from tests.journal import NOW
from tests.proctoring.archives.conftest import received

PAGES = ("", "relancer/", "pv.pdf", "additif-1.pdf", "emargement.pdf", "kit.pdf")
OF_THE_SCHOOL = ("", "accuser/?session={}", "etiquette.pdf?session={}", "recapitulatif/", "recapitulatif.ods")


@pytest.fixture(autouse=True)
def _no_paper_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a paper says is looked at elsewhere: here it is only opened or not."""
    monkeypatch.setattr(bundle, "typeset", lambda *_, **__: b"%PDF made again")
    monkeypatch.setattr("proctoring.archives.tray.label.typeset", lambda *_, **__: b"%PDF label")


@pytest.fixture
def filed(kept: Session) -> Session:
    """With a stored report and a stored addendum."""
    for purpose, name in (
        (FilePurpose.REPORT, "pv.pdf"),
        (FilePurpose.ADDENDUM, f"additif-1-pv-session-{kept.number}.pdf"),
    ):
        StoredFile(
            establishment=kept.establishment,
            session=kept,
            purpose=purpose,
            name=name,
            content_type="application/pdf",
            created_at=NOW,
        ).holding(f"%PDF {purpose}".encode()).save()
    return kept


@pytest.mark.parametrize(
    ("who", "status"),
    [("secretariat", 200), ("admin", 200), ("proctor_account", 403), ("other_admin", 404), (None, 302)],
)
def test_pages_of_a_kept_session(
    client: Client, filed: Session, request: pytest.FixtureRequest, who: str | None, status: int
) -> None:
    if who:
        client.force_login(request.getfixturevalue(who))

    found = {page: client.get(f"/archives/{filed.number}/{page}").status_code for page in PAGES}

    assert found == dict.fromkeys(PAGES, status)


@pytest.mark.parametrize(
    ("who", "status"), [("secretariat", 200), ("admin", 200), ("proctor_account", 403), (None, 302)]
)
def test_pages_of_a_school(
    client: Client, kept: Session, request: pytest.FixtureRequest, who: str | None, status: int
) -> None:
    if who:
        client.force_login(request.getfixturevalue(who))

    found = {page: client.get(f"/archives/{page.format(kept.number)}").status_code for page in OF_THE_SCHOOL}

    assert found == dict.fromkeys(OF_THE_SCHOOL, status)


def test_another_school_receives_nothing_here(client: Client, kept: Session, other_admin: Account) -> None:
    client.force_login(other_admin)
    address = f"/archives/accuser/?session={kept.number}"

    assert client.post(address, {"papers": ["report"], "once": str(uuid.uuid4())}).status_code == 404
    assert client.get(f"/archives/etiquette.pdf?session={kept.number}").status_code == 404
    assert not Event.objects.filter(session=kept).exists()


def test_papers_are_attachments_that_no_browser_keeps(office: Client, filed: Session) -> None:
    for page in PAGES[2:]:
        response = office.get(f"/archives/{filed.number}/{page}")
        assert response.headers["Content-Type"] == "application/pdf"
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["Cache-Control"] == "no-store"
    assert office.get(f"/archives/{filed.number}/pv.pdf").content == b"%PDF report"
    assert office.get(f"/archives/{filed.number}/additif-1.pdf").content == b"%PDF addendum"
    assert office.get(f"/archives/{filed.number}/additif-2.pdf").status_code == 404


def test_stored_attendance_sheet_is_preferred_to_a_new_one(office: Client, kept: Session) -> None:
    address = f"/archives/{kept.number}/emargement.pdf"
    assert office.get(address).content == b"%PDF made again"
    assert "rééditée le" in office.get(f"/archives/{kept.number}/").content.decode()
    StoredFile(
        establishment=kept.establishment,
        session=kept,
        purpose=FilePurpose.ATTENDANCE,
        name="emargement.pdf",
        content_type="application/pdf",
        created_at=NOW,
    ).holding(b"%PDF stored").save()

    assert office.get(address).content == b"%PDF stored"
    assert "rééditée le" not in office.get(f"/archives/{kept.number}/").content.decode()


def test_kit_of_the_archive_holds_no_secret_and_unseals_none(
    kept: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unsealed(self: Session) -> str:
        raise AssertionError("the password was asked for")

    monkeypatch.setattr(Session, "password", unsealed)

    kit = data.struck_kit(kept, [], school_of(kept.establishment))

    assert (kit.password, kit.access_code) == ("", "")
    assert (kit.password_note, kit.access_code_note) == (data.STRUCK, data.STRUCK)
    assert not any(secret in str(kit) for secret in (PASSWORD, ACCESS_CODE, kit_mark(kept)))


def test_reissued_sheet_says_so(kept: Session, candidate: Candidate) -> None:
    sheet = data.reissued_attendance(kept, [candidate], NOW)

    assert sheet.note == "Réédité le 14/03/2026 à 10h00. Ce n’est pas la feuille signée."
    assert data.attendance(kept, [candidate]).note == ""


def test_papers_of_an_eliminated_session_are_gone(office: Client, kept: Session) -> None:
    kept.state, kept.eliminating_at = SessionState.ELIMINATED, clock.now()
    kept.save(update_fields=["state", "eliminating_at"])

    for page in ("emargement.pdf", "kit.pdf"):
        assert office.get(f"/archives/{kept.number}/{page}").status_code == 409
    page = office.get(f"/archives/{kept.number}/").content.decode()
    assert "ses documents n’existent plus" in page
    assert "accuser/" not in page


def test_page_shows_the_seal_and_that_the_chain_holds(office: Client, session: Session) -> None:
    sealed = close_session(session_id=session.pk, actor=PROCTOR, now=NOW)
    add_addendum(session_id=session.pk, text="Un oubli.", key="", actor=ADMIN, now=NOW)
    received(sealed, "2026-A3", complete=False)

    page = office.get(f"/archives/{session.number}/").content.decode()

    assert f"{sealed.seal[:4]} {sealed.seal[4:8]}" in page
    for words in ("Intact", "Additif n° 1", "2026-A3", "Odile Essai", "Incomplet", "PV d’incident scellé"):
        assert words in page


def test_page_tells_a_journal_that_was_changed(office: Client, kept: Session) -> None:
    received(kept)
    kept.sequence = 7
    kept.save(update_fields=["sequence"])

    assert (
        "le journal n’est plus celui qui a été écrit"
        in office.get(f"/archives/{kept.number}/").content.decode()
    )


def test_journal_and_navigation_lead_nowhere_that_is_closed(office: Client, kept: Session) -> None:
    """Every link that a secretariat-only account is shown opens, and each page shows the same."""
    shown = set()
    for address in (
        "/archives/",
        f"/archives/{kept.number}/",
        "/etablissement/compte/",
        f"/etablissement/sessions/{kept.number}/journal/",
        "/archives/recapitulatif/",
        "/etablissement/sessions/",  # refused, with a page that has a navigation of its own
    ):
        page = office.get(address).content.decode()
        nav = page[page.index('class="bandeau__nav"') : page.index("<main")]
        links = tuple(part.split('"')[0] for part in nav.split('href="')[1:])
        assert {"/archives/", "/archives/recapitulatif/", "/etablissement/compte/"} <= set(links)
        assert {link: office.get(link).status_code for link in links} == dict.fromkeys(links, 200)
        shown.add(links)
    assert len(shown) == 1


def test_proctor_is_shown_neither_archive_nor_sessions(client: Client, proctor_account: Account) -> None:
    client.force_login(proctor_account)

    page = client.get("/etablissement/compte/").content.decode()

    assert "/archives/" not in page
    assert "/etablissement/sessions/" not in page


def test_admin_keeps_every_link(client: Client, admin: Account) -> None:
    client.force_login(admin)

    page = client.get("/etablissement/compte/").content.decode()

    for link in ("/etablissement/sessions/", "/etablissement/equipe/", "/archives/"):
        assert f'href="{link}"' in page


def test_receipt_is_told_in_the_journal_with_the_role_of_who_gave_it(office: Client, kept: Session) -> None:
    received(kept, "2026-A3")

    page = office.get(f"/etablissement/sessions/{kept.number}/journal/").content.decode()

    for words in ("Odile Essai", "Secrétariat", "boîte « 2026-A3 »"):
        assert words in page.replace("\u00a0", " ")


def test_session_page_costs_the_same_for_one_and_for_many(
    office: Client, kept: Session, django_assert_num_queries
) -> None:
    address = f"/archives/{kept.number}/"
    office.get(address)
    with django_assert_num_queries(11):
        office.get(address)
    for _ in range(3):
        factories.CandidateFactory(session=kept)
    with django_assert_num_queries(11):
        office.get(address)
