"""Taking a role back: it also ends the accesses that it gave (P1, R2)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from proctoring.services.password import end_accesses_of
from sessions_app.enums import Role
from sessions_app.models import Membership
from sessions_app.refusals import refusals_as_pages
from sessions_app.selectors.people import managed_membership
from sessions_app.services.team import remove_membership
from sessions_app.views import account_of, actor_of, at, see
from sessions_app.views.confirm import Question, ask


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def remove_member(request: HttpRequest, membership_id: int) -> HttpResponse:
    """« Retirer le rôle »: asked, then done; never the last admin."""
    account = account_of(request)
    membership = managed_membership(account, membership_id)
    name, role = membership.account.name, membership.get_role_display()
    if request.method == "POST":
        remove_membership(membership_id=membership.pk)
        _end_accesses(request, membership)
        messages.success(request, f"{name} n’a plus le rôle «\u00a0{role}\u00a0».")
        if membership.account_id == account.pk and membership.role == Role.ADMIN:
            return see(reverse("establishment:account"))
        return see(at("establishment:team", membership.establishment))
    consequence = "Son compte reste. Les salles qu’il surveille avec ce rôle se ferment sur ses appareils."
    title = f"Retirer à {name} le rôle «\u00a0{role}\u00a0»\u00a0?"
    return ask(request, Question(title, consequence, at("establishment:team", membership.establishment)))


def _end_accesses(request: HttpRequest, membership: Membership) -> None:
    school, account = membership.establishment, membership.account
    remains = Membership.objects.filter(establishment=school, account=account).exists()
    if remains and membership.role != Role.ADMIN:
        return
    end_accesses_of(
        account=account, school=school, as_admin_only=remains, actor=actor_of(request), now=clock.now()
    )
