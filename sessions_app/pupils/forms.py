"""Forms of the pupils' pages. A field reads what an import would read."""

from typing import Any, Self

from django import forms

from sessions_app.candidates.forms import CandidateForm, UploadForm
from sessions_app.enums import SignInMode
from sessions_app.models import Pupil
from sessions_app.models.candidate import COMPETENCES_IN_ALL, COMPETENCES_NEEDED
from sessions_app.pupils.matching import NOBODY, Question

COUNT = f"Un nombre de 0 à {COMPETENCES_IN_ALL}, ou rien."


class PupilForm(CandidateForm):
    """« Ajouter un élève », and his correction."""

    sign_in_mode = forms.ChoiceField(label="Mode de connexion", choices=SignInMode, required=False)
    certifiable_competences = forms.IntegerField(
        label="Compétences certifiables",
        help_text=f"Au niveau 1 ou plus, sur {COMPETENCES_IN_ALL}. Certifiable à partir de {COMPETENCES_NEEDED}."
        " Laissez vide si ce n’est pas vérifié.",
        required=False,
        min_value=0,
        max_value=COMPETENCES_IN_ALL,
        widget=forms.NumberInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"invalid": COUNT, "min_value": COUNT, "max_value": COUNT},
    )

    @classmethod
    def of(cls, pupil: Pupil, *args: Any, **kwargs: Any) -> Self:
        """Filled with what is known of this pupil."""
        initial: dict[str, object] = {
            **cls.initial_of(pupil),
            "sign_in_mode": pupil.sign_in_mode,
            "certifiable_competences": pupil.certifiable_competences,
        }
        return cls(*args, initial=initial, **kwargs)


class PupilUploadForm(UploadForm):
    """« Importer » a school's list, or the profiles of Pix Orga: the titles say which."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "file"
        ].help_text = "5 Mio et 5 000 lignes au plus. Une ligne par élève, des titres de colonnes au-dessus."


class MatchingForm(forms.Form):
    """« Qui est-ce ? »: for each line either one of these pupils or nobody; none is chosen beforehand."""

    def __init__(self, *args: Any, questions: list[Question], taken: dict[int, int], **kwargs: Any) -> None:
        """`taken`: the pupils who were given to lines of other pages, {id: line}."""
        super().__init__(*args, **kwargs)
        self.questions = questions
        self.taken = taken
        for question in questions:
            self.fields[_field(question)] = forms.TypedChoiceField(
                choices=[
                    *((str(pupil.pk), _identity(pupil)) for pupil in question.options),
                    (str(NOBODY), "Aucun de ceux-là"),
                ],
                coerce=int,
                initial=question.answer,
                widget=forms.RadioSelect,
                error_messages={"required": "Choisissez un élève, ou «\u00a0Aucun de ceux-là\u00a0»."},
            )

    def clean(self) -> dict[str, Any]:
        super().clean()
        lines = dict(self.taken)
        for question in self.questions:
            chosen = self.cleaned_data.get(_field(question))
            if chosen and (line := lines.setdefault(chosen, question.profile.line)) != question.profile.line:
                self.add_error(_field(question), f"Cet élève est déjà choisi pour la ligne {line}.")
        return self.cleaned_data

    def rows(self) -> list[tuple[Question, forms.BoundField]]:
        return [(question, self[_field(question)]) for question in self.questions]

    def answers(self) -> dict[int, int]:
        return {question.profile.line: self.cleaned_data[_field(question)] for question in self.questions}


def _field(question: Question) -> str:
    return f"ligne-{question.profile.line}"


def _identity(pupil: Pupil) -> str:
    where = f", {pupil.class_name}" if pupil.class_name else ""
    return f"{pupil.last_name.upper()} {pupil.first_name}, {pupil.birth_date:%d/%m/%Y}{where}"
