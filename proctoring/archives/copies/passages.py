"""« Passages occultés »: what copies of a kept session leave out, and the copy itself (I5)."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from pixsurv.kernel import clock
from pixsurv.kernel.errors import DomainError
from proctoring.archives.access import actor_of, on_archived_session
from proctoring.report.copies import redacted_pdf
from proctoring.report.reading import hidden_in, report_of
from proctoring.report.redaction import SECTIONS, Passage, passages_of, redacted_report
from proctoring.services.passages import LONGEST_REASON, hide_passage, show_passage, standing
from sessions_app.downloads import pdf_attachment
from sessions_app.models import Session


class HideForm(forms.Form):
    """A passage to copy from the text above it; empty, the whole text goes."""

    passage = forms.CharField(
        label="Seulement ces mots",
        help_text="Copiez-les du texte ci-dessus. Laissez vide pour occulter tout ce texte, et lui seul.",
        required=False,
        strip=True,
        max_length=4000,
        widget=forms.Textarea(attrs={"class": "saisie", "rows": 3}),
    )
    reason = forms.CharField(
        label="Motif",
        help_text="Par exemple\u00a0: «\u00a0donnée de santé d’un autre élève\u00a0». Il est écrit au journal.",
        max_length=LONGEST_REASON,
        error_messages={"required": "Donnez le motif."},
    )


@require_safe
@on_archived_session
def passages(request: HttpRequest, session: Session) -> HttpResponse:
    """Every text of the report as copies show it, and what is hidden."""
    report, hidden = report_of(session), hidden_in(session)
    shown = {one.place: one.words for one in passages_of(redacted_report(report, hidden))}
    sections = [
        (
            title,
            [(one, shown.get(one.place, one.words)) for one in passages_of(report) if one.section == name],
        )
        for name, title in SECTIONS.items()
    ]
    context = {
        "session": session,
        "sections": [(title, found) for title, found in sections if found],
        "hidden": hidden,
        "may_hide": session.state == "closed",
    }
    return render(request, "archives/copies_passages.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@on_archived_session
def hide(request: HttpRequest, session: Session, section: str, key: int) -> HttpResponse:
    """« Occulter » one text, or words of it."""
    text = _text(session, section, key)
    form = HideForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            places = hide_passage(
                session_id=session.pk, section=section, key=key, typed=form.cleaned_data["passage"],
                reason=form.cleaned_data["reason"], actor=actor_of(request, session.establishment), now=clock.now(),
            )  # fmt: skip
        except DomainError as error:
            if error.status != 422:
                raise
            form.add_error("passage" if error.code.startswith("passage_") else "reason", error.sentence)
        else:
            messages.success(request, _done(places))
            return HttpResponseRedirect(reverse("archives:passages", args=[session.number]), status=303)
    context = {"session": session, "text": text, "title": SECTIONS[section], "form": form}
    return render(request, "archives/copies_hide.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@on_archived_session
def show(request: HttpRequest, session: Session, sequence: int) -> HttpResponse:
    """« Rendre aux copies », asked on a page of its own."""
    if request.method == "POST":
        show_passage(
            session_id=session.pk,
            sequence=sequence,
            actor=actor_of(request, session.establishment),
            now=clock.now(),
        )
        messages.success(request, "Ce passage est de nouveau dans les copies.")
        return HttpResponseRedirect(reverse("archives:passages", args=[session.number]), status=303)
    found = standing(hidden_in(session), sequence)
    if found is None:
        raise DomainError("not_found", "Ce passage n’est plus occulté.", status=404)
    return render(request, "archives/copies_show.html", {"session": session, "one": found})


@require_safe
@on_archived_session
def copy(request: HttpRequest, session: Session) -> HttpResponse:
    """« Copie avec passages occultés »; without any, the sealed report itself is the copy."""
    hidden = hidden_in(session)
    if not hidden or session.state != "closed":
        raise DomainError("nothing_hidden", "Aucun passage n’est occulté\u00a0: donnez le PV scellé.")
    name = f"copie-occultee-pv-session-{session.number}.pdf"
    return pdf_attachment(redacted_pdf(report_of(session), hidden), name)


def _done(places: int) -> str:
    where = f", dans {places} textes du PV" if places > 1 else ""
    return f"Occulté dans les copies{where}. Le PV scellé n’est pas modifié."


def _text(session: Session, section: str, key: int) -> Passage:
    found = next((one for one in passages_of(report_of(session)) if one.place == (section, key)), None)
    if found is None:
        raise DomainError("not_found", "Ce texte n’est pas dans le PV.", status=404)
    return found
