"""What a school writes itself under « Que faire si… » (P9)."""

from django.db import models
from django.db.models import Q

from sessions_app.help import LINK_LENGTH, TEXT_LENGTH, Topic
from sessions_app.models.establishment import Establishment


class HelpText(models.Model):
    """Instead of our text where `text` is given; beside it otherwise: a link, and when somebody last checked."""

    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="help_texts")
    topic = models.CharField("sujet", max_length=20, choices=Topic)
    text = models.CharField("texte", max_length=TEXT_LENGTH, blank=True)
    link = models.URLField("lien", max_length=LINK_LENGTH, blank=True)
    checked_on = models.DateField("vérifié le", null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="help_text_once",
                fields=["establishment", "topic"],
                violation_error_message="Ce sujet a déjà son texte.",
            ),
            models.CheckConstraint(
                name="help_text_topic_known",
                condition=Q(topic__in=Topic.values),
                violation_error_message="Ce sujet n’existe pas.",
            ),
            models.CheckConstraint(
                name="help_text_link_is_https",
                condition=Q(link="") | Q(link__startswith="https://"),
                violation_error_message="Un lien commence par https://.",
            ),
            models.CheckConstraint(
                name="help_text_link_checked",
                condition=Q(link="") | Q(checked_on__isnull=False),
                violation_error_message="Dites quand quelqu’un a ouvert ce lien.",
            ),
        ]

    def __str__(self) -> str:
        return self.topic
