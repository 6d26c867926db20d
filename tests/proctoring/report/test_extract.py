"""« Extrait individuel »: all about one, nothing of the others (I5, I7)."""

import re
from collections.abc import Callable

import pytest

from proctoring.report.copies import EXTRACT, extract_pdf
from proctoring.report.extract import Extract, extract_of
from proctoring.report.masking import MASKED
from proctoring.report.redaction import HIDDEN_WORDS, hidden_of, redacted_report
from proctoring.report.seal import seal_words
from tests.proctoring.report.events import ADMIN, FACTS, PAUL, ZOE, Journal, journal, plain
from tests.proctoring.report.test_paper import assert_valid, squeezed
from tests.sessions_app.documents.conftest import words_of

__all__ = ["words_of"]

type Reader = Callable[[bytes], list[str]]

MARTINE, TWIN, GONE = 13, 14, 15


def lived() -> Journal:
    """Two of one family, two of one name, one who left, and somebody who was on no list."""
    told = journal().list_of((MARTINE, "Dupont", "Martine"), (GONE, "Partie", "Ondine"))
    told.say("candidate_corrected", -60, GONE, actor=ADMIN, removed=True, before={"last_name": "Partie"})
    told.run(4, PAUL, ZOE, MARTINE)
    told.say("extra_time_set", 6, PAUL, before=0, after=33)
    told.say("alert_raised", 10, PAUL, question=7, kinds=["image"])
    told.say("alert_raised", 11, ZOE, question=3, kinds=["file"])
    told.say("case_raised", 12, kind="not_listed", last_name="Inconnue", first_name="Capucine")
    told.say(
        "incident_reported", 20, PAUL, incident=1, category="C7",
        description="Zoé Martin et sa voisine Martine ont débranché son poste, dit Capucine à Ondine.",
    )  # fmt: skip
    told.say("incident_reported", 21, ZOE, incident=2, category="C7", description="Écran noir.")
    for person in (PAUL, ZOE, MARTINE):
        told.say("minutes_given", 25, person, minutes=7, reason="Poste débranché par Zoé")
    told.say("comment_changed", 40, text="Dupont Paul a été gêné par MARTIN Zoé.")
    told.say("ended", 50, PAUL, question=9)
    told.say("closed", 60, reasons=[{"candidate": PAUL, "reason": "technical"}], attendance_signed=True)
    told.say("addendum", 3000, actor=ADMIN, text="Paul Dupont s’écrit DUPOND ; Zoé n’y est pour rien.")
    return told.say("addendum", 3001, actor=ADMIN, text="La salle était la B13.")


def extract(told: Journal, candidate: int = PAUL) -> Extract:
    found = extract_of(told.report, candidate)
    assert found is not None
    return found


def everything(found: Extract) -> str:
    parts = [line.words for line in found.lines] + [value for pair in found.own for value in pair]
    parts += [
        found.comment,
        *[words for _, words in found.addenda],
        *[v for pair in found.facts for v in pair],
    ]
    return plain(" | ".join(parts))


def test_extract_holds_all_that_was_noted_of_him_in_time() -> None:
    found = extract(lived())
    noted = f"{MASKED} et sa voisine {MASKED} ont débranché son poste, dit {MASKED} à {MASKED}."
    because = f"(Poste débranché par {MASKED}) : DUPONT Paul, {MASKED}, {MASKED}."
    assert [plain(line.words) for line in found.lines] == [
        "DUPONT Paul : inscrit sur la liste par Andréa Essai.",
        "DUPONT Paul : présence cochée.",
        "DUPONT Paul : début du test.",
        "DUPONT Paul : temps majoré de 0 % à 33 %, par Perrine Essai.",
        "DUPONT Paul, question 7 : image qui ne s’affiche pas. En attente de réponse.",
        f"DUPONT Paul : Incident technique qui n’a pas bloqué le test. {noted}",
        f"7 min rendues à 3 candidats par Perrine Essai {because}",
        "DUPONT Paul : test terminé par Perrine Essai (question 9).",
    ]
    own = {name: plain(value) for name, value in found.own}
    assert own["Situation"] == (
        "Terminé par le surveillant : problème technique. Temps majoré 33 %. 7 min rendues"
    )
    assert (own["Nom"], own["Né(e) le"]) == ("DUPONT", "21/05/2011")


