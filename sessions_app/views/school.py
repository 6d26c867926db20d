"""« Réglages »: what the school decided, whom to call, and the keys of test platforms (P9)."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.forms.school import ApiKeyForm, ContactForm, SettingsForm
from sessions_app.models import Contact
from sessions_app.refusals import refusals_as_pages
from sessions_app.selectors import school as selectors
from sessions_app.selectors.logo import has_logo
from sessions_app.services import school as services
from sessions_app.views import Here, account_of, at, see, where
from sessions_app.views.confirm import Question, ask


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def settings(request: HttpRequest) -> HttpResponse:
    """The whole page; a POST writes the settings."""
    here = where(request)
    form = SettingsForm(request.POST or None, instance=here.establishment)
    if request.method == "POST" and form.is_valid():
        moved = services.save_settings(establishment=form.instance, now=clock.now())
        kept = f" {moved} séance(s) prévue(s) gardent leur heure locale." if moved else ""
        messages.success(request, f"Les réglages sont enregistrés.{kept}")
        return see(at("establishment:settings", here.establishment))
    if form.errors:
        here.establishment.refresh_from_db()  # a refused name must not stand as the title
    return _page(request, here, form=form, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def add_contact(request: HttpRequest) -> HttpResponse:
    here = where(request)
    return _contact(request, Contact(establishment=here.establishment))


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def change_contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    return _contact(request, selectors.managed_contact(account_of(request), contact_id))


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def remove_contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    contact = selectors.managed_contact(account_of(request), contact_id)
    back = at("establishment:settings", contact.establishment)
    if request.method == "POST":
        contact.delete()
        messages.success(request, f"{contact.name} n’est plus dans «\u00a0Qui appeler\u00a0».")
        return see(back)
    title = f"Retirer {contact.name} de «\u00a0Qui appeler\u00a0»\u00a0?"
    return ask(request, Question(title, "Les surveillants ne verront plus ce contact.", back))


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def create_key(request: HttpRequest) -> HttpResponse:
    """The secret is in this answer and in no other page."""
    here = where(request)
    if request.method != "POST":
        return see(at("establishment:settings", here.establishment))
    form = ApiKeyForm(request.POST)
    if not form.is_valid():
        return _page(request, here, key_form=form, status=422)
    try:
        key, secret = services.create_api_key(
            establishment=here.establishment, name=form.cleaned_data["name"]
        )
    except DomainError as error:
        form.add_error("name", error.sentence)
        return _page(request, here, key_form=form, status=error.status)
    return render(request, "establishment/new_key.html", {"here": here, "key": key, "secret": secret})


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def revoke_key(request: HttpRequest, key_id: int) -> HttpResponse:
    key = selectors.managed_key(account_of(request), key_id)
    back = at("establishment:settings", key.establishment)
    if request.method == "POST":
        services.revoke_api_key(key=key, now=clock.now())
        messages.success(request, f"La clé «\u00a0{key.name}\u00a0» est révoquée.")
        return see(back)
    consequence = "La plateforme qui s’en sert ne pourra plus rien envoyer, même pour un test en cours."
    return ask(request, Question(f"Révoquer la clé «\u00a0{key.name}\u00a0»\u00a0?", consequence, back))


def _contact(request: HttpRequest, contact: Contact) -> HttpResponse:
    form = ContactForm(request.POST or None, instance=contact)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "«\u00a0Qui appeler\u00a0» est à jour.")
        return see(at("establishment:settings", contact.establishment))
    context = {"form": form, "contact": contact}
    return render(request, "establishment/contact.html", context, status=422 if form.errors else 200)


def _page(
    request: HttpRequest,
    here: Here,
    *,
    form: SettingsForm | None = None,
    key_form: ApiKeyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "here": here,
        "form": form or SettingsForm(instance=here.establishment),
        "key_form": key_form or ApiKeyForm(auto_id="cle_%s"),
        "contacts": selectors.contacts(here.establishment),
        "keys": selectors.api_keys(here.establishment),
        "entries": selectors.dated_help(here.establishment, clock.now()),
        "logo": has_logo(here.establishment),
    }
    return render(request, "establishment/settings.html", context, status=status)
