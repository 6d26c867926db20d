"""What the secretariat holds of one session (I8): the last acknowledgement, read without the journal."""

from django.db import models
from django.db.models import Q

from pixsurv.kernel.identity import fold
from proctoring.enums import EXPECTED_PAPERS, HandedPaper
from sessions_app.models import Session

LONGEST_BOX = 60
LONGEST_NOTE = 500
SEPARATOR = ","
# Every way of lacking some of what is expected, as it is written.
_LACKS = (
    "",
    *(one.value for one in EXPECTED_PAPERS),
    SEPARATOR.join(one.value for one in EXPECTED_PAPERS),
)


class Receipt(models.Model):
    """One row a session, made by its first event `receipt` and rewritten by each later one (`sequence`: the last).

    `received` and `missing` are codes of `HandedPaper` in their order; nothing missing is complete. `received_by`,
    `box` and `note` are all that it tells of anybody: elimination blanks what it must.
    """

    session = models.OneToOneField(Session, on_delete=models.CASCADE, related_name="receipt")
    sequence = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    received_by = models.CharField("reçu par", max_length=200, blank=True)
    received = models.CharField("papiers reçus", max_length=100, blank=True)
    missing = models.CharField("papiers attendus", max_length=100, blank=True)
    box = models.CharField("boîte ou cote", max_length=LONGEST_BOX, blank=True)
    # Folded at each save: a box is found whatever the case, the accents and the dashes it is typed with.
    box_key = models.CharField(max_length=250, blank=True, editable=False)
    note = models.CharField("note", max_length=LONGEST_NOTE, blank=True)

    class Meta:
        indexes = [models.Index(fields=["box_key"], name="receipt_box_key")]
        constraints = [
            models.CheckConstraint(
                name="receipt_is_an_event",
                condition=Q(sequence__gte=1),
                violation_error_message="Un accusé de réception est un acte du journal.",
            ),
            models.CheckConstraint(
                name="receipt_missing_known",
                condition=Q(missing__in=_LACKS),
                violation_error_message="Ce papier n’est pas de ceux que l’on attend.",
            ),
            models.CheckConstraint(
                name="receipt_box_has_a_key",
                condition=Q(box="", box_key="") | ~Q(box=""),
                violation_error_message="Une boîte sans nom n’a pas de clé.",
            ),
        ]

    def __str__(self) -> str:
        return f"receipt {self.pk}"

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def received_papers(self) -> list[HandedPaper]:
        return papers_of(self.received)

    @property
    def missing_papers(self) -> list[HandedPaper]:
        return papers_of(self.missing)

    def put_in(self, box: str) -> None:
        self.box, self.box_key = box, fold(box)


def papers_of(codes: str) -> list[HandedPaper]:
    """In the order in which they are asked for; a code of another version is passed over."""
    told = set(codes.split(SEPARATOR))
    return [paper for paper in HandedPaper if paper.value in told]
