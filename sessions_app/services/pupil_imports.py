"""From an uploaded file to the pupils of a year: a school's list, or the profiles of Pix Orga (P2)."""

import logging
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from pixsurv.kernel.errors import DomainError
from sessions_app.actors import Actor
from sessions_app.imports.headers import PUPIL_FIELDS
from sessions_app.imports.judging import Person
from sessions_app.imports.profiles import ProfileColumns, find_profiles
from sessions_app.imports.reading import read_sheets
from sessions_app.imports.refusals import refused_file
from sessions_app.models import Account, Establishment, Pupil, PupilDraft
from sessions_app.pupils.completion import LEVELS, Completion, completion_of, judge_profile_draft
from sessions_app.pupils.report import PupilReport, judge_pupils, report_of_pupils
from sessions_app.services.drafts import LONGEST_LABEL, hold, printable
from sessions_app.services.follow_pupils import link_candidates, tell_candidates
from sessions_app.services.pupils import KEYS, locked_pupils

logger = logging.getLogger("pixsurv.pupils")

GONE, ELSEWHERE = "gone", "elsewhere"  # the two lists of pupils that the file does not have


def make_pupil_draft(
    *,
    establishment: Establishment,
    school_year: int,
    account: Account,
    file_name: str,
    data: bytes,
    ask_columns: bool,
    now: datetime,
) -> PupilDraft:
    """Read the file, say by its titles which of the two it is, and keep what is ours of it.

    `columns` as in `drafts.make_draft`; those of Pix Orga are always known. Refused with a `file_…` code (422).
    """
    sheets = read_sheets(data)
    PupilDraft.objects.expired(now).delete()
    draft = PupilDraft(establishment=establishment, school_year=school_year, account=account, created_at=now)
    if profiles := find_profiles(sheets):
        draft.kind = PupilDraft.Kind.PROFILES
        draft.file_name = printable(file_name)
        _hold_profiles(draft, profiles)
    else:
        draft.kind = PupilDraft.Kind.PUPILS
        hold(draft, sheets, establishment, file_name=file_name, ask_columns=ask_columns, fields=PUPIL_FIELDS)
    draft.save(force_insert=True)
    return draft


def _hold_profiles(draft: PupilDraft, found: ProfileColumns) -> None:
    """The cells of our columns below the titles, and nothing else."""
    kept = {*found.at.values(), *found.levels}
    draft.sheet_name = printable(found.sheet.name)
    draft.header_line = found.line
    draft.labels = [label[:LONGEST_LABEL] for label in found.labels]
    draft.columns = {**found.at, LEVELS: found.levels}
    draft.rows = [
        [number, [cell if at in kept else None for at, cell in enumerate(row)]]
        for number, row in enumerate(found.sheet.rows, start=1)
        if number > found.line and any(cell is not None for cell in row)
    ]
    if not draft.rows:
        raise refused_file("file_no_people")


def settle(*, draft: PupilDraft, answers: Mapping[int, int]) -> None:
    """Keep whose these lines of profiles are: {line: pupil's id, 0 for nobody}."""
    with transaction.atomic():
        fresh = PupilDraft.objects.select_for_update(no_key=True).get(pk=draft.pk)
        fresh.settled = {**fresh.settled, **{str(line): pupil for line, pupil in answers.items()}}
        fresh.save(update_fields=["settled"])


