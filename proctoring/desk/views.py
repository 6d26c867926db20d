"""The candidate's desk (D2–D6). Each act leads back to the one page that follows the state of the test."""

from django.http import HttpRequest, HttpResponse

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.desk import answers, cookies, screens
from proctoring.desk.answers import go_on, see_other, show
from proctoring.desk.forms import PostedAnswer, check_response
from proctoring.selectors.desk import DeskPage, Stage, Version
from proctoring.services import desk


@answers.public
def forget(request: HttpRequest) -> HttpResponse:
    """« Ce n’est pas moi »: this browser forgets the entry, nothing else moves."""
    response = see_other("desk:join")
    if request.method == "POST":
        cookies.clear_entry(response)
    return response


@answers.with_page
def test(request: HttpRequest, page: DeskPage) -> HttpResponse:
    """The one page; posted to, it takes the access code."""
    if request.method == "POST":
        return _enter(request, page)
    # A reload asks again; a page that reloads by itself does not, or « Ignorer la demande » would be in vain.
    if page.stage == Stage.REFUSED and not page.asked_to_resume and "attente" not in request.GET:
        desk.ask_to_resume(page)
        return answers.read_again(request)
    return show(request, page)


def _enter(request: HttpRequest, page: DeskPage) -> HttpResponse:
    code = request.POST.get("access_code", "")[:20]
    if page.asks_code and not code.strip():
        return show(request, page, typed=[code], error="Écrivez le code d’accès.", status=422)
    try:
        desk.start(page, access_code=code)
    except DomainError as error:
        if error.code in {"wrong_access_code", "too_many_requests"}:
            status = 422 if error.code == "wrong_access_code" else error.status
            return show(request, page, typed=[code], error=error.sentence, status=status)
        return answers.refused(request, error)
    return go_on(request)


@answers.with_page
def state(request: HttpRequest, page: DeskPage) -> HttpResponse:
    """What a page that waits asks; nothing is written."""
    if not answers.is_fragment(request):
        return see_other("desk:test")
    return answers.whats_new(request, page, Version.parse(request.GET.get("v", "")))


@answers.public
def beat(request: HttpRequest) -> HttpResponse:
    """The heartbeat (D6): one statement and 204 while nothing changes."""
    if request.method != "POST":
        return see_other("desk:test")
    token, now = cookies.entry_token(request), clock.now()
    visible = request.POST.get("visible") != "0"
    seen = Version.parse(request.POST.get("v", ""))
    if seen is not None and desk.still_the_same(token=token, seen=seen, visible=visible, now=now):
        return HttpResponse(status=204)
    page = desk.current(token=token, now=now)
    if page is not None:
        desk.heard(page, visible=visible)
        page = desk.current(token=token, now=now)
    return answers.no_entry(request) if page is None else answers.whats_new(request, page, seen)


@answers.act
def ask(request: HttpRequest, page: DeskPage) -> HttpResponse:
    """« Demander à reprendre ici », from a workstation that the test has left."""
    desk.ask_to_resume(page)
    return go_on(request)


@answers.act
def start_question(request: HttpRequest, page: DeskPage) -> HttpResponse:
    """« Commencer la question »: the clock of a timed question runs."""
    if page.stage == Stage.READY and not page.frozen:
        desk.start_clock(page, position=PostedAnswer.read(request.POST).position)
    return go_on(request)


@answers.act
def answer(request: HttpRequest, page: DeskPage) -> HttpResponse:
    """« Valider ma réponse », « Passer la question ». A question that has its answer changes nothing."""
    posted = PostedAnswer.read(request.POST)
    if not page.in_test or (page.frozen and posted.position == page.position):
        return show(request, page, typed=posted.response, status=409)
    if page.question is None or page.stage != Stage.QUESTION or posted.position != page.position:
        return go_on(request)
    response, refusal = ([], "") if posted.skipped else check_response(page.question, posted.response)
    if refusal and not posted.timed_out:
        return show(request, page, typed=posted.response, error=refusal, status=422)
    try:
        desk.record_answer(page, response=response, skipped=posted.skipped, timed_out=bool(refusal))
    except DomainError as error:
        return answers.refused(request, error, typed=posted.response)
    return go_on(request)


@answers.act
def report(request: HttpRequest, page: DeskPage) -> HttpResponse:
    """« Signaler un problème sur cette question » (R15): asked first, then sent; what was typed stays."""
    posted = PostedAnswer.read(request.POST)
    stale = posted.position != page.position
    if page.stage != Stage.QUESTION or page.frozen or page.alert_waits or stale:
        return go_on(request, typed=() if stale else posted.response)
    if request.POST.get("send") != "1":
        return show(request, page, screen=screens.REPORT, typed=posted.response)
    try:
        desk.raise_alert(page, kinds=request.POST.getlist("kinds"), key=request.POST.get("once", "")[:64])
    except DomainError as error:
        return answers.refused(request, error, typed=posted.response)
    return go_on(request, typed=posted.response)


@answers.act
def finish(request: HttpRequest, page: DeskPage) -> HttpResponse:
    """« J’ai terminé »: asked once more while questions remain."""
    posted = PostedAnswer.read(request.POST)
    if not page.in_test or page.frozen:
        return show(request, page, typed=posted.response, status=409)
    if request.POST.get("confirm") != "1":
        screen = None if page.stage == Stage.LAST else screens.FINISH
        return show(request, page, screen=screen, typed=posted.response)
    try:
        desk.complete(page)
    except DomainError as error:
        return answers.refused(request, error, typed=posted.response)
    return go_on(request)


@answers.act
def back(request: HttpRequest, page: DeskPage) -> HttpResponse:
    """« Retour à la question », with what was typed before."""
    posted = PostedAnswer.read(request.POST)
    return go_on(request, typed=posted.response if posted.position == page.position else ())


@answers.act
def hide_clock(request: HttpRequest, page: DeskPage) -> HttpResponse:
    """« Masquer » the remaining time; remembered in this browser (D3)."""
    hidden = request.POST.get("hidden") == "1"
    if answers.is_fragment(request):
        response = answers.clock_of(request, page, hidden=hidden)
    else:
        posted = PostedAnswer.read(request.POST)
        request.COOKIES[cookies.CLOCK] = cookies.HIDDEN if hidden else ""
        response = go_on(request, typed=posted.response if posted.position == page.position else ())
    cookies.remember_clock(response, hidden=hidden)
    return response
