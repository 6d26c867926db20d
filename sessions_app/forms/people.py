"""Forms about accounts: inviting, joining, passwords."""

from typing import Any

from django import forms

from sessions_app.enums import Role
from sessions_app.forms.lines import LineField

LONG = "Au moins 12 caractères. Une suite de mots sans rapport se retient mieux."


def _new_password(label: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class InviteForm(forms.Form):
    """« Inviter »."""

    email = forms.EmailField(
        label="Adresse e-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label="Rôle", choices=Role.choices, initial=Role.PROCTOR)


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    password = _new_password("Nouveau mot de passe", LONG)
    again = _new_password("Le même mot de passe, encore une fois")

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError("Les deux mots de passe sont différents.")
        return again


class JoinForm(NewPasswordForm):
    """Accepting an invitation without an account."""

    name = LineField(
        label="Vos prénom et nom",
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "password", "again"]


class ChangePasswordForm(NewPasswordForm):
    """« Changer mon mot de passe »."""

    old = forms.CharField(
        label="Mot de passe actuel",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["old", "password", "again"]


class CodeForm(forms.Form):
    """The six digits of the application; at sign-in, a recovery code as well."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        error_messages={"required": "Écrivez le code."},
        widget=forms.TextInput(
            attrs={
                "class": "saisie saisie--code",
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )


class PasswordAgainForm(forms.Form):
    """Before what protects an account changes."""

    password = forms.CharField(
        label="Mot de passe actuel",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class SetUpForm(PasswordAgainForm, CodeForm):
    """The first code; and the password, of who has one."""

    field_order = ["code", "password"]

    def __init__(self, *args: Any, asks_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_password:
            del self.fields["password"]


class ForgottenForm(forms.Form):
    """« Mot de passe oublié »."""

    email = forms.EmailField(
        label="Adresse e-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
