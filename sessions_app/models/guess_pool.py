"""How often somebody guessed wrong at one door, by the pool that pays for it (mechanics §8)."""

from django.db import models
from django.db.models import Q

from sessions_app.models.session import Session


class Door(models.TextChoices):
    """What is guessed."""

    ROOM = "room", "Mot de passe de la session"
    ACCOUNT = "account", "Mot de passe d’un compte"
    IDENTITY = "identity", "Identité d’un candidat"
    CODE = "code", "Code d’accès"


class GuessPool(models.Model):
    """One pool: a device, a kit, an account, a browser, or everybody who is none of these.

    `key` is a digest: no name and no address stands here. `open_at` is when the next try counts.
    """

    key = models.CharField(max_length=64, unique=True)
    door = models.CharField(max_length=10, choices=Door)
    session = models.ForeignKey(Session, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    failures = models.PositiveIntegerField(default=0)
    open_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["session", "door"], name="guess_pool_of_session"),
            models.Index(fields=["seen_at"], name="guess_pool_seen"),
        ]
        constraints = [
            models.CheckConstraint(
                name="guess_pool_door_known",
                condition=Q(door__in=Door.values),
                violation_error_message="Cette porte n’existe pas.",
            )
        ]

    def __str__(self) -> str:
        return f"guess pool {self.pk}"
