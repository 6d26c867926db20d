"""Forms of « Réglages » (P9)."""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from sessions_app.forms.lines import LineField
from sessions_app.models import ApiKey, Contact, Establishment

if TYPE_CHECKING:
    SettingsBase = forms.ModelForm[Establishment]
    ContactBase = forms.ModelForm[Contact]
    KeyBase = forms.ModelForm[ApiKey]
else:  # not generic when it runs
    SettingsBase = ContactBase = KeyBase = forms.ModelForm

# Where French schools are; another zone that a school already has stays in its list.
ZONES = (
    ("Europe/Paris", "France métropolitaine"),
    ("America/Guadeloupe", "Guadeloupe, Saint-Barthélemy, Saint-Martin"),
    ("America/Martinique", "Martinique"),
    ("America/Cayenne", "Guyane"),
    ("Indian/Reunion", "La Réunion"),
    ("Indian/Mayotte", "Mayotte"),
    ("America/Miquelon", "Saint-Pierre-et-Miquelon"),
    ("Pacific/Noumea", "Nouvelle-Calédonie"),
    ("Pacific/Tahiti", "Polynésie française (Tahiti)"),
    ("Pacific/Wallis", "Wallis-et-Futuna"),
)


class SettingsForm(SettingsBase):
    """Everything but contacts and keys."""

    name = LineField(label="Nom de l’établissement", max_length=200)
    time_zone = forms.ChoiceField(
        label="Fuseau horaire",
        help_text="Toutes les heures affichées sont à cette heure locale. Les séances prévues gardent la leur.",
    )

    controller = LineField(
        label="Responsable du traitement des données",
        help_text="Par exemple «\u00a0la principale du collège\u00a0». Sinon, «\u00a0le chef d’établissement\u00a0».",
        max_length=200,
        required=False,
    )
    data_officer = LineField(
        label="Délégué à la protection des données",
        help_text="Nom ou service, et adresse e-mail. Imprimé sur la notice que lisent les élèves et leurs parents.",
        max_length=200,
        required=False,
    )

    class Meta:
        model = Establishment
        fields = [
            "name",
            "time_zone",
            "account_required",
            "late_policy",
            "ends_by_itself",
            "discreet_extra_time",
            "retention_years",
            "controller",
            "data_officer",
        ]
        labels = {
            "account_required": "Compte obligatoire pour surveiller",
            "late_policy": "Élève en retard après le lancement",
            "ends_by_itself": "Terminer automatiquement les tests à l’heure de fin",
            "discreet_extra_time": "Affichage discret du temps majoré",
            "retention_years": "Durée de conservation des archives, en années",
        }
        help_texts = {
            "account_required": "Sans compte obligatoire, le numéro et le mot de passe de la session suffisent.",
            "ends_by_itself": "Sans cela, la ligne dit «\u00a0Temps écoulé\u00a0» et le surveillant décide.",
            "discreet_extra_time": "Les mots «\u00a0temps majoré\u00a0» restent alors hors de la liste de la salle.",
            "retention_years": "Rien n’est détruit tout seul à ce terme.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(zone, f"{label} — {zone}") for zone, label in ZONES]
        present = self.instance.time_zone
        if present not in dict(ZONES):
            choices.insert(0, (present, present))
        field = self.fields["time_zone"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class ContactForm(ContactBase):
    """One line of « Qui appeler »."""

    purpose = LineField(
        label="Pour quoi",
        help_text="Par exemple\u00a0: mot de passe de l’ordinateur, réseau, ENT, Pix, direction."
        " «\u00a0Que faire si…\u00a0» propose la personne dont la ligne dit le problème.",
        max_length=200,
    )
    name = LineField(label="Qui", max_length=100)
    phone = LineField(
        label="Téléphone",
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    place = LineField(label="Où", max_length=100, required=False)
    hours = LineField(label="Quand", max_length=100, required=False)
    position = forms.IntegerField(
        label="Ordre dans la liste",
        min_value=0,
        max_value=999,
        initial=0,
        help_text="Le plus petit en premier.",
    )

    class Meta:
        model = Contact
        fields = ["purpose", "name", "phone", "place", "hours", "position"]

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"]
        if phone and not re.fullmatch(r"\+?[0-9 ().\-\u00a0\u202f/]*[0-9]", phone):
            raise ValidationError(
                "Un numéro de téléphone s’écrit avec des chiffres, par exemple 01 23 45 67 89."
            )
        return phone


class ApiKeyForm(KeyBase):
    """« Créer une clé »."""

    name = LineField(label="Nom de la plateforme", max_length=100)

    class Meta:
        model = ApiKey
        fields = ["name"]
