"""The profiles of Pix Orga compared with the pupils of the year: what they would tell of whom (P2)."""

from dataclasses import dataclass
from datetime import date

from sessions_app.imports.headers import letter
from sessions_app.imports.judging import Problem
from sessions_app.imports.profiles import LABELS, Profile, Profiles, judge_profiles
from sessions_app.imports.reading import Cell
from sessions_app.models import Pupil, PupilDraft
from sessions_app.pupils.matching import Match, Matching, match
from sessions_app.pupils.report import fingerprint, pupils_of
from sessions_app.pupils.wording import certifiable_words

LEVELS = "levels"


@dataclass(frozen=True, slots=True)
class Told:
    """A matched profile that changes what is known of its pupil."""

    pupil: Pupil
    profile: Profile
    competences: int
    sent_on: date | None

    @property
    def words(self) -> str:
        """« Non vérifié → Certifiable (7/16) »; the day alone when the count is the same."""
        before, after = self.pupil.certifiable_competences, self.competences
        if before == after:
            return f"profil envoyé le {self.sent_on:%d/%m/%Y}" if self.sent_on else ""
        return f"{certifiable_words(before, exact=True)} → {certifiable_words(after, exact=True)}"


@dataclass(frozen=True, slots=True)
class Completion:
    """`certain` are all whose profile says a count, changed or not; `untold` are pupils without a line."""

    judged: Profiles
    problems: list[Problem]
    matching: Matching
    told: list[Told]
    certain: list[Match]
    not_sent: list[Pupil]
    untold: list[Pupil]
    not_stored: list[str]
    seen: str

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.problems if problem.blocks]

    @property
    def warnings(self) -> list[Problem]:
        return [problem for problem in self.problems if not problem.blocks]

    @property
    def unchanged(self) -> int:
        return len(self.certain) - len(self.told)


def judge_profile_draft(draft: PupilDraft, today: date) -> Profiles:
    """What the export says by itself. Asks nothing of the database."""
    columns = dict(draft.columns or {})
    levels = columns.pop(LEVELS, [])
    rows: list[tuple[int, list[Cell]]] = [(number, cells) for number, cells in draft.rows]
    return judge_profiles(rows, columns, levels, today=today)


def completion_of(draft: PupilDraft, judged: Profiles) -> Completion:
    """One query, whatever the number of pupils."""
    pupils = pupils_of(draft.establishment, draft.school_year)
    matching = match(judged.people, pupils, draft.settled)
    sent = [found for found in matching.matches if found.profile.competences is not None]
    certain = [found for found in sent if not _is_older(found)]
    older = [found for found in sent if _is_older(found)]
    asked_for = {found.pupil.pk for found in matching.matches}
    return Completion(
        judged=judged,
        problems=judged.problems + [_older(found, draft) for found in older],
        matching=matching,
        told=[told for found in certain if (told := _told(found))],
        certain=certain,
        not_sent=[found.pupil for found in matching.matches if found.profile.competences is None],
        untold=[pupil for pupil in pupils if pupil.pk not in asked_for],
        not_stored=_not_stored(draft),
        seen=fingerprint(pupils),
    )


def _told(found: Match) -> Told | None:
    """What is not sent never reaches this; a day that the file does not say takes none back."""
    pupil, competences = found.pupil, found.profile.competences
    assert competences is not None
    sent_on = found.profile.sent_on or pupil.profile_sent_on
    if (competences, sent_on) == (pupil.certifiable_competences, pupil.profile_sent_on):
        return None
    return Told(pupil, found.profile, competences, sent_on)


def _is_older(found: Match) -> bool:
    """An export of before the profile that we know: it tells nothing new."""
    known, sent_on = found.pupil.profile_sent_on, found.profile.sent_on
    return known is not None and sent_on is not None and sent_on < known


def _older(found: Match, draft: PupilDraft) -> Problem:
    profile, known, at = found.profile, found.pupil.profile_sent_on, (draft.columns or {}).get("sent_on", 0)
    fact = f"{profile.full_name}\u00a0: un profil plus récent, du {known:%d/%m/%Y}, est déjà connu."
    return Problem(
        "older", False, profile.line, letter(at), LABELS["sent_on"], f"{profile.sent_on:%d/%m/%Y}", fact,
        "rien, ce qui est connu est gardé.",
    )  # fmt: skip


def _not_stored(draft: PupilDraft) -> list[str]:
    columns = dict(draft.columns or {})
    kept = {*columns.pop(LEVELS, []), *columns.values()}
    return [label for at, label in enumerate(draft.labels) if label and at not in kept]
