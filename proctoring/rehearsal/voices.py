"""« Autour de vous »: what one sees and hears in the room, and no screen tells (R19)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from proctoring.models import Rehearsal
from proctoring.rehearsal.scene import Scene
from proctoring.rehearsal.script import VOICES, Voice
from sessions_app.help import PROPOSED
from sessions_app.models import Session

MOST = 2  # the newest; the eye has the lane to read too


@dataclass(frozen=True, slots=True)
class Heard:
    key: str
    says: str
    help: str


def heard_now(session: Session, *, now: datetime) -> list[Heard]:
    """The newest first; none once the session is closed. Six queries."""
    rehearsal = Rehearsal.objects.filter(session_id=session.pk).first()
    if rehearsal is None or session.is_over:
        return []
    scene = Scene.read(session, rehearsal, now)
    begun = [(at, voice) for voice in VOICES if (at := _began(scene, voice)) is not None]
    begun.sort(key=lambda told: told[0], reverse=True)
    return [
        Heard(voice.key, voice.says, PROPOSED[voice.topic] if voice.topic is not None else voice.hint)
        for _, voice in begun[:MOST]
    ]


def _began(scene: Scene, voice: Voice) -> datetime | None:
    """None: not yet, or not any more."""
    after = scene.played_at(voice.after)
    if after is None:
        return None
    at = after + timedelta(seconds=voice.delay)
    over = voice.over is not None and scene.since(voice.over, voice.pupil) is not None
    told = at <= scene.now < at + timedelta(seconds=voice.lasts)
    return at if told and not over else None
