"""Forms of the establishment area."""

from django import forms
from django.contrib.auth import authenticate
from django.http import HttpRequest

from sessions_app.models import Account

WRONG = "L’adresse e-mail ou le mot de passe n’est pas le bon."


class SignInForm(forms.Form):
    """« Connectez-vous »: one sentence for a wrong address and a wrong password."""

    email = forms.EmailField(
        label="Adresse e-mail",
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label="Mot de passe",
        max_length=1000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def authenticate(self, request: HttpRequest) -> Account | None:
        """The active account that address and password open; else None, and the form says so.

        An unknown address costs the same hash as a wrong password (Django's backend sees to it).
        """
        if not self.is_valid():
            return None
        found = authenticate(
            request, username=self.cleaned_data["email"], password=self.cleaned_data["password"]
        )
        if not isinstance(found, Account):
            self.add_error(None, WRONG)
            return None
        return found
