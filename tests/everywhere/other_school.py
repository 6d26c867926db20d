"""The same kinds of things in another school: what nobody of ours may reach, under any address."""

from proctoring.models import Proposal
from proctoring.services import access as accesses
from proctoring.services import hand_over, incidents
from proctoring.services.entries import candidate_actor
from proctoring.services.progress import beat
from tests.everywhere import school, shelves
from tests.everywhere.world import MINUTE, World, papers, waiting_page
from tests.factories import PROCTOR, CandidateFactory, SessionFactory, put


def add(world: World) -> None:
    """Places « theirs » (the school), « their room », « their closed »."""
    shelves.closed(world, "their closed", world.other_school, "other_admin")
    world.of["theirs"] = school.of_school(world, world.other_school, "other_admin")
    world.of["theirs"] |= shelves.open_slips(world, world.other_school)
    begun = world.now - 20 * MINUTE
    session = world.place("their room", SessionFactory(establishment=world.other_school, starts_at=begun))
    candidate = CandidateFactory(session=session, extra_time_percent=33)
    entry = put(candidate, "in_progress", now=begun + MINUTE)
    assert entry is not None
    beat(entry=entry, actor=candidate_actor(entry), now=world.now, visible=True, question=12, timed_out=True)
    watching = world.enter("their proctor", "their room", "Zoé Essai")
    admin = world.admin("other_admin")
    made = hand_over.offer(
        session_id=session.pk, account=world.accounts["other_admin"], ends=[], actor=admin, now=world.now
    )
    told = incidents.Observed("C7", description="Réseau lent.")
    incident = incidents.report_incident(
        session_id=session.pk, candidate_id=candidate.pk, observed=told, actor=PROCTOR, now=world.now
    )
    world.of["their room"] |= papers(session, accesses.actor_of(watching), world.now) | {
        "candidate_id": candidate.pk,
        "access_id": watching.pk,
        "hand_over_id": made.pk,
        "incident_id": incident.pk,
        "proposal_id": Proposal.objects.get(attempt__candidate=candidate).pk,
        "draft_id": school.candidates_draft(world, session),
        "admin_page_id": waiting_page(session, admin, world.now),
    }
