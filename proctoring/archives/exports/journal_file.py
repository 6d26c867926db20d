"""The journal of one session as canonical facts, salts and digests: all that its chain is computed from."""

import json
from typing import Any

from pixsurv.kernel.journal import instant
from proctoring.archives.exports.reading import Kept
from sessions_app.models import Event

FORMAT = "pixsurv-journal 1"  # docs/decisions/0005


def journal_json(kept: Kept) -> bytes:
    """One event a line, so that two versions can be compared by eye."""
    session = kept.session
    head: dict[str, Any] = {
        "format": FORMAT,
        "session": session.number,
        "state": session.state,
        "seal": session.seal,
        "head": session.head_hash,
        "count": session.sequence,
    }
    opening = "".join(f"{json.dumps(name)}: {json.dumps(value)},\n" for name, value in head.items())
    events = ",\n".join(json.dumps(_event(event), ensure_ascii=False) for event in kept.events)
    return f'{{{opening}"events": [\n{events}\n]}}\n'.encode()


def _event(event: Event) -> dict[str, Any]:
    return {
        "sequence": event.sequence,
        "kind": event.kind,
        "candidate": event.candidate_id,
        "observed": instant(event.observed_at),
        "received": instant(event.received_at),
        "previous": event.previous_hash,
        "hash": event.hash,
        "facts_digest": event.facts_digest,
        "salt": event.salt,
        "facts": event.facts,
    }
