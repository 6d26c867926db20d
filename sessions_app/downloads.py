"""How a file leaves: under its name, and kept by no browser."""

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

PDF = "application/pdf"


def as_attachment[Response: HttpResponseBase](response: Response, name: str) -> Response:
    """Saved, never shown: what a browser shows by itself stays in its cache, and these are names of minors."""
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "no-store"
    return response


def pdf_attachment(content: bytes, name: str) -> HttpResponse:
    return as_attachment(HttpResponse(content, content_type=PDF), name)