def test_comment_and_addenda_are_his_where_they_name_him() -> None:
    found = extract(lived())
    assert found.comment == f"Dupont Paul a été gêné par {MASKED}."
    assert [words for _, words in found.addenda] == [
        f"Paul Dupont s’écrit DUPOND ; {MASKED} n’y est pour rien."
    ]
    assert found.left_out == 1
    zoe = extract(lived(), ZOE)
    assert zoe.comment == f"{MASKED} a été gêné par MARTIN Zoé."


@pytest.mark.parametrize("candidate", [PAUL, ZOE, MARTINE, GONE])
def test_no_other_name_is_in_anything_that_is_handed_over(candidate: int) -> None:
    names = {PAUL: "dupont paul", ZOE: "martin zoé", MARTINE: "dupont martine", GONE: "partie ondine"}
    all_names = {word for name in [*names.values(), "inconnue capucine"] for word in name.split()}
    found = set(re.findall(r"\w+", everything(extract(lived(), candidate)).lower()))
    assert found & all_names == set(names[candidate].split())


def test_homonym_cannot_be_told_apart_and_the_page_says_so() -> None:
    told = lived().list_of((TWIN, "Dupont", "Paul"))
    told.say("incident_reported", 30, TWIN, incident=9, category="C7", description="Le sien.")
    found = extract(told)
    assert found.same_name
    assert "Le sien" not in everything(found)
    assert not extract(told, ZOE).same_name


def test_old_spelling_of_his_name_stays_and_that_of_another_goes() -> None:
    told = journal()
    told.say("candidate_corrected", 1, PAUL, actor=ADMIN, before={}, after={"last_name": "Dupond"})
    told.say("candidate_corrected", 2, ZOE, actor=ADMIN, before={}, after={"last_name": "Martineau"})
    told.say(
        "incident_reported", 3, PAUL, incident=1, category="C7", description="Dupont, Martin, Martineau."
    )
    (line,) = [one for one in extract(told).lines if one.code]
    assert line.words.endswith(f"Dupont, {MASKED}, {MASKED}.")


def test_who_was_asked_for_and_then_enrolled_keeps_his_name() -> None:
    told = Journal().say("case_raised", 1, kind="not_listed", last_name="Dupont", first_name="Paul")
    told.list_of((PAUL, "Dupont", "Paul"))
    assert not extract(told).same_name
    assert MASKED not in everything(extract(told))


def test_who_was_never_there_has_no_extract() -> None:
    assert extract_of(lived().report, 999) is None


def test_suspicion_of_fraud_stays_on_its_own_sheet() -> None:
    told = journal().say("incident_reported", 5, PAUL, incident=1, category="C6")
    found = extract(told)
    assert not [line for line in found.lines if line.code == "C6"]
    assert any("C6" in note for note in found.notes)


def test_extract_hides_what_copies_hide_and_counts_it() -> None:
    told = lived()
    told.say("passage_hidden", 4000, actor=ADMIN, section="commentaire", key=0, passage="gêné", reason="x")
    hidden = hidden_of(FACTS, told.events)
    found = extract_of(redacted_report(told.report, hidden), PAUL, hidden=len(hidden))
    assert found is not None
    assert found.comment == f"Dupont Paul a été {HIDDEN_WORDS} par {MASKED}."
    assert any("1 passage est occulté" in note for note in found.notes)


def test_paper_is_pdf_a_and_pdf_ua_names_nobody_else_and_cites_the_seal(words_of: Reader) -> None:
    told = lived()
    made = extract_pdf(extract(told))

    assert_valid(made)
    pages = words_of(made)
    text = " ".join(pages)
    assert EXTRACT in text
    assert "DUPONT" in text
    assert "B12" in text
    for other in ("Zoé", "MARTIN", "Martin", "Martine", "Ondine", "Capucine", "Inconnue"):
        assert other not in text, other
    closing = told.report.closing
    assert closing is not None
    assert seal_words(closing.seal).replace(" ", "") in squeezed(pages)
