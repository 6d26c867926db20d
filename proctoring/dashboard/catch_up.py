"""« Séance de rattrapage »: the absentees and the refused of a session, in a new one (P10)."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.dashboard import selectors
from proctoring.dashboard.views import on_session
from sessions_app.enums import SessionState
from sessions_app.forms.planning import SessionForm
from sessions_app.models import Candidate, Session
from sessions_app.services import planning
from sessions_app.views import actor_of
from sessions_app.views.planning import copied, made, page


class CandidatesForm(forms.Form):
    """Who comes again. Those who did not start are ticked."""

    candidates = forms.TypedMultipleChoiceField(
        label="Candidats",
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def offer(self, rows: list[selectors.Absentee]) -> None:
        field = self.fields["candidates"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(row.id, row.words) for row in rows]
        field.initial = [row.id for row in rows]


@require_http_methods(["GET", "HEAD", "POST"])
@on_session
def catch_up(request: HttpRequest, session: Session) -> HttpResponse:
    """Offered once a session was launched; who started a test is not in the list."""
    if session.launched_at is None or session.state == SessionState.ELIMINATED:
        raise DomainError(
            "never_launched", "Cette séance n’a pas eu lieu\u00a0: changez sa date, ou annulez-la."
        )
    rows = selectors.absentees(session)
    form = SessionForm(request.POST or None, zone=session.zone, initial=copied(session))
    chosen = CandidatesForm(request.POST or None)
    chosen.offer(rows)
    if request.method == "POST" and form.is_valid() and chosen.is_valid():
        candidates = Candidate.objects.filter(session=session, pk__in=chosen.cleaned_data["candidates"])
        later, new = planning.plan_session(
            establishment=session.establishment,
            plan=form.plan(),
            once=form.once_value(),
            actor=actor_of(request),
            now=clock.now(),
            follows=session,
            candidates=list(candidates.order_by("sort_key", "pk")),
        )
        return made(request, later, form, new)
    back = reverse("dashboard:session", args=[session.number])
    return page(request, form, title="Créer une séance de rattrapage", back=back, choices=chosen)
