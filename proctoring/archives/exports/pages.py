"""The pages of an archive, for a browser that has nothing but a folder: no script, no request, one style sheet."""

from dataclasses import dataclass, field
from pathlib import Path

from django.template.loader import render_to_string

from proctoring.archives.exports.reading import Kept, eliminated_words
from proctoring.models import Export
from proctoring.report.paper import closed_words, facts_of, situation_of
from proctoring.report.seal import seal_words, verify_address
from sessions_app.wording import MONTHS, clock_time, day

HERE = Path(__file__).parent
STYLE = (HERE / "style.css").read_bytes()
VERIFIER = (HERE / "verifier.py").read_bytes()


@dataclass(slots=True)
class Index:
    """The list of the sessions, written line by line: what a thousand of them say is on the disk, not in memory."""

    path: Path
    export: Export
    sessions: int = 0
    candidates: int = 0
    eliminated: int = 0
    month: str = field(default="")

    def add(self, kept: Kept) -> None:
        session = kept.session
        local = kept.starts
        month = f"{MONTHS[local.month - 1].capitalize()} {local.year}"
        context = {
            "kept": kept,
            "session": session,
            "head": kept.head,
            "when": f"{day(local.date())} à {clock_time(local)}",
            "month": month if month != self.month else "",
            "first": not self.month,
            "names": " · ".join(one.name for one in kept.report.people) if kept.report is not None else "",
            "eliminated": eliminated_words(session) if kept.report is None else "",
        }
        with self.path.open("a", encoding="utf-8") as file:
            file.write(render_to_string("archives/exports_file_line.html", context))
        self.month = month
        self.sessions += 1
        self.candidates += len(kept.report.people) if kept.report is not None else 0
        self.eliminated += kept.report is None

    def finish(self) -> None:
        """Put the head before the lines and the foot behind them; still never the whole in memory."""
        lines = self.path.rename(self.path.with_suffix(".lines"))
        started = self.export.started_at.astimezone(self.export.establishment.zone)
        context = {
            "export": self.export,
            "index": self,
            "when": f"{day(started.date())} à {clock_time(started)}",
            "mark": MARK,
        }
        head, foot = render_to_string("archives/exports_file_index.html", context).split(MARK)
        with self.path.open("w", encoding="utf-8") as whole, lines.open(encoding="utf-8") as written:
            whole.write(head)
            for line in written:
                whole.write(line)
            whole.write(foot)
        lines.unlink()


MARK = "<!-- sessions -->"


def session_page(kept: Kept) -> bytes:
    """The report in the words of the paper, the papers themselves, the seal."""
    session, report = kept.session, kept.report
    local = kept.starts
    context: dict[str, object] = {
        "kept": kept,
        "session": session,
        "head": kept.head,
        "report": report,
        "when": f"{day(local.date())} à {clock_time(local)}",
        "eliminated": eliminated_words(session) if report is None else "",
        "seal": seal_words(session.seal),
        "verify_address": verify_address(session.number),
    }
    if report is not None:
        context |= {
            "facts": facts_of(report),
            "people": [(person, situation_of(person, report)) for person in report.people],
            "closed_words": closed_words(report),
            "addenda": [(one, seal_words(one.seal)) for one in report.addenda],
        }
    return render_to_string("archives/exports_file_session.html", context).encode()
