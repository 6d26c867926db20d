"""A file of several sessions as its pages need it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from pixsurv.kernel.errors import DomainError
from sessions_app.enums import SessionState
from sessions_app.models import Account, Candidate, Establishment, Session, SessionsDraft
from sessions_app.models.import_draft import LIFE
from sessions_app.selectors import require_admin

PRINTED_AT_ONCE = 400  # sessions of one form of papers, as `documents.choice.AT_MOST`


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import made and changed; a session that was deleted since is not there any more."""

    made: list[Session]
    changed: list[Session]

    @property
    def candidates(self) -> int:
        return sum(getattr(session, "candidate_count", 0) for session in self.made)

    @property
    def printable(self) -> list[Session]:
        sessions = self.made + self.changed
        return sessions if len(sessions) <= PRINTED_AT_ONCE else []


def managed_draft(account: Account, pk: int, now: datetime) -> SessionsDraft:
    """Fetched for an admin of its school; raises 404 or `not_admin` as `require_admin` does, `draft_gone` (410)."""
    draft = SessionsDraft.objects.select_related("establishment").filter(pk=pk).first()
    require_admin(account, draft.establishment if draft else None)
    assert draft is not None
    if draft.created_at <= now - LIFE:
        raise DomainError(
            "draft_gone",
            "Ce dépôt n’est plus là\u00a0: il dure 24 heures. Déposez le fichier à nouveau.",
            status=410,
        )
    return draft


def outcome(draft: SessionsDraft) -> Outcome:
    """One query."""
    numbers = [*draft.made, *draft.changed]
    sessions = (
        Session.objects.filter(establishment=draft.establishment, number__in=numbers)
        .annotate(candidate_count=Count("candidates"))
        .order_by("starts_at", "room", "number")
    )
    made = set(draft.made)
    found = list(sessions)
    return Outcome(
        [one for one in found if one.number in made], [one for one in found if one.number not in made]
    )


def upcoming_candidates(establishment: Establishment, now: datetime) -> list[Candidate]:
    """Who is enrolled in the sessions whose list can still be replaced, session by session."""
    return list(
        Candidate.objects.filter(
            session__establishment=establishment,
            session__state=SessionState.PLANNED,
            session__first_entry_at__isnull=True,
            session__starts_at__gt=now,
        )
        .select_related("session")
        .order_by("session__starts_at", "session__number", "sort_key", "pk")
    )
