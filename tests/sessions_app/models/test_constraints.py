"""Every named constraint, of both applications, violated once: in the database, and in French before it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction

from proctoring.models import Alert, Answer, Entry, Once, ProctorAccess
from sessions_app.models import ApiKey, Candidate, Event, ImportMapping, Invitation, Membership, StoredFile
from tests.factories import (
    AccountFactory,
    ApiKeyFactory,
    CandidateFactory,
    EstablishmentFactory,
    InvitationFactory,
    MembershipFactory,
    PupilFactory,
    SessionFactory,
    attempt_of,
    put,
)
from tests.journal import NOW

pytestmark = pytest.mark.django_db

type Build = Callable[[], models.Model]


def changed(instance: models.Model, **values: Any) -> models.Model:
    """A row that stands, and would be saved with these values."""
    for name, value in values.items():
        setattr(instance, name, value)
    return instance


def session(**values: Any) -> models.Model:
    return changed(SessionFactory(), **values)


def candidate(**values: Any) -> models.Model:
    return changed(CandidateFactory(), **values)


def attempt(state: str = "in_progress", **values: Any) -> models.Model:
    one = CandidateFactory()
    put(one, state, now=NOW)
    return changed(attempt_of(one), **values)


def twin() -> models.Model:
    one = CandidateFactory(last_name="Dupont")
    other = Candidate(
        session=one.session, last_name="DUPONT", first_name=one.first_name, birth_date=one.birth_date
    )
    other.derive_keys()
    return other


def pupil(**values: Any) -> models.Model:
    return changed(PupilFactory(), **values)


def second_pupil() -> models.Model:
    first = PupilFactory(last_name="Dupont")
    other = changed(PupilFactory(establishment=first.establishment), last_name="DUPONT")
    changed(other, first_name=first.first_name, birth_date=first.birth_date)
    other.derive_keys()  # type: ignore[attr-defined]
    return other


def stored_file(**values: Any) -> models.Model:
    fields: dict[str, Any] = {
        "establishment": EstablishmentFactory(),
        "purpose": "logo",
        "name": "logo.png",
        "content_type": "image/png",
        "created_at": NOW,
    }
    return changed(StoredFile(**fields).holding(b"bytes"), **values)


def second_mapping() -> models.Model:
    school = EstablishmentFactory()
    ImportMapping.objects.create(establishment=school, signature="a", columns={})
    return ImportMapping(establishment=school, signature="a", columns={"last_name": 0})


def alert(**values: Any) -> models.Model:
    one = attempt()
    fields: dict[str, Any] = {"attempt": one, "question": 4, "raised_at": NOW}
    return Alert(**{**fields, **values})


def second_alert() -> models.Model:
    first = alert()
    first.save()
    return Alert(attempt=first.attempt, question=4, raised_at=NOW)  # type: ignore[attr-defined]


def second_answer() -> models.Model:
    fields: dict[str, Any] = {"attempt": attempt(), "position": 1, "question_id": "x", "answered_at": NOW}
    Answer.objects.create(**fields)
    return Answer(**fields)


def second_membership() -> models.Model:
    first = MembershipFactory()
    return Membership(account=first.account, establishment=first.establishment, role=first.role)


def second_key() -> models.Model:
    first = ApiKeyFactory()
    return ApiKey(establishment=first.establishment, name=first.name, fingerprint="0" * 64)


def second_invitation() -> models.Model:
    first = InvitationFactory()
    return Invitation(
        establishment=first.establishment,
        email=first.email,
        role=first.role,
        nonce="other",
        fingerprint="0" * 64,
        created_at=NOW,
        expires_at=NOW,
    )


def event(**values: Any) -> models.Model:
    fields: dict[str, Any] = {
        "session": SessionFactory(),
        "sequence": 1,
        "kind": "started",
        "observed_at": NOW,
        "received_at": NOW,
        "facts": {},
        "salt": "00" * 16,
        "facts_digest": "0" * 64,
        "previous_hash": "0" * 64,
        "hash": "0" * 64,
    }
    return Event(**{**fields, **values})


def second_event() -> models.Model:
    first = event()
    first.save()
    return event(session=first.session)  # type: ignore[attr-defined]


def second_once() -> models.Model:
    fields: dict[str, Any] = {
        "scope": "s",
        "key": "k",
        "body_fingerprint": "f",
        "status": 200,
        "created_at": NOW,
    }
    Once.objects.create(**fields)
    return Once(**fields)


def access(**values: Any) -> models.Model:
    fields: dict[str, Any] = {
        "session": SessionFactory(),
        "name": "Essai",
        "token_fingerprint": "0" * 64,
        "created_at": NOW,
        "last_seen_at": NOW,
    }
    return ProctorAccess(**{**fields, **values})


def entry(**values: Any) -> models.Model:
    one = CandidateFactory()
    return Entry(session=one.session, candidate=one, created_at=NOW, **values)


VIOLATIONS: list[tuple[str, Build]] = [
    ("establishment_late_policy_known", lambda: changed(EstablishmentFactory(), late_policy="perhaps")),
    ("establishment_name_given", lambda: changed(EstablishmentFactory(), name="")),
    (
        "establishment_retention_in_range",
        lambda: changed(EstablishmentFactory(), retention_years=0),
    ),
    (
        "establishment_retention_in_range",
        lambda: changed(EstablishmentFactory(), retention_years=51),
    ),
    ("api_key_name_once", second_key),
    ("invitation_open_once", second_invitation),
    ("invitation_role_known", lambda: changed(InvitationFactory(), role="king")),
    (
        "invitation_accepted_or_revoked",
        lambda: changed(InvitationFactory(), accepted_at=NOW, revoked_at=NOW),
    ),
    ("account_email_lower_case", lambda: changed(AccountFactory(), email="Essai@exemple.fr")),
    ("membership_once_per_role", second_membership),
    ("membership_role_known", lambda: changed(MembershipFactory(), role="king")),
    ("session_state_known", lambda: session(state="asleep")),
    ("session_kind_known", lambda: session(kind="party")),
    ("session_followed_known", lambda: session(followed="nobody")),
    ("session_duration_in_range", lambda: session(duration=14)),
    ("session_duration_in_range", lambda: session(duration=241)),
    ("session_launched_coherent", lambda: session(state="launched")),
    ("session_launched_coherent", lambda: session(launched_at=NOW)),
    ("session_launched_coherent", lambda: session(state="cancelled", cancelled_at=NOW, launched_at=NOW)),
    ("session_closed_coherent", lambda: session(state="closed")),
    ("session_closed_coherent", lambda: session(state="eliminated")),
    ("session_closed_coherent", lambda: session(closed_at=NOW)),
    ("session_cancelled_coherent", lambda: session(state="cancelled")),
    ("session_cancelled_coherent", lambda: session(cancelled_at=NOW)),
    ("session_seal_only_when_closed", lambda: session(seal="0" * 64)),
    ("session_site_and_room_given", lambda: session(site="")),
    ("session_site_and_room_given", lambda: session(room="")),
    ("candidate_once_per_session", twin),
    ("candidate_extra_time_in_range", lambda: candidate(extra_time_percent=301)),
    ("candidate_competences_in_range", lambda: candidate(certifiable_competences=17)),
    ("candidate_named", lambda: candidate(last_name="")),
    ("candidate_named", lambda: candidate(first_name="")),
    ("pupil_once_per_year", second_pupil),
    ("pupil_extra_time_in_range", lambda: pupil(extra_time_percent=301)),
    ("pupil_competences_in_range", lambda: pupil(certifiable_competences=17)),
    ("pupil_named", lambda: pupil(last_name="")),
    ("pupil_named", lambda: pupil(first_name="")),
    ("stored_file_size_in_range", lambda: stored_file(size=5 * 1024 * 1024 + 1)),
    ("stored_file_purpose_known", lambda: stored_file(purpose="wallpaper")),
    ("import_mapping_once_per_titles", second_mapping),
    ("event_sequence_once", second_event),
    ("event_kind_known", lambda: event(kind="danced")),
    ("event_facts_and_salt_together", lambda: event(salt=None)),
    ("event_facts_and_salt_together", lambda: event(facts=None)),
    ("access_end_coherent", lambda: access(ended_at=NOW)),
    ("access_end_coherent", lambda: access(ended_how="left")),
    ("access_end_coherent", lambda: access(ended_at=NOW, ended_how="vanished")),
    ("entry_heartbeat_in_range", lambda: entry(heartbeat=4)),
    ("entry_heartbeat_in_range", lambda: entry(heartbeat=61)),
    ("attempt_state_known", lambda: changed(attempt(), state="asleep")),
    ("attempt_started_coherent", lambda: attempt(started_at=None, last_seen_at=None, silent_at=None)),
    ("attempt_started_coherent", lambda: attempt(deadline_at=None)),
    ("attempt_started_coherent", lambda: attempt("present", started_at=NOW)),
    ("attempt_over_coherent", lambda: attempt(over_at=NOW)),
    ("attempt_over_coherent", lambda: attempt("completed", over_at=None)),
    ("attempt_end_undo_coherent", lambda: attempt(over_final_at=NOW)),
    ("attempt_end_undo_coherent", lambda: attempt(state_before_end="in_progress")),
    ("attempt_end_undo_coherent", lambda: attempt("ended", over_final_at=None)),
    ("attempt_end_undo_coherent", lambda: attempt("ended", state_before_end="completed")),
    ("attempt_resume_authorised_coherent", lambda: attempt("resume_authorised", resume_authorised_at=None)),
    ("attempt_request_only_while_running", lambda: attempt("completed", resume_requested_at=NOW)),
    ("attempt_request_only_while_running", lambda: attempt("present", resume_requested_at=NOW)),
    ("attempt_left_only_while_running", lambda: attempt("completed", left_at=NOW)),
    ("attempt_left_only_while_running", lambda: attempt("present", left_at=NOW)),
    ("attempt_source_coherent", lambda: attempt(source="hand")),
    ("attempt_source_coherent", lambda: attempt(source_at=NOW)),
    ("attempt_source_coherent", lambda: attempt(source="rumour", source_at=NOW)),
    ("attempt_arrival_known", lambda: attempt(arrival="by_train")),
    ("attempt_seen_only_once_started", lambda: attempt("present", last_seen_at=NOW)),
    ("attempt_seen_only_once_started", lambda: attempt("present", reopened_at=NOW)),
    ("attempt_deadline_after_start", lambda: attempt(deadline_at=NOW.replace(year=2025))),
    ("attempt_over_after_start", lambda: attempt("completed", over_at=NOW.replace(year=2025))),
    ("alert_one_open_per_question", second_alert),
    ("alert_handled_coherent", lambda: alert(handled_at=NOW)),
    ("alert_handled_coherent", lambda: alert(status="refused")),
    ("alert_status_known", lambda: alert(status="shrugged", handled_at=NOW)),
    ("answer_once_per_question", second_answer),
    ("once_per_scope", second_once),
]
CONSTRAINTS = {
    constraint.name: constraint
    for label in ("sessions_app", "proctoring")
    for model in apps.get_app_config(label).get_models()
    for constraint in model._meta.constraints
}
# Written by services alone: nobody ever reads their message.
WITHOUT_FORM = (Event, Once)


def test_every_constraint_is_violated_here() -> None:
    assert {name for name, _ in VIOLATIONS} == set(CONSTRAINTS)


@pytest.mark.parametrize(("name", "build"), VIOLATIONS, ids=[name for name, _ in VIOLATIONS])
def test_constraint_is_held_by_the_database(name: str, build: Build) -> None:
    row = build()
    constraint = CONSTRAINTS[name]
    named = name
    if connection.vendor == "sqlite" and isinstance(constraint, models.UniqueConstraint):
        named = f"{row._meta.db_table}.{constraint.fields[0]}"  # SQLite names the columns instead
    if connection.vendor == "sqlite" and name == "event_sequence_once":
        named = "journal: insert refused"  # the trigger looks before the key does
    if name.endswith("_state_known"):
        named = f"{name}|_coherent"  # an unknown state fits no other constraint either
    with pytest.raises(IntegrityError, match=named), transaction.atomic():
        row.save()


@pytest.mark.parametrize(
    ("name", "build"),
    [
        pytest.param(name, build, id=name)
        for name, build in VIOLATIONS
        if not name.startswith(("event_", "once_"))
    ],
)
def test_constraint_is_told_in_french(name: str, build: Build) -> None:
    row = build()
    message = CONSTRAINTS[name].get_violation_error_message()
    assert "contrainte" not in message
    assert message.endswith(".")
    assert "'" not in message  # the typographic apostrophe
    with pytest.raises(ValidationError) as refusal:
        row.validate_constraints()
    assert message in refusal.value.messages


def test_messages_missing_are_those_of_rows_without_a_form() -> None:
    silent = {
        name for name, constraint in CONSTRAINTS.items() if "%(name)s" in constraint.violation_error_message
    }
    assert silent == {constraint.name for model in WITHOUT_FORM for constraint in model._meta.constraints}
