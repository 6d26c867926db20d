"""Register sheet and DPIA sheet as papers: to be completed, signed and filed by the school."""

from dataclasses import dataclass
from datetime import datetime

from sessions_app.documents.typeset import typeset
from sessions_app.models import Establishment
from sessions_app.notices.content import Section
from sessions_app.wording import day

TEMPLATE = "notice"


@dataclass(frozen=True, slots=True)
class NoticeSheet:
    """The names of these fields are those that `notice.typ` reads."""

    establishment: str
    title: str
    date: str
    sections: list[Section]
    template: str = TEMPLATE


def sheet_pdf(school: Establishment, title: str, sections: list[Section], now: datetime) -> bytes:
    """A PDF/A-2a and PDF/UA-1 of these sections, dated."""
    local = now.astimezone(school.zone)
    sheet = NoticeSheet(school.name, title, day(local.date()), sections)
    return typeset([sheet], title=f"{title} — {school.name}", stamp=now)