@dataclass(frozen=True, slots=True)
class Imported:
    """What a confirmation did; `again` when this draft had been imported before: nothing was done now."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    candidates: int = 0
    again: bool = False


def import_pupils(
    *,
    draft: PupilDraft,
    seen: str,
    remove: set[int],
    remove_all: set[str],
    actor: Actor,
    now: datetime,
) -> Imported:
    """Add and change the pupils of this list, whole or not at all; remove those who left and were ticked.

    `remove` are ids, `remove_all` names a whole list, GONE or ELSEWHERE. Refused with `import_errors` (422),
    `list_changed` (`seen` is not the year's list any more), `busy`.
    """
    judged = judge_pupils(draft, now.astimezone(draft.establishment.zone).date())  # before the lock
    with locked_pupils(draft.establishment_id) as school:
        if _is_imported(draft):
            return Imported(again=True)
        report = report_of_pupils(draft, judged)
        _require_same(report, seen)
        removed = [
            pupil.pk
            for name, pupils in ((GONE, report.gone), (ELSEWHERE, report.elsewhere))
            for pupil in pupils
            if name in remove_all or pupil.pk in remove
        ]
        Pupil.objects.filter(pk__in=removed).delete()
        _change(report)
        Pupil.objects.bulk_create([_new(person, draft) for person in report.new], batch_size=500)
        link_candidates(school, draft.school_year)
        candidates = tell_candidates(_modes(draft, report), actor=actor, now=now)
        _close(draft, now)
    done = Imported(len(report.new), len(report.changed), len(removed), candidates)
    logger.info("pupils imported: school %s, account %s, %s", school.pk, actor.account_id, done)
    return done


def complete_profiles(*, draft: PupilDraft, seen: str, actor: Actor, now: datetime) -> Imported:
    """Write what the profiles say of the pupils that they match, and of their rows in planned sessions.

    Refused as `import_pupils`, and with `unsettled` while a line may be somebody's and nobody has said.
    """
    judged = judge_profile_draft(draft, now.astimezone(draft.establishment.zone).date())
    with locked_pupils(draft.establishment_id) as school:
        if _is_imported(draft):
            return Imported(again=True)
        completion = completion_of(draft, judged)
        _require_same(completion, seen)
        if completion.matching.open_questions:
            raise DomainError("unsettled", "Il reste des noms à rapprocher.")
        told = []
        for one in completion.told:
            one.pupil.certifiable_competences, one.pupil.profile_sent_on = one.competences, one.sent_on
            told.append(one.pupil)
        Pupil.objects.bulk_update(told, ["certifiable_competences", "profile_sent_on"], batch_size=500)
        link_candidates(school, draft.school_year)
        known = {
            found.pupil.pk: {"certifiable_competences": found.profile.competences}
            for found in completion.certain
        }
        candidates = tell_candidates(known, actor=actor, now=now)
        _close(draft, now)
    done = Imported(changed=len(told), candidates=candidates)
    logger.info("profiles imported: school %s, account %s, %s", school.pk, actor.account_id, done)
    return done


def _is_imported(draft: PupilDraft) -> bool:
    fresh = PupilDraft.objects.defer("rows").filter(pk=draft.pk).first()
    return fresh is None or fresh.imported_at is not None


def _require_same(report: PupilReport | Completion, seen: str) -> None:
    if report.seen != seen:
        raise DomainError(
            "list_changed",
            "La liste des élèves a changé depuis ce rapport. Relisez-le, puis confirmez à nouveau.",
        )
    if report.errors:
        raise DomainError("import_errors", "Ce fichier contient encore des erreurs.", status=422)


def _change(report: PupilReport) -> None:
    """Those whom the file writes the same fields of go together: each field costs a case a row."""
    together: dict[tuple[str, ...], list[Pupil]] = defaultdict(list)
    for change in report.changed:
        for name, value in change.after.items():
            setattr(change.known, name, value)
        fields = set(change.after)
        if not fields.isdisjoint({"last_name", "first_name"}):
            change.known.derive_keys()
            fields.update(KEYS)
        together[tuple(sorted(fields))].append(change.known)
    for names, pupils in together.items():
        Pupil.objects.bulk_update(pupils, names, batch_size=500)


def _new(person: Person, draft: PupilDraft) -> Pupil:
    pupil = Pupil(
        establishment=draft.establishment,
        school_year=draft.school_year,
        last_name=person.last_name,
        first_name=person.first_name,
        birth_date=person.birth_date,
        class_name=person.class_name or "",
        local_id=person.local_id or "",
        extra_time_percent=person.extra_time_percent or 0,
        sign_in_mode=person.sign_in_mode or "",
    )
    pupil.derive_keys()
    return pupil


def _modes(draft: PupilDraft, report: PupilReport) -> dict[int, dict[str, int | str | None]]:
    """The sign-in modes that the file tells, by the pupils as they are now stored."""
    told = {one.identity_key: one.sign_in_mode for one in report.judged.people if one.sign_in_mode}
    if not told:
        return {}
    pupils = Pupil.objects.filter(establishment=draft.establishment, school_year=draft.school_year)
    known = pupils.values_list("pk", "identity_key")
    return {pk: {"sign_in_mode": str(told[key])} for pk, key in known if key in told}


def _close(draft: PupilDraft, now: datetime) -> None:
    """Empty but for the instant: a confirmation sent twice finds what it did."""
    PupilDraft.objects.filter(pk=draft.pk).update(rows=[], settled={}, imported_at=now)
