"""« Double authentification »: set up, asked for at sign-in, taken away."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from sessions_app.documents.qr import qr_inline
from sessions_app.forms.people import CodeForm, PasswordAgainForm, SetUpForm
from sessions_app.models import Account
from sessions_app.refusals import refusals_as_pages
from sessions_app.services import second_factor
from sessions_app.services.sign_ins import MUST_SET_UP, half_way, hold_for_second_factor
from sessions_app.views import account_of, enter, see


@login_not_required
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Between the password and the account; who waited too long begins again."""
    found = half_way(request, now=clock.now())
    if found is None:
        return see(reverse("establishment:login"))
    account, target = found
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second_factor.check(account=account, code=form.cleaned_data["code"], now=clock.now())
        except DomainError as error:
            form.add_error("code", error.sentence)
            return render(
                request, "establishment/second_factor_ask.html", {"form": form}, status=error.status
            )
        return enter(request, account, target)
    status = 422 if form.errors else 200
    return render(request, "establishment/second_factor_ask.html", {"form": form}, status=status)


@sensitive_post_parameters("code", "password")
@sensitive_variables("secret", "codes")
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def set_up(request: HttpRequest) -> HttpResponse:
    """The QR code, then a first code; the recovery codes are in this answer and in no other page."""
    account = account_of(request)
    secret = second_factor.begin(account)
    form = SetUpForm(request.POST or None, asks_password=account.has_usable_password())
    if request.method == "POST" and form.is_valid():
        password, now = form.cleaned_data.get("password", ""), clock.now()
        try:
            second_factor.require_password(account=account, password=password, now=now)
            codes = second_factor.confirm(account=account, code=form.cleaned_data["code"], now=now)
        except DomainError as error:
            form.add_error("password" if error.code == "wrong_password" else "code", error.sentence)
        else:
            request.session.pop(MUST_SET_UP, None)
            return render(request, "establishment/second_factor_codes.html", {"codes": codes})
    return _page(request, account, secret, form)


@sensitive_post_parameters("code", "password")
@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def remove(request: HttpRequest) -> HttpResponse:
    """« Retirer »: the password is asked again, or a code of who has none."""
    account = account_of(request)
    asked = "password" if account.has_usable_password() else "code"
    form = (PasswordAgainForm if asked == "password" else CodeForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            second_factor.take_away(account=account, proof=form.cleaned_data[asked], now=clock.now())
        except DomainError as error:
            form.add_error(asked, error.sentence)
        else:
            hold_for_second_factor(request, account)
            messages.success(request, "La double authentification est retirée de ce compte.")
            return see(reverse("establishment:account"))
    status = 422 if form.errors else 200
    context = {"form": form, "field": form[asked], "asks_code": asked == "code"}
    return render(request, "establishment/second_factor_remove.html", context, status=status)


def _page(request: HttpRequest, account: Account, secret: str, form: SetUpForm) -> HttpResponse:
    context = {
        "form": form,
        "qr": qr_inline(second_factor.address_for(account, secret)),
        "secret": [secret[at : at + 4] for at in range(0, len(secret), 4)],
        "required": settings.SECOND_FACTOR == "required",
    }
    status = 422 if form.errors else 200
    return render(request, "establishment/second_factor_set_up.html", context, status=status)
