"""What a school prepares and sets: its planned session, its people, its pupils, its links; the place « school »."""

from django.contrib.auth.tokens import default_token_generator
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from proctoring.models import ExportShape
from proctoring.services import exports
from sessions_app.enums import Role
from sessions_app.models import Establishment, ImportDraft, PupilDraft, Session, SignIn
from sessions_app.services import feeds, invitations
from sessions_app.services.logo import set_logo
from sessions_app.services.planning import cancel_session
from tests import factories
from tests.everywhere.world import DAY, Objects, World
from tests.factories import CandidateFactory, MembershipFactory, SessionFactory
from tests.sessions_app.pictures import png


def add(world: World) -> None:
    made = SessionFactory(establishment=world.school, starts_at=world.now + 3 * DAY)
    session = world.place("planned", made)
    candidate = CandidateFactory(session=session, extra_time_percent=33)
    world.of["planned"] |= {"candidate_id": candidate.pk, "draft_id": candidates_draft(world, session)}
    world.enter("proctor", "planned")
    made = SessionFactory(establishment=world.school, starts_at=world.now + 4 * DAY)
    cancel_session(session_id=made.pk, reason="grève", now=world.now)
    made.refresh_from_db()
    world.place("cancelled", made)
    world.of["school"] = of_school(world, world.school, "admin")


def of_school(world: World, school: Establishment, admin: str) -> Objects:
    account = world.accounts[admin]
    pupil = factories.PupilFactory(establishment=school)
    factories.PupilFactory(establishment=school, last_name="DUPONT", first_name="Paulin")
    feed = factories.CalendarFeedFactory(establishment=school, actor=account)
    invitation = factories.InvitationFactory(establishment=school, actor=account)
    member = MembershipFactory(establishment=school, role=Role.PROCTOR)
    set_logo(establishment=school, picture=png(), now=world.now)
    feeds.make_own_feed(account=account, now=world.now)
    exports.begin_export(
        establishment=school, shape=ExportShape.ZIP, choice="2026", sessions=1, actor=world.admin(admin),
        now=world.now,
    )  # fmt: skip
    other_browser = SignIn.objects.create(
        account=account, session_key=f"gone {account.pk}", device="Essai", created_at=world.now
    )
    return {
        "school": school.pk,
        "sign_in_id": other_browser.pk,
        "pupil_id": pupil.pk,
        "draft_id": factories.SessionsDraftFactory(establishment=school).pk,
        "pupil_draft": _pupil_draft(world, school, PupilDraft.Kind.PUPILS),
        "profile_draft": _pupil_draft(world, school, PupilDraft.Kind.PROFILES),
        "feed_id": feed.pk,
        "feed_token": feeds.address(feed).rsplit("/", 1)[-1].removesuffix(".ics"),
        "invitation_id": invitation.pk,
        "invitation_token": invitations.address(invitation).rstrip("/").rsplit("/", 1)[-1],
        "contact_id": factories.ContactFactory(establishment=school).pk,
        "key_id": factories.ApiKeyFactory(establishment=school, name="Autre plateforme").pk,
        "membership_id": member.pk,
        "topic": "poste",
        "uid": urlsafe_base64_encode(force_bytes(member.account.pk)),
        "reset_token": default_token_generator.make_token(member.account),
    }


def candidates_draft(world: World, session: Session) -> int:
    return ImportDraft.objects.create(
        session=session, header_line=1, rows=[[2, ["DUPONT", "Paul", "21/05/2011"]]],
        columns={"last_name": 0, "first_name": 1, "birth_date": 2}, created_at=world.now,
    ).pk  # fmt: skip


def _pupil_draft(world: World, school: Establishment, kind: PupilDraft.Kind) -> int:
    profiles = kind == PupilDraft.Kind.PROFILES
    columns: Objects = {"last_name": 0, "first_name": 1}
    columns |= {"sent": 2, "stated": 3, "levels": []} if profiles else {"birth_date": 2}
    return PupilDraft.objects.create(
        establishment=school, school_year=2026, kind=kind, header_line=1,
        labels=["Nom", "Prénom", "Date de naissance"], columns=columns,
        rows=[[2, ["DUPONT", "Paul", "Oui" if profiles else "21/05/2011", "5"]]], created_at=world.now,
    ).pk  # fmt: skip
