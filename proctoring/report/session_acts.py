"""How acts about the whole session are folded: proctors, instructions, comment, closing, addenda (R2, R4, I3, I4)."""

from proctoring.enums import EndReason, SignedPaper
from proctoring.report.content import Addendum, Closing, Comment, Signature
from proctoring.report.story import Act, Story, Watching
from sessions_app.wording import NBSP


def proctor_entered(story: Story, act: Act) -> None:
    story.watching[act.facts.get("access", act.sequence)] = Watching(act.by, act.observed_at)


def proctor_left(story: Story, act: Act) -> None:
    """By himself, or because an admin ended his access."""
    found = story.watching.get(act.facts.get("access"))
    if found is not None and found.until is None:
        found.until = act.observed_at


def instructions_read(story: Story, act: Act) -> None:
    if not story.instructions:
        story.instructions = story.session.clock(act.observed_at)
        story.tell(act, f"Consignes lues aux candidats par {act.by}.")


def comment_changed(story: Story, act: Act) -> None:
    story.comment = Comment(
        act.text("text", "comment"), act.sequence, act.by, story.session.clock(act.received_at)
    )


def closed(story: Story, act: Act) -> None:
    """Who watched until then watched until then; reasons and gaps are those stated at this instant."""
    for one in story.watching.values():
        one.until = one.until or act.observed_at
    signed = act.text("signature")
    for told in act.facts.get("reasons") or []:
        if told.get("reason") in EndReason.values:
            story.reasons[told["candidate"]] = EndReason(told["reason"]).label
    story.closing = Closing(
        at=act.received_at,
        when=story.session.full(act.received_at),
        by=act.by,
        signature=Signature(signed, story.session.full(act.received_at)) if signed else None,
        attendance_signed=bool(act.facts.get("attendance_signed")),
        gaps=tuple(str(gap) for gap in act.facts.get("gaps") or []),
        seal=act.hash,
    )


def addendum(story: Story, act: Act) -> None:
    when = story.session.full(act.received_at)
    rank = len(story.addenda) + 1
    story.addenda.append(Addendum(rank, act.received_at, when, act.by, act.text("text"), act.hash))


def paper_scanned(story: Story, act: Act) -> None:
    """Before the closing only: what comes after it stands in the archive, and the sealed paper is as it was."""
    if story.closing is not None:
        return
    paper, pages = act.text("paper"), act.number("pages")
    label = SignedPaper(paper).label if paper in SignedPaper.values else "sans précision"
    many = f"{pages}{NBSP}page{'s' if pages > 1 else ''}"
    words = f"Papier signé numérisé par {act.by}{NBSP}: {label}, {many}."
    story.scans[act.number("file")] = story.tell(act, words)


def paper_removed(story: Story, act: Act) -> None:
    if story.closing is None:
        story.drop(story.scans.pop(act.number("file"), 0))
