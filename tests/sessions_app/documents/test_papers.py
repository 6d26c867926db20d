"""What each paper says, read back from the PDF (P8)."""

import io
import threading
from collections.abc import Callable
from datetime import date

import pikepdf
import pytest
from django.test import override_settings
from page import validate_pdf_bytes

from sessions_app.documents import bundle, glyphs
from sessions_app.documents.papers import CODES, Paper
from sessions_app.documents.school import School
from sessions_app.enums import SessionKind, SessionState, SignInMode
from sessions_app.models import Candidate, FilePurpose, Session, StoredFile
from sessions_app.selectors.kit import kit_mark_valid
from tests import factories
from tests.sessions_app.documents.conftest import ODD
from tests.sessions_app.pictures import png

type Reader = Callable[[bytes], list[str]]

NAMED = [paper for paper in Paper if paper not in {Paper.KIT, Paper.BLANK_REPORT}]


def made(paper: Paper, session: Session, *, by_class: bool = False) -> bytes:
    return bundle.one_paper(paper, bundle.chosen([session])[0], by_class=by_class)


def pupil(session: Session, last_name: str = "MARTIN", **facts: object) -> Candidate:
    values: dict[str, object] = {"first_name": "Inès", "birth_date": date(2011, 5, 21), **facts}
    found: Candidate = factories.CandidateFactory(session=session, last_name=last_name, **values)
    return found


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("paper", Paper)
def test_paper_is_pdf_a_and_pdf_ua(paper: Paper, planned: Session, odd: list[Candidate]) -> None:
    pdf = made(paper, planned)
    for profile in ("pdfa-2a", "pdfua-1"):
        report = validate_pdf_bytes(pdf, profile=profile)
        # This validator miscounts a compressed stream that happens to end in a carriage return; veraPDF does not.
        failures = [found for found in report.failures if not found.rule_id.endswith("STREAM-LENGTH-001")]
        assert not failures, [found.message for found in failures]
        assert report.rules.total > 50


@pytest.mark.parametrize("paper", Paper)
def test_paper_says_its_language_title_and_kind_of_pdf(
    paper: Paper, planned: Session, odd: list[Candidate]
) -> None:
    with pikepdf.open(io.BytesIO(made(paper, planned))) as pdf:
        assert str(pdf.Root.Lang) == "fr-FR"
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/StructTreeRoot" in pdf.Root
        with pdf.open_metadata() as metadata:
            assert metadata["pdfaid:part"] == "2"
            assert metadata["pdfaid:conformance"] == "A"
            assert metadata["pdfuaid:part"] == "1"
            assert paper.label in metadata["dc:title"]
        fonts = {
            str(font.get("/BaseFont", ""))
            for page in pdf.pages
            for font in page.Resources.get("/Font", {}).values()
        }
    assert any("AtkinsonHyperlegible" in font for font in fonts)


@pytest.mark.parametrize("paper", NAMED)
def test_names_are_whole_and_literal(
    paper: Paper, planned: Session, odd: list[Candidate], words_of: Reader
) -> None:
    text = squeezed(" ".join(words_of(made(paper, planned))))
    for last, first in ODD:
        assert squeezed(glyphs.printable(last.upper())) in text
        assert squeezed(glyphs.printable(first)) in text


@pytest.mark.parametrize("paper", NAMED)
def test_character_without_a_glyph_is_a_box_with_the_local_id_at_the_foot(
    paper: Paper, planned: Session, odd: list[Candidate], words_of: Reader
) -> None:
    text = " ".join(words_of(made(paper, planned)))
    assert "□ remplace un caractère" in text
    assert "identifiant local ID-3" in text
    assert "identifiant local ID-7" in text
    assert "identifiant local ID-1" not in text


