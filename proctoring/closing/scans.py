"""« Feuilles signées »: photographs of what was signed on paper, the same in the room and in the archive (I3)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.csrf import csrf_protect

from pixsurv.kernel.errors import DomainError
from pixsurv.kernel.uploads import MAX_PHOTOGRAPHS, PhotographsUploadHandler
from proctoring.closing.place import Place
from proctoring.enums import SENTENCES, SignedPaper
from proctoring.models import PaperPage
from proctoring.selectors.scans import scans_of
from proctoring.services import scans as papers
from proctoring.services.room import refuse
from sessions_app.documents import scans as drawing
from sessions_app.downloads import pdf_attachment

FILES = ("photo", "files")  # one photograph from the camera, several files of a folder
LONGEST_NAME = 80


def photographs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view that takes files larger than a list. Who reads the request must know it before the CSRF token is read."""
    protected = csrf_protect(view)

    @wraps(view)
    def prepared(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.upload_handlers = [PhotographsUploadHandler(request)]
        answer: HttpResponse = protected(request, *args, **kwargs)
        return answer

    prepared.csrf_exempt = True  # type: ignore[attr-defined]
    return prepared


def scans(place: Place) -> HttpResponse:
    """The pages that wait, what was bound; a POST adds pages. What was good is kept, what was not is named."""
    if place.request.method != "POST":
        return _page(place)
    if not papers.keeps_paper(place.session):
        raise refuse("keeps_no_paper")
    refusals = _added(place)
    return _page(place, refusals, status=422) if refusals else _see(place)


def page(place: Place, page_id: int) -> HttpResponse:
    """A page that waits: its picture; a POST moves it to a rank, or takes it away (`rang` = 0)."""
    if place.request.method != "POST":
        return _picture(place, page_id)
    typed = place.request.POST.get("rang", "")
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 3):
        raise DomainError("invalid", "Dites à quel rang mettre cette page.", status=422)
    where: dict[str, Any] = {"session_id": place.session.pk, "page_id": page_id}
    if int(typed):
        papers.move_page(**where, rank=int(typed), actor=place.actor, now=place.now)
    else:
        papers.remove_page(**where, actor=place.actor, now=place.now)
    return _see(place)


def bind(place: Place) -> HttpResponse:
    """« Réunir en un PDF »."""
    post = place.request.POST
    shown = _page_ids(post.get("pages", ""))
    paper = post.get("feuille", "")
    try:
        scan = papers.bind_pages(
            session=place.session, paper=paper, shown=shown, actor=place.actor, now=place.now
        )
    except DomainError as error:
        if error.status >= 500:
            raise
        return _page(place, [error.sentence], status=error.status)
    return _see(place, f"?fait={scan.file_id}")


def scan(place: Place, file_id: int) -> HttpResponse:
    """The PDF, saved under its name and kept in no cache; refused when it is not what the journal chained."""
    found, content = papers.scan_content(place.session, file_id)
    return pdf_attachment(content, found.name)


def remove(place: Place, file_id: int) -> HttpResponse:
    """« Retirer »: asked on a page of its own; the trace stays."""
    if not papers.may_remove_scans(place.session, place.actor):
        raise refuse("not_allowed", status=403)
    if place.request.method == "POST":
        papers.remove_scan(session_id=place.session.pk, file_id=file_id, actor=place.actor, now=place.now)
        return _see(place)
    found = next((one for one in scans_of(place.session) if one.file_id == file_id), None)
    if found is None:
        raise refuse("scan_gone", status=404)
    context = {"place": place, "session": place.session, "scan": found}
    return _not_kept(render(place.request, "report/scan_remove.html", context))


def _page(place: Place, refusals: list[str] | None = None, *, status: int = 200) -> HttpResponse:
    waiting = list(PaperPage.objects.waiting(place.session.pk, papers.holder_of(place.actor), place.now))
    done = place.request.GET.get("fait", "")
    scans = scans_of(place.session)
    asked = place.request.POST.get("feuille") or place.request.GET.get("feuille", "")
    context = {
        "place": place,
        "session": place.session,
        "keeps_paper": papers.keeps_paper(place.session),
        "may_remove": papers.may_remove_scans(place.session, place.actor),
        "pages": [(one, rank) for rank, one in enumerate(waiting, start=1)],
        "page_ids": ",".join(str(one.pk) for one in waiting),
        "papers": [(one.value, one.label, one.value == asked) for one in SignedPaper],
        "scans": scans,
        "done": next((one for one in scans if str(one.file_id) == done), None),
        "refusals": refusals or [],
    }
    return _not_kept(render(place.request, "report/scans.html", context, status=status))


def _added(place: Place) -> list[str]:
    """Each file judged by itself: one that is refused costs none of the others."""
    if int(place.request.META.get("CONTENT_LENGTH") or 0) > MAX_PHOTOGRAPHS:
        return [drawing.SENTENCES["request_too_heavy"]]
    sent = [one for name in FILES for one in place.request.FILES.getlist(name)]
    if not sent:
        return ["Photographiez une page, ou choisissez un fichier."]
    refusals = []
    for one in sent:
        try:
            papers.add_pages(
                session_id=place.session.pk, content=_read(one), actor=place.actor, now=place.now
            )
        except DomainError as error:
            if error.status >= 500:
                raise
            refusals.append(f"{(one.name or 'photo')[:LONGEST_NAME]}\u00a0: {error.sentence}")
    return refusals


def _read(sent: "UploadedFile[bytes]") -> bytes:
    """Its size is known before a byte of it is read."""
    if (sent.size or 0) > drawing.MAX_BYTES:
        raise drawing.refused("too_heavy")
    content: bytes = sent.read()
    return content


def _page_ids(typed: str) -> list[int]:
    """What the form carries; nothing where it carries anything else, or a number that no page can have."""
    ids = typed.split(",")
    good = all(one.isascii() and one.isdigit() and len(one) <= 18 for one in ids)
    return [int(one) for one in ids] if good and len(ids) <= drawing.MAX_PAGES else []


def _picture(place: Place, page_id: int) -> HttpResponse:
    mine = PaperPage.objects.filter(session=place.session, holder=papers.holder_of(place.actor))
    found = mine.filter(pk=page_id).first()
    if found is None:
        raise DomainError("page_gone", SENTENCES["page_gone"], status=404)
    content = found.content if place.request.GET.get("grand") else found.small
    return _not_kept(HttpResponse(bytes(content), content_type="image/jpeg"))


def _see(place: Place, query: str = "") -> HttpResponse:
    return HttpResponseRedirect(f"{place.scans_url}{query}", status=303)


def _not_kept(response: HttpResponse) -> HttpResponse:
    """Signatures of minors: in no cache."""
    response.headers["Cache-Control"] = "no-store"
    return response
