"""What may be asked, field by field. What is not here is refused (422): a typo never passes unseen."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Header
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

# Neither NUL (PostgreSQL cannot store it) nor any other control character; pydantic refuses lone surrogates.
PRINTABLE = r"^[^\x00-\x1f\x7f-\x9f]*$"
LARGEST_SESSION_NUMBER = 2**31 - 1

IdempotencyKey = Annotated[
    str,
    Header(
        "",
        alias="Idempotency-Key",
        pattern=r"^[!-~]*$",
        max_length=200,
        description="Any printable text without space, new for each operation. Sent again with the same body"
        " within 48 h, it gets the same answer and nothing happens twice.",
    ),
]


def _a_date(text: str) -> str:
    """YYYY-MM-DD and nothing else that Python would also take."""
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError("not YYYY-MM-DD")
    return text


def _whole(value: Any) -> Any:
    """JSON has one kind of number: 12.0 is the integer 12."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_whole)
Text = Annotated[str, Field(pattern=PRINTABLE, min_length=1)]
Name = Annotated[Text, Field(max_length=100)]
BirthDate = Annotated[str, AfterValidator(_a_date), Field(json_schema_extra={"format": "date"})]
SessionNumber = Annotated[
    int,
    Field(ge=1, le=LARGEST_SESSION_NUMBER, description="Number of the session, shown in the room."),
    WHOLE,
]
Question = Annotated[int, Field(ge=1, le=500, description="Number of the question on screen."), WHOLE]
Workstation = Annotated[
    str,
    Field(
        pattern=PRINTABLE,
        max_length=20,
        description="What the candidate typed: «\u00a0Numéro du poste\u00a0».",
    ),
]
Heartbeat = Annotated[
    int,
    Field(ge=5, le=60, description="Seconds between two progress reports. Left out: silence means nothing."),
    WHOLE,
]


class Body(BaseModel):
    """JSON types are taken as they are (« 12 » is not 12), unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", strict=True)


class _Entry(Body):
    session_number: SessionNumber
    workstation: Workstation | None = None
    heartbeat: Heartbeat | None = None


class EntryByIdentity(_Entry):
    """As on the attendance sheet: case, accents and punctuation don't matter."""

    last_name: Name = Field(description="Birth name.")
    first_name: Name
    birth_date: BirthDate = Field(description="YYYY-MM-DD.")


class EntryByTicket(_Entry):
    """Single use, for five minutes; given by the proctor to a candidate whose name does not match."""

    ticket: Annotated[Text, Field(max_length=20, description="Six digits; spaces don't matter.")]


def _which(body: Any) -> str:
    return "ticket" if isinstance(body, dict) and "ticket" in body else "identity"


EntryRequest = Annotated[
    Annotated[EntryByIdentity, Tag("identity")] | Annotated[EntryByTicket, Tag("ticket")],
    Discriminator(_which),
]


class StartRequest(Body):
    access_code: Annotated[Text, Field(max_length=20)] = Field(
        description="The code that the proctor gives at the start; case and spaces don't matter."
    )


class ProgressRequest(Body):
    question: Question
    timed: bool = Field(False, description="The question on screen has a time limit.")
    timed_out: bool = Field(False, description="That limit has passed.")
    visible: bool = Field(True, description="The page of the test is in front of the candidate.")


class AlertRequest(Body):
    question: Question
    kinds: list[Literal["image", "embed", "file", "focus"]] = Field(
        [], max_length=4, description="What is broken: a picture, an embedded page, a file, the focus."
    )


class AlertAnswer(BaseModel):
    question: int
    status: Literal["open", "answered"]
    outcome: Literal["refused", "validated"] | None


class AttemptAnswer(BaseModel):
    """Times are ISO 8601 with the offset of the establishment."""

    state: Literal["expected", "present", "in_progress", "resume_authorised", "completed", "ended", "expired"]
    question: int | None = Field(description="The question last reported.")
    started_at: str | None
    deadline_at: str | None = Field(description="Start, duration, extra time and minutes given back, all in.")
    server_time: str
    heartbeat_seconds: int = Field(description="The pace the server wants, 15–30 s.")
    alert: AlertAnswer | None = Field(
        description="The latest alert on the question last reported; `open` until its answer is final (10 s)."
    )
    over_reason: Literal["finished", "ended_by_proctor", "session_closed", "expired"] | None
    over_final_at: str | None = Field(
        description="Until then the end can still be undone: freeze, discard nothing, ask again every 2 s."
    )


class EntryAnswer(BaseModel):
    entry_token: str = Field(description="Bearer of every other call. A replayed entry gets the same.")
    attempt: AttemptAnswer


class Problem(BaseModel):
    """RFC 9457. `code` is stable; `detail` is a French sentence for the person in front of the screen."""

    type: Literal["about:blank"]
    title: str
    status: int
    code: str
    detail: str


class FieldProblem(BaseModel):
    field: str
    message: str


class InvalidProblem(Problem):
    """`fields` is there when the request itself was wrong (`invalid`)."""

    fields: list[FieldProblem] = []