def test_glyph_table_agrees_with_what_typst_draws(planned: Session) -> None:
    """Every character said to be covered is drawn: an error here would be an error of a whole document."""
    letters = "".join(chr(code) for code in sorted(glyphs.covered()) if chr(code).isprintable())
    for start in range(0, len(letters), 90):
        last_name = letters[start : start + 90].strip() or "x"
        factories.CandidateFactory(session=planned, last_name=last_name, first_name=last_name)
    assert made(Paper.ATTENDANCE, planned).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Zoé 😀", "Zoé □"),
        ("👩\u200d🔬", "□□"),
        ("Éloïse", "Éloïse"),
        ("e\u0301", "é"),
        ("a\u202fb\u2011c", "a\u00a0b-c"),
        ("李", "□"),
        ("\x00", "□"),
        ("deux\r\nlignes\tici", "deux\nlignes\u00a0ici"),
    ],
)
def test_printable_replaces_only_what_has_no_glyph(typed: str, printed: str) -> None:
    assert glyphs.printable(typed) == printed


@pytest.mark.parametrize("paper", Paper)
def test_paper_of_an_empty_list_is_made(paper: Paper, planned: Session, words_of: Reader) -> None:
    text = " ".join(words_of(made(paper, planned)))
    if paper in NAMED:
        assert "Aucun candidat n’est inscrit" in text


def test_kit_has_the_three_numbers_of_the_seed(planned: Session, words_of: Reader) -> None:
    first, second = words_of(made(Paper.KIT, planned))
    for words in (
        *("Kit surveillant", "Détails de la session", "14 mars 2026", "10h00", "Site d’essai", "B12"),
        *("Perrine Dubois, Karim Haddad", "À l’usage du surveillant et des candidats", str(planned.number)),
        *("À usage exclusif du surveillant", factories.PASSWORD),
        *("À fournir aux candidats au lancement du test", factories.ACCESS_CODE, "Page 1/2"),
    ):
        assert words in first
    for code, label in CODES:
        assert code in second
        assert squeezed(label) in squeezed(second)
    for words in (
        *("Préparer (15 min)", "Lancer", "Surveiller", "Terminer", "Clôturer", "10h15", "12h00", "12h35"),
        *("Que faire si", "Qui appeler", "À conserver 5 ans par l’établissement", "Page 2/2"),
        "à remettre au secrétariat de scolarité",
    ):
        assert words in second


@override_settings(PUBLIC_URL="https://pix.exemple.fr")
def test_kit_qr_opens_the_login_page_with_the_number_and_the_mark_of_the_kit(
    planned: Session, qr_of: Callable[[bytes], str]
) -> None:
    read = qr_of(made(Paper.KIT, planned))
    address, mark = read.rsplit("=", 1)
    assert address == f"https://pix.exemple.fr/surveillance/?session={planned.number}&kit"
    assert kit_mark_valid(str(planned.number), mark)
    for secret in (factories.PASSWORD.removeprefix("C-"), factories.ACCESS_CODE, planned.sealed_password):
        assert secret not in read


@pytest.mark.parametrize("paper", [paper for paper in Paper if paper != Paper.KIT])
def test_password_is_in_the_kit_only(paper: Paper, planned: Session, words_of: Reader) -> None:
    pupil(planned)
    assert factories.PASSWORD.removeprefix("C-") not in " ".join(words_of(made(paper, planned)))


def test_kit_of_a_closed_session_has_no_password(planned: Session, words_of: Reader) -> None:
    Session.objects.filter(pk=planned.pk).update(state=SessionState.CLOSED, closed_at=planned.starts_at)
    planned.refresh_from_db()
    text = " ".join(words_of(made(Paper.KIT, planned)))
    assert factories.PASSWORD not in text
    assert "Retiré : cette session est terminée." in text


def test_kit_whose_password_is_unreadable_says_so(planned: Session, words_of: Reader) -> None:
    Session.objects.filter(pk=planned.pk).update(sealed_password="illisible")
    planned.refresh_from_db()
    assert "donnez un nouveau mot de passe" in " ".join(words_of(made(Paper.KIT, planned)))


