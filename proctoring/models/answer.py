"""What a candidate answered at the built-in desk: attempt data, never an event."""

from django.db import models

from proctoring.models.attempt import Attempt


class Answer(models.Model):
    """One a question and attempt; the next unanswered position is where a resume comes back."""

    attempt = models.ForeignKey(Attempt, on_delete=models.CASCADE, related_name="answers")
    position = models.PositiveSmallIntegerField()
    question_id = models.CharField(max_length=40)
    response = models.JSONField(default=list)
    skipped = models.BooleanField(default=False)
    timed_out = models.BooleanField(default=False)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="answer_once_per_question",
                fields=["attempt", "position"],
                violation_error_message="Cette question a déjà une réponse.",
            )
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"
