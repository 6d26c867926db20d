"""What somebody has typed into the closing form, kept whatever becomes of it."""

from dataclasses import dataclass, field

from django.http import QueryDict

from proctoring.enums import EndReason
from proctoring.report.gate import Gate, Statement, Unfinished

REASON = "reason-"
# Buttons that send the form without closing: what was typed comes back with the situation as it is now.
STAYING = ("revoir", "garder", "keep")


@dataclass(frozen=True, slots=True)
class Typed:
    """Read defensively: a form that was open for an hour may name tests that run again."""

    signature: str = ""
    attendance: bool = False
    reasons: dict[int, str] = field(default_factory=dict)
    mark: str | None = None
    comment: str | None = None
    comment_seen: int = 0
    stays: bool = False

    @classmethod
    def of(cls, post: QueryDict) -> "Typed":
        reasons = {
            int(name.removeprefix(REASON)): value
            for name, value in post.items()
            if isinstance(value, str) and _is_number(name.removeprefix(REASON)) and name.startswith(REASON)
        }
        return cls(
            signature=post.get("signature", ""),
            attendance=post.get("attendance") == "1",
            reasons=reasons,
            mark=post.get("mark"),
            comment=post.get("comment"),
            comment_seen=version_of(post.get("keep") or post.get("comment_seen", "")),
            stays=any(name in post for name in STAYING),
        )

    def statement(self) -> Statement:
        return Statement(self.signature, self.attendance, self.reasons, self.mark)


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Question:
    """« Motif de fin » of one test."""

    one: Unfinished
    name: str
    choices: list[Choice]


def questions(gate: Gate, typed: Typed) -> list[Question]:
    said = typed.statement()
    return [
        Question(
            one,
            f"{REASON}{one.id}",
            [Choice(reason.value, reason.label, said.reason_of(one) == reason.value) for reason in EndReason],
        )
        for one in gate.unfinished
    ]


def version_of(text: str) -> int:
    """The version that a form carries; 0 for nonsense, which a stored comment then refuses."""
    return int(text) if _is_number(text) else 0


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 15
