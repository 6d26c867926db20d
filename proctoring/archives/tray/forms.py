"""« Accuser réception »: of one session, or of several that go into the same box."""

from django import forms
from django.http import QueryDict

from proctoring.enums import EXPECTED_PAPERS, HandedPaper
from proctoring.models import Receipt
from proctoring.models.receipt import LONGEST_BOX, LONGEST_NOTE
from proctoring.services.receipts import Handed
from sessions_app.forms.lines import LineField

FACTS_ONLY = "Notez les faits observés. Pas d’opinion, rien sur la santé ou la famille."


class ReceiptForm(forms.Form):
    """What is in hand; `once` turns a double click into one receipt (mechanics §10)."""

    papers = forms.MultipleChoiceField(
        label="Papiers reçus",
        choices=HandedPaper.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Cochez au moins un papier reçu, ou «\u00a0Rien d’autre n’est attendu\u00a0»."
        },
    )
    nothing_more = forms.BooleanField(
        label="Rien d’autre n’est attendu (par exemple, PV signé dans Pixsurv)", required=False
    )
    box = LineField(
        label="Boîte ou cote",
        required=False,
        max_length=LONGEST_BOX,
        widget=forms.TextInput({"autocomplete": "off"}),
        help_text=f"Là où les papiers sont rangés. {LONGEST_BOX} caractères au plus.",
        error_messages={"max_length": f"La boîte ou la cote tient en {LONGEST_BOX} caractères."},
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=LONGEST_NOTE + 100,  # line ends count twice on their way; the service counts the text
        widget=forms.Textarea({"rows": 3}),
        help_text=f"{FACTS_ONLY} {LONGEST_NOTE} caractères au plus.",
        error_messages={"max_length": f"{LONGEST_NOTE} caractères au plus."},
    )
    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, initial: dict[str, object]) -> None:
        super().__init__(data, initial=initial)
        # A session where nobody came may have no paper at all: then that has to be said.
        self.fields["papers"].required = not (data and data.get("nothing_more"))

    def handed(self) -> Handed:
        data = self.cleaned_data
        papers = frozenset(HandedPaper(one) for one in data["papers"])
        return Handed(papers, data["box"], data["note"], data["nothing_more"])


def first_values(receipts: list[Receipt]) -> dict[str, object]:
    """Of one session, its current receipt; of several, only the box that they share."""
    if len(receipts) == 1:
        (one,) = receipts
        papers = [paper.value for paper in one.received_papers]
        given_up = one.is_complete and not set(EXPECTED_PAPERS) <= set(one.received_papers)
        return {"papers": papers, "nothing_more": given_up, "box": one.box, "note": one.note}
    boxes = {one.box for one in receipts}
    return {"box": boxes.pop()} if len(boxes) == 1 else {}
