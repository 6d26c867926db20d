"""Forms of the list: one candidate, a file, the columns of a file. A field reads what an import would read."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from sessions_app.imports import values
from sessions_app.imports.headers import CANDIDATE_FIELDS, REQUIRED, Columns, Field
from sessions_app.imports.values import Wrong
from sessions_app.models import Candidate, Pupil

PLAIN = {"autocomplete": "off", "spellcheck": "false"}


def read(reader: Callable[[], Any]) -> Any:
    """The same rules and sentences as for a cell of a file."""
    try:
        return reader()
    except Wrong as wrong:
        raise ValidationError(f"{wrong.fact} À faire\u00a0: {wrong.todo}") from wrong


class CandidateForm(forms.Form):
    """« Inscrire un candidat », and his correction."""

    last_name = forms.CharField(
        label="Nom de naissance",
        max_length=100,
        widget=forms.TextInput(attrs=PLAIN),
        error_messages={"required": "Le nom est obligatoire."},
    )
    first_name = forms.CharField(
        label="Prénom",
        max_length=100,
        widget=forms.TextInput(attrs=PLAIN),
        error_messages={"required": "Le prénom est obligatoire."},
    )
    birth_date = forms.CharField(
        label="Date de naissance",
        help_text="JJ/MM/AAAA",
        max_length=30,
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "numeric"}),
        error_messages={"required": "La date de naissance est obligatoire."},
    )
    class_name = forms.CharField(
        label="Classe", max_length=50, required=False, widget=forms.TextInput(attrs=PLAIN)
    )
    local_id = forms.CharField(
        label="Identifiant local", max_length=100, required=False, widget=forms.TextInput(attrs=PLAIN)
    )
    extra_time_percent = forms.CharField(
        label="Temps majoré",
        help_text="En pour cent\u00a0: 33 pour un tiers de temps en plus. Jamais la raison.",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={**PLAIN, "inputmode": "decimal"}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    @property
    def full_name(self) -> str:
        """« Paul DUPONT », of a valid form."""
        return f"{self.cleaned_data['first_name']} {self.cleaned_data['last_name'].upper()}"

    @classmethod
    def initial_of(cls, candidate: Candidate | Pupil) -> dict[str, str]:
        percent = candidate.extra_time_percent
        return {
            "last_name": candidate.last_name,
            "first_name": candidate.first_name,
            "birth_date": f"{candidate.birth_date:%d/%m/%Y}",
            "class_name": candidate.class_name,
            "local_id": candidate.local_id,
            "extra_time_percent": f"{percent}\u00a0%" if percent else "",
        }

    def clean_last_name(self) -> Any:
        return read(lambda: values.name_of(self.cleaned_data["last_name"], "Le nom", ""))

    def clean_first_name(self) -> Any:
        return read(lambda: values.name_of(self.cleaned_data["first_name"], "Le prénom", ""))

    def clean_birth_date(self) -> Any:
        return read(lambda: values.date_of(self.cleaned_data["birth_date"], self.today))

    def clean_class_name(self) -> Any:
        return read(lambda: values.text_of(self.cleaned_data["class_name"]))

    def clean_local_id(self) -> Any:
        return read(lambda: values.text_of(self.cleaned_data["local_id"]))

    def clean_extra_time_percent(self) -> Any:
        return read(lambda: values.percent_of(self.cleaned_data["extra_time_percent"]))


class UploadForm(forms.Form):
    """« Déposer un fichier ». What is in it is judged by the import, not by its name."""

    file = forms.FileField(
        label="Fichier ODS, XLSX ou CSV",
        help_text="5 Mio et 5 000 lignes au plus. Une ligne par candidat, des titres de colonnes au-dessus.",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".ods,.xlsx,.csv,.txt"}),
        error_messages={"required": "Choisissez un fichier.", "invalid": "Choisissez un fichier."},
    )
    ask_columns = forms.BooleanField(label="Choisir moi-même quelle colonne est quoi", required=False)


class ColumnsForm(forms.Form):
    """« Quelle colonne est quoi ? »: one list a field, and where the titles stand."""

    header_line = forms.IntegerField(
        label="Ligne des titres",
        help_text="La liste commence à la ligne suivante. 0 s’il n’y a pas de titres.",
        min_value=0,
        max_value=20_000,
        widget=forms.NumberInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )

    def __init__(
        self,
        *args: Any,
        choices: list[tuple[str, str]],
        list_fields: Sequence[Field] = CANDIDATE_FIELDS,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.list_fields = list_fields
        for field in list_fields:
            required = field in REQUIRED
            nothing = "Choisissez une colonne" if required else "Pas dans ce fichier"
            self.fields[field.value] = forms.ChoiceField(
                label=field.label,
                required=required,
                choices=[("", nothing), *choices],
                error_messages={"required": "Choisissez la colonne."},
            )

    def clean(self) -> dict[str, Any]:
        super().clean()
        seen: dict[str, Field] = {}
        for field in self.list_fields:
            at = self.cleaned_data.get(field.value)
            if at and (other := seen.setdefault(at, field)) != field:
                self.add_error(field.value, f"Cette colonne est déjà prise pour «\u00a0{other.label}\u00a0».")
        return self.cleaned_data

    def columns(self) -> Columns:
        return {field: int(at) for field in self.list_fields if (at := self.cleaned_data.get(field.value))}