def test_attendance_has_twenty_a_page_and_numbers_its_pages(planned: Session, words_of: Reader) -> None:
    for rank in range(41):
        pupil(planned, f"ELEVE{chr(65 + rank // 26)}{chr(65 + rank % 26)}")
    pages = words_of(made(Paper.ATTENDANCE, planned))
    assert [page.count("ELEVE") for page in pages] == [20, 20, 1]
    for number, page in enumerate(pages, start=1):
        assert f"Page {number}/3" in page
        assert str(planned.number) in page


def test_attendance_keeps_twenty_long_names_on_their_page(planned: Session, words_of: Reader) -> None:
    for rank in range(21):
        pupil(planned, f"DE LA ROCHEFOUCAULD-MONTMORENCY-LAVAL {rank}", first_name="Marie-Antoinette")
    pages = words_of(made(Paper.ATTENDANCE, planned))
    assert [page.count("Antoinette") for page in pages] == [20, 1]


def test_attendance_shows_a_class_else_a_local_id(planned: Session, words_of: Reader) -> None:
    pupil(planned, "AVEC", class_name="3e A", local_id="ID-1", extra_time_percent=33)
    (page,) = words_of(made(Paper.ATTENDANCE, planned))
    assert "Classe Signature" in page
    assert "3e A" in page
    assert "ID-1" not in page
    assert "ajoré" not in page
    pupil(planned, "SANS", class_name="", local_id="ID-2", first_name="Lou")
    (page,) = words_of(made(Paper.ATTENDANCE, planned))
    assert "Classe ou identifiant" in page
    assert "ID-2" in page


def test_attendance_of_200_candidates_keeps_all(planned: Session, words_of: Reader) -> None:
    factories.CandidateFactory.create_batch(200, session=planned)
    pages = words_of(made(Paper.ATTENDANCE, planned))
    assert len(pages) == 10
    assert sum(page.count("ESSAI") for page in pages) == 200


def test_fallback_computes_the_end_of_each(planned: Session, words_of: Reader) -> None:
    pupil(planned, "AUTRE")
    pupil(planned, "LENT", extra_time_percent=33)
    (page,) = words_of(made(Paper.FALLBACK, planned))
    page = page.replace("\u00a0", " ")
    assert "Ne pas laisser à la vue des élèves" in page
    assert "1 h 45 11h45 12h00" in page
    assert "2 h 20 12h20 12h35" in page


def test_blank_report_is_one_page_with_its_codes(planned: Session, words_of: Reader) -> None:
    planned.room = "Salle polyvalente du bâtiment des sciences, troisième étage, aile nord"
    planned.proctor_names = "Personne " * 33
    (page,) = words_of(made(Paper.BLANK_REPORT, planned))
    for words in ("PV d’incident", "N° de question", "Heure", "Faits", "E12", "signature", planned.room):
        assert words in page
    assert "Salle Salle" not in page


def test_invitations_are_two_a_sheet_with_each_pupil_s_own_extra_time(
    planned: Session, words_of: Reader
) -> None:
    pupil(planned, "AAA", sign_in_mode=SignInMode.MEDIACENTRE)
    pupil(planned, "BBB")
    pupil(planned, "CCC", extra_time_percent=33)
    first, second = (page.replace("\u00a0", " ") for page in words_of(made(Paper.INVITATIONS, planned)))
    assert first.count("Convocation") == 2
    assert "Temps majoré" not in first
    assert "Médiacentre (ENT)" in first
    assert "Temps majoré 35 min" in second
    assert "2 h 20 au plus" in second


