"""From where somebody reads the report and closes: what the shared pages need to know of it."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from sessions_app.actors import Actor
from sessions_app.models import Session


@dataclass(frozen=True, slots=True)
class Place:
    """The room, the establishment area or the archive (`area`). `root`: the address under which the pages stand."""

    request: HttpRequest
    session: Session
    actor: Actor
    now: datetime
    root: str
    back_url: str
    back_words: str
    in_room: bool
    area: str = "establishment"
    closed_url: str = ""  # where a closing leads, when not to where one came from

    @property
    def base(self) -> str:
        return "base.html" if self.in_room else f"{self.area}/base.html"

    @property
    def report_url(self) -> str:
        return f"{self.root}pv/"

    @property
    def sheet_url(self) -> str:
        return f"{self.root}pv/feuille/"

    @property
    def comment_url(self) -> str:
        return f"{self.root}pv/commentaire/"

    @property
    def pdf_url(self) -> str:
        return f"{self.root}pv.pdf"

    @property
    def close_url(self) -> str:
        return f"{self.root}cloturer/"

    @property
    def gate_url(self) -> str:
        return f"{self.root}cloturer/manques/"

    @property
    def scans_url(self) -> str:
        return f"{self.root}feuilles/"

    @property
    def is_htmx(self) -> bool:
        return self.request.headers.get("HX-Request") == "true"
