"""« Devenu certifiable » by an admin (P2): after the parcours SOS, without going into the room."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.dashboard import selectors
from proctoring.dashboard.views import on_session
from proctoring.services.presence import become_certifiable
from proctoring.services.room import refuse
from sessions_app.models import Session
from sessions_app.views import actor_of, see
from sessions_app.views.confirm import Question, ask


@require_http_methods(["GET", "POST"])
@on_session
def certifiable(request: HttpRequest, session: Session, candidate_id: int) -> HttpResponse:
    """Asked with the identity repeated, then done, at this hour; again changes nothing."""
    now = clock.now()
    row = selectors.candidate_row(session, candidate_id, now)
    if row is None:
        raise Http404("candidate")
    back = reverse("dashboard:session", args=[session.number])
    name = row.row.full_name
    if request.method == "POST":
        become_certifiable(session_id=session.pk, candidate_id=candidate_id, actor=actor_of(request), now=now)
        messages.success(request, f"{name} est certifiable\u00a0: il peut être coché présent.")
        return see(back)
    if not row.may_become_certifiable:
        raise (
            refuse("session_closed")
            if session.is_over
            else DomainError(
                "not_refused", "Cet élève peut déjà passer le test\u00a0: il n’y a rien à changer."
            )
        )
    where = f", {row.row.class_name}" if row.row.class_name else ""
    consequence = (
        f"Naissance\u00a0: {row.row.birth}{where}. {row.certifiable}. Confirmez si vous avez vu son profil"
        " certifiable à l’écran. L’heure est écrite dans le journal de la session et dans le PV."
    )
    return ask(request, Question(f"{name} est devenu certifiable\u00a0?", consequence, back, danger=False))
