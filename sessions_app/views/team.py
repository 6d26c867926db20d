"""« Équipe »: who belongs to the school, and who is invited (P1). Taking a role back is `proctoring.dashboard`'s."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.forms.people import InviteForm
from sessions_app.models import Invitation
from sessions_app.refusals import refusals_as_pages
from sessions_app.selectors import people
from sessions_app.services import invitations
from sessions_app.views import Here, account_of, at, see, where
from sessions_app.views.confirm import Question, ask


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def team(request: HttpRequest) -> HttpResponse:
    """The members, the invitations that wait, and one more."""
    here = where(request)
    form = InviteForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, here, form, 422 if form.is_bound else 200)
    try:
        invitation = invitations.invite(
            establishment=here.establishment,
            email=form.cleaned_data["email"],
            role=form.cleaned_data["role"],
            actor=account_of(request),
            now=clock.now(),
        )
    except DomainError as error:
        form.add_error("email", error.sentence)
        return _page(request, here, form, error.status)
    _mail(request, invitation)
    return see(at("establishment:team", here.establishment))


@require_POST
@refusals_as_pages
def resend(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """« Renvoyer »: a new link, and a new mail."""
    invitation = people.managed_invitation(account_of(request), invitation_id)
    _mail(request, invitations.renew(invitation_id=invitation.pk, now=clock.now()))
    return see(at("establishment:team", invitation.establishment))


@require_http_methods(["GET", "POST"])
@refusals_as_pages
def revoke_invitation(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """« Annuler l’invitation »: asked, then done."""
    invitation = people.managed_invitation(account_of(request), invitation_id)
    back = at("establishment:team", invitation.establishment)
    if request.method == "POST":
        invitations.revoke(invitation_id=invitation.pk, now=clock.now())
        messages.success(request, f"L’invitation de {invitation.email} est annulée.")
        return see(back)
    question = Question(
        f"Annuler l’invitation de {invitation.email}\u00a0?", "Son lien n’ouvrira plus rien.", back
    )
    return ask(request, question)


def _page(request: HttpRequest, here: Here, form: InviteForm, status: int) -> HttpResponse:
    waiting = people.open_invitations(here.establishment, clock.now())
    context = {
        "here": here,
        "members": people.members(here.establishment),
        "invitations": [
            {"one": found.invitation, "expired": found.expired, "link": invitations.address(found.invitation)}
            for found in waiting
        ],
        "form": form,
    }
    return render(request, "establishment/team.html", context, status=status)


def _mail(request: HttpRequest, invitation: Invitation) -> None:
    """The link stands on the page in any case: many schools filter mail."""
    if invitations.mail(invitation):
        messages.success(
            request,
            f"Un message est parti à {invitation.email}. S’il n’arrive pas, donnez le lien vous-même.",
        )
    else:
        messages.warning(
            request, f"Le message à {invitation.email} n’a pas pu partir\u00a0: donnez le lien vous-même."
        )
