"""The second factor of an account: an application that shows six digits, and codes for the day when it is lost."""

from django.db import models

from sessions_app.models.account import Account


class SecondFactor(models.Model):
    """One an account. Asked for at sign-in once `confirmed_at` is set.

    The secret is sealed like the session passwords; `recovery` holds digests, one a code that was not used yet;
    `last_step` is the last time step that let somebody in, for a code seen over a shoulder must not serve twice.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="second_factor")
    sealed_secret = models.TextField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0)
    recovery = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"second factor {self.pk}"
