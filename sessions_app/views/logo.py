"""The logo of a school (P9): seen by its members, set and removed by its admins."""

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.documents import logo
from sessions_app.forms.help import LogoForm
from sessions_app.refusals import refusals_as_pages
from sessions_app.selectors.logo import has_logo, logo_seen_by
from sessions_app.services.logo import remove_logo, set_logo
from sessions_app.views import account_of, at, see, where
from sessions_app.views.confirm import Question, ask


@require_safe
@refusals_as_pages
def picture(request: HttpRequest) -> HttpResponse:
    """A PNG that we drew ourselves; the browser asks again each time whether it is still that one."""
    stored = logo_seen_by(account_of(request), request.GET.get("etablissement", ""))
    response = HttpResponse(bytes(stored.content), content_type="image/png")
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = 'inline; filename="logo.png"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def change(request: HttpRequest) -> HttpResponse:
    here = where(request)
    form = LogoForm(request.POST, request.FILES) if request.method == "POST" else LogoForm()
    if form.is_valid():
        sent = form.cleaned_data["picture"]
        try:
            set_logo(establishment=here.establishment, picture=_drawn(sent), now=clock.now())
            messages.success(request, "Le logo est enregistré. Il est imprimé sur les prochains documents.")
            return see(at("establishment:settings", here.establishment))
        except DomainError as refusal:
            form.add_error("picture", refusal.sentence)
    context = {"here": here, "form": form, "has_logo": has_logo(here.establishment)}
    return render(request, "establishment/logo.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def remove(request: HttpRequest) -> HttpResponse:
    here = where(request)
    back = at("establishment:settings", here.establishment)
    if request.method == "POST":
        remove_logo(establishment=here.establishment)
        messages.success(request, "Le logo est retiré.")
        return see(back)
    consequence = (
        "Les prochains documents n’auront plus de logo\u00a0; ceux qui sont imprimés ne changent pas."
    )
    return ask(request, Question("Retirer le logo\u00a0?", consequence, back))


def _drawn(sent: "UploadedFile[bytes]") -> bytes:
    """Its size is known before a byte of it is read."""
    if (sent.size or 0) > logo.MAX_BYTES:
        raise logo.too_heavy()
    return logo.drawn(sent.read())