def test_invitation_too_long_for_half_a_sheet_has_its_own(planned: Session, words_of: Reader) -> None:
    pupil(planned, "W" * 100, first_name="M" * 100, extra_time_percent=33)
    pupil(planned, "Z")
    planned.site, planned.room, planned.establishment.name = "W" * 200, "W" * 100, "W" * 200
    some = [bundle.Chosen(planned, list(planned.candidates.order_by("sort_key")), School())]
    pages = words_of(bundle.one_paper(Paper.INVITATIONS, some[0]))
    assert [page.count("Convocation") for page in pages] == [1, 1]


def test_invitations_come_by_class_when_asked(planned: Session, words_of: Reader) -> None:
    pupil(planned, "AAA", class_name="10e A")
    pupil(planned, "BBB", class_name="3e B")
    by_name, by_class = (
        words_of(made(Paper.INVITATIONS, planned, by_class=choice))[0] for choice in (False, True)
    )
    assert by_name.index("AAA") < by_name.index("BBB")
    assert by_class.index("BBB") < by_class.index("AAA")


def test_school_office_has_neither_birth_date_nor_extra_time(planned: Session, words_of: Reader) -> None:
    pupil(planned, class_name="3e A", extra_time_percent=33)
    (page,) = words_of(made(Paper.SCHOOL_OFFICE, planned))
    assert "3e A MARTIN Inès 10h00 B12" in page
    assert "21/05/2011" not in page
    assert "ajoré" not in page


@pytest.mark.parametrize("paper", Paper)
def test_white_exam_is_written_on_every_paper(paper: Paper, planned: Session, words_of: Reader) -> None:
    pupil(planned)
    planned.kind = SessionKind.WHITE_EXAM
    Session.objects.filter(pk=planned.pk).update(kind=planned.kind)
    for page in words_of(made(paper, planned)):
        assert "Certification blanche" in page


def test_same_data_gives_the_same_bytes(planned: Session, odd: list[Candidate]) -> None:
    some = bundle.chosen([planned])
    here = bundle.one_paper(Paper.ATTENDANCE, some[0])
    assert here == bundle.one_paper(Paper.ATTENDANCE, some[0])
    wish = bundle.Wish(list(Paper))
    assert bundle.merged(wish, some * 2) == bundle.merged(wish, some * 2)


def test_papers_are_made_in_several_threads_at_once(planned: Session, odd: list[Candidate]) -> None:
    one = bundle.chosen([planned])[0]
    expected = {paper: bundle.one_paper(paper, one) for paper in Paper}
    wrong: list[Paper] = []

    def make() -> None:
        wrong.extend(paper for paper in Paper if bundle.one_paper(paper, one) != expected[paper])

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize("paper", [Paper.KIT, Paper.INVITATIONS])
def test_paper_with_a_logo_and_contacts_is_pdf_a_and_pdf_ua(paper: Paper, planned: Session) -> None:
    pupil(planned)
    factories.ContactFactory(establishment=planned.establishment, place="Bureau 12", hours="8h – 17h")
    plain = made(paper, planned)
    StoredFile(
        establishment=planned.establishment, purpose=FilePurpose.LOGO, created_at=planned.created_at
    ).holding(png()).save()
    pdf = made(paper, planned)
    for profile in ("pdfa-2a", "pdfua-1"):
        report = validate_pdf_bytes(pdf, profile=profile)
        failures = [found for found in report.failures if not found.rule_id.endswith("STREAM-LENGTH-001")]
        assert not failures, [found.message for found in failures]
    assert pictures(pdf) > pictures(plain)
    assert "Logo : Collège Les Tilleuls" in spoken(pdf)


def pictures(pdf: bytes) -> int:
    with pikepdf.open(io.BytesIO(pdf)) as found:
        return sum(
            1 for one in found.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
        )


def spoken(pdf: bytes) -> list[str]:
    """What stands for each picture in a voice."""
    with pikepdf.open(io.BytesIO(pdf)) as found:
        tags = [one for one in found.objects if isinstance(one, pikepdf.Dictionary) and "/Alt" in one]
        return [str(one.Alt).replace("\u00a0", " ") for one in tags]
