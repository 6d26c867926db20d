"""« Que faire si… » in « Réglages » (P9)."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from pixsurv.kernel import clock
from sessions_app.forms.help import HelpTextForm
from sessions_app.help import PROPOSED, Topic
from sessions_app.refusals import refusals_as_pages
from sessions_app.selectors.help import help_text
from sessions_app.services.help import save_help_text
from sessions_app.views import at, see, where


@require_http_methods(["GET", "HEAD", "POST"])
@refusals_as_pages
def change_help(request: HttpRequest, topic: str) -> HttpResponse:
    """The school's own words under one question; empty, ours stand there."""
    here = where(request)
    if topic not in Topic.values:
        raise Http404("topic")
    today = clock.now().astimezone(here.establishment.zone).date()
    row = help_text(here.establishment, Topic(topic))
    form = HelpTextForm(request.POST or None, instance=row, today=today)
    if request.method == "POST" and form.is_valid():
        save_help_text(form.instance)
        messages.success(request, "«\u00a0Que faire si…\u00a0» est à jour.")
        return see(at("establishment:settings", here.establishment))
    context = {"here": here, "form": form, "topic": Topic(topic), "proposed": PROPOSED[Topic(topic)]}
    return render(request, "establishment/help_text.html", context, status=422 if form.errors else 200)
