"""Where an account is signed in, so that its owner can see it and end it (ASVS 7.5.2)."""

from django.db import models

from sessions_app.models.account import Account


class SignIn(models.Model):
    """One browser. `session_key` is that of its session, which goes when this is ended; it may be gone already."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    device = models.CharField("appareil", max_length=200, blank=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"sign-in {self.pk}"
