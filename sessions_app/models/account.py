"""People with an account, and what they may do in which school (P1)."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from sessions_app.enums import Role
from sessions_app.models.establishment import Establishment


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(email__iexact=username)

    def create_account(self, *, email: str, name: str, password: str | None) -> "Account":
        """A new account; a None password can't be used to sign in until one is set."""
        account = self.model(email=self.normalize_email(email).lower(), name=name)
        account.set_password(password)
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """An e-mail address and a password; rights come from memberships only."""

    email = models.EmailField("adresse e-mail", unique=True)
    name = models.CharField("nom", max_length=200)
    is_active = models.BooleanField("actif", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # The last mail with a link to a new password: nobody's mailbox is filled by somebody else.
    reset_mailed_at = models.DateTimeField(null=True, blank=True)

    # Set by the selectors that have just read it, for the navigation of the page; no right comes from here.
    is_known_admin = False

    objects: ClassVar[AccountManager] = AccountManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="account_email_lower_case",
                condition=Q(email=Lower("email")),
                violation_error_message="L’adresse e-mail s’écrit en minuscules.",
            ),
        ]

    def clean(self) -> None:
        super().clean()
        self.email = self.email.lower()

    def __str__(self) -> str:
        return self.email

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """No permission tables: memberships decide."""
        return False


class Membership(models.Model):
    """The role of an account in one establishment."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    establishment = models.ForeignKey(Establishment, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField("rôle", max_length=20, choices=Role)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="membership_once_per_role",
                fields=["account", "establishment", "role"],
                violation_error_message="Ce compte a déjà ce rôle dans l’établissement.",
            ),
            models.CheckConstraint(
                name="membership_role_known",
                condition=Q(role__in=Role.values),
                violation_error_message="Ce rôle n’existe pas.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} · {self.get_role_display()}"
