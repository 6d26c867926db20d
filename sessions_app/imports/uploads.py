"""The file of a form, or why there is none."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from pixsurv.kernel.uploads import MAX_REQUEST
from sessions_app.imports.refusals import refused_file


def file_of(request: HttpRequest, form: forms.Form) -> "UploadedFile[bytes] | None":
    """What stands in the field « file »; None when the form itself says what is wrong.

    Refused with `file_too_big` when the request was cut: the form then knows only that there is no file.
    """
    readable = form.is_valid()
    if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_REQUEST:
        form.errors.pop("file", None)
        raise refused_file("file_too_big")
    return form.cleaned_data["file"] if readable else None
