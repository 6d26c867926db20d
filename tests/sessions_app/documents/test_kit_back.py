"""The back of the kit: help, contacts and codes on one page whatever people typed (P8, P9)."""

import re
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sessions_app.documents import bundle
from sessions_app.documents.papers import Paper
from sessions_app.help import PROPOSED, TEXT_LENGTH, Topic
from sessions_app.models import Contact, HelpText, Session
from tests import factories

type Reader = Callable[[bytes], list[str]]


def kit(session: Session) -> bytes:
    session.refresh_from_db()
    return bundle.one_paper(Paper.KIT, bundle.chosen([session])[0])


def bottoms(pdf: bytes, page: int, folder: Path) -> tuple[float, float]:
    """Where the lowest word of the page's own ends, and where the box at its foot (or the foot itself) begins."""
    (folder / "kit.pdf").write_bytes(pdf)
    command = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), str(folder / "kit.pdf"), "-"]
    text = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    words = [
        (float(found[1]), float(found[2]), found[3])
        for found in re.finditer(r'yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">(.*?)</word>', text)
    ]
    ends = [top for top, _, word in words if word == ("conserver" if page == 2 else "Page")]
    foot = max(ends)
    return max(bottom for top, bottom, _ in words if top < foot - 6), foot


def fill(session: Session, *, contacts: int, long: bool) -> None:
    school = session.establishment
    for rank in range(contacts):
        Contact.objects.create(
            establishment=school,
            name="Camille de La Tour-Essai " * 4 if long else f"Camille {rank}",
            purpose="Mot de passe de l’ordinateur " * 6 if long else f"Problème {rank}",
            phone="+33 (0)1 23 45 67 89",
            place="Bâtiment des sciences, bureau " * 3 if long else "Bureau 12",
            hours="lundi au vendredi, de 8h à 17h " * 3 if long else "8h – 17h",
            position=rank,
        )
    for topic in Topic if long else ():
        HelpText.objects.create(
            establishment=school,
            topic=topic,
            text=("Une phrase qui dit quoi faire, et vers qui aller. " * 7)[:TEXT_LENGTH],
            link="https://exemple.fr/" + "a" * 180,
            checked_on=date(2026, 3, 1),
        )


@pytest.mark.parametrize(("contacts", "long"), [(0, False), (2, False), (6, False), (12, False), (15, True)])
def test_back_of_the_kit_is_one_page_and_nothing_overlaps(
    planned: Session, words_of: Reader, tmp_path: Path, contacts: int, long: bool
) -> None:
    fill(planned, contacts=contacts, long=long)
    made = kit(planned)
    _, second = words_of(made)
    lowest, foot = bottoms(made, 2, tmp_path)
    assert lowest < foot
    assert second.count("01 23 45 67 89") + second.count("1 23 45 67 89") >= min(contacts, 12)
    assert ("Numéros de l’établissement, à remplir" in second) == (contacts == 0)
    assert ("Et 3 autres contacts dans la salle" in second) == (contacts == 15)
    assert "E12" in second


@pytest.mark.parametrize("observations", ["W" * 2000, "a\n" * 1000, "Une remarque.\n" * 3])
def test_front_of_the_kit_is_one_page_whatever_was_typed(
    planned: Session, words_of: Reader, tmp_path: Path, observations: str
) -> None:
    Session.objects.filter(pk=planned.pk).update(
        site="Site " * 40,
        room="Salle polyvalente du bâtiment des sciences et techniques, " + "W" * 40,
        proctor_names=("Marie-Antoinette de La Rochefoucauld, " * 9)[:300],
        observations=observations,
    )
    planned.establishment.name = "Lycée " * 33
    planned.establishment.save()
    made = kit(planned)
    assert len(words_of(made)) == 2
    lowest, foot = bottoms(made, 1, tmp_path)
    assert lowest < foot
    assert factories.PASSWORD in words_of(made)[0]


def test_back_of_the_kit_has_the_school_s_words_else_ours(planned: Session, words_of: Reader) -> None:
    HelpText.objects.create(
        establishment=planned.establishment,
        topic=Topic.COMPUTER_LOGIN,
        text="Monter au bureau 207.",
        link="https://exemple.fr/mot-de-passe",
        checked_on=date(2026, 3, 1),
    )
    _, second = words_of(kit(planned))
    assert (
        "Il ne peut pas ouvrir l’ordinateur. Monter au bureau 207. https://exemple.fr/mot-de-passe" in second
    )
    assert PROPOSED[Topic.COMPUTER_LOGIN][:30] not in second
    for topic in Topic:
        assert topic.label in second
    assert "".join(PROPOSED[Topic.WORKSTATION].split()) in "".join(second.split())


def test_papers_say_how_long_the_school_keeps_them(planned: Session, words_of: Reader) -> None:
    planned.establishment.retention_years = 7
    planned.establishment.save()
    assert "À conserver 7 ans par l’établissement" in words_of(kit(planned))[1]
    some = bundle.chosen([Session.objects.select_related("establishment").get(pk=planned.pk)])
    (report,) = words_of(bundle.one_paper(Paper.BLANK_REPORT, some[0]))
    assert "À conserver 7 ans par l’établissement" in report


def test_number_of_queries_of_a_choice_does_not_grow(
    planned: Session, django_assert_num_queries: Callable[..., object]
) -> None:
    fill(planned, contacts=3, long=False)
    more = factories.SessionFactory.create_batch(4, establishment=planned.establishment)
    for some in ([planned], [planned, *more]):
        with django_assert_num_queries(4):  # candidates, contacts, help texts, logo
            for one in bundle.chosen(some):
                bundle.one_paper(Paper.KIT, one)
