"""What the tests of these pages do again and again."""

import re
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from lxml import html

from pixsurv.kernel import clock
from sessions_app.models import Account, ImportDraft, Session


@pytest.fixture
def signed_in(client: Client, admin: Account) -> Client:
    client.force_login(admin)
    return client


def words(response: Any) -> str:
    """The text of a page, on one line, with plain spaces."""
    tree = html.fromstring(response.content.decode())
    return " ".join(unescape(tree.text_content()).split())


def form_of(response: Any) -> dict[str, str]:
    """What the main form of a page would send back."""
    tree = html.fromstring(response.content.decode())
    [main] = tree.xpath("//main")
    form = main.forms[-1] if hasattr(main, "forms") else main.xpath(".//form[@method='post']")[-1]
    return {name: value or "" for name, value in form.fields.items()}


def names(session: Session) -> list[str]:
    return list(session.candidates.order_by("sort_key").values_list("last_name", flat=True))


def close(session: Session) -> None:
    Session.objects.filter(pk=session.pk).update(state="closed", closed_at=clock.now())


def upload(
    client: Client, session: Session, content: bytes | str, *, name: str = "liste.csv", **more: str
) -> HttpResponse:
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, data)
    address = reverse("establishment:import", args=[session.number])
    return client.post(address, {"file": file, **more})  # type: ignore[return-value]


def uploaded(client: Client, session: Session, content: bytes | str, **more: str) -> ImportDraft:
    """The draft that an accepted file became."""
    response = upload(client, session, content, **more)
    assert response.status_code == 303, words(response)
    return ImportDraft.objects.get(pk=int(re.findall(r"\d+", response["Location"])[-1]))


def draft_page(draft: ImportDraft) -> str:
    return reverse("establishment:import_draft", args=[draft.session.number, draft.pk])
