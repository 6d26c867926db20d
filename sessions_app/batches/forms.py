"""The form of a file of several sessions: the file, and what it does not say of the sessions that it makes."""

from django import forms

from sessions_app.enums import Followed, SessionKind
from sessions_app.forms.planning import KINDS


class SessionsFileForm(forms.Form):
    """« Importer des sessions ». What is in the file is judged by the import, not by its name."""

    file = forms.FileField(
        label="Fichier CSV, ODS ou XLSX",
        help_text="5 Mio et 5 000 lignes au plus. Une ligne par candidat, avec les titres du modèle.",
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,.ods,.xlsx,.txt"}),
        error_messages={"required": "Choisissez un fichier.", "invalid": "Choisissez un fichier."},
    )
    kind = forms.ChoiceField(label="Nature", choices=KINDS, initial=SessionKind.CERTIFICATION)
    followed = forms.ChoiceField(label="Suivi des tests", choices=Followed.choices, initial=Followed.PIXSURV)
    duration = forms.IntegerField(label="Durée en minutes", min_value=15, max_value=240, initial=105)
    workstations = forms.IntegerField(
        label="Postes par salle",
        min_value=2,
        max_value=500,
        required=False,
    )
