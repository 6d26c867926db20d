"""Whose profile is this? By names, and class when it helps; what they don't settle is asked, never guessed (P2)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pixsurv.kernel.identity import begins_alike, fold
from sessions_app.imports.profiles import Profile
from sessions_app.models import Pupil

NOBODY = 0


@dataclass(frozen=True, slots=True)
class Match:
    profile: Profile
    pupil: Pupil


@dataclass(frozen=True, slots=True)
class Question:
    """A participant who may be one of these pupils. `answer` is an id, NOBODY, or None while nobody said."""

    profile: Profile
    options: list[Pupil]
    why: str
    answer: int | None


@dataclass(frozen=True, slots=True)
class Matching:
    """Every participant is in one of these; `questions` are all that had to be asked, answered or not."""

    matches: list[Match]
    questions: list[Question]
    unknown: list[Profile]

    @property
    def open_questions(self) -> list[Question]:
        return [question for question in self.questions if question.answer is None]


def match(profiles: Sequence[Profile], pupils: Sequence[Pupil], settled: Mapping[str, int]) -> Matching:
    """Match by the same names, then what else is equal; `settled` holds what an admin answered, by line."""
    matcher = _Matcher(pupils, settled)
    by_names: dict[str, list[Profile]] = defaultdict(list)
    for profile in profiles:
        by_names[profile.names_key].append(profile)
    without = [
        profile
        for key, group in by_names.items()
        for profile in matcher.same_names(group, matcher.named[key])
    ]
    for profile in sorted(without, key=lambda one: one.line):
        matcher.nearly(profile)
    return matcher.result()


class _Matcher:
    def __init__(self, pupils: Sequence[Pupil], settled: Mapping[str, int]) -> None:
        self.settled = settled
        self.taken: set[int] = set()
        self.matches: list[Match] = []
        self.asked: list[tuple[Profile, list[Pupil], str]] = []
        self.unknown: list[Profile] = []
        self.named: dict[str, list[Pupil]] = defaultdict(list)
        self.by_last: dict[str, list[Pupil]] = defaultdict(list)
        self.by_first: dict[str, list[Pupil]] = defaultdict(list)
        for pupil in pupils:
            self.named[pupil.sort_key].append(pupil)
            self.by_last[pupil.last_name_key].append(pupil)
            self.by_first[fold(pupil.first_name)].append(pupil)

    def same_names(self, profiles: list[Profile], pupils: list[Pupil]) -> list[Profile]:
        """Settle those who share both names with these pupils; returns those who share them with nobody."""
        if not pupils:
            return profiles
        if len(profiles) == len(pupils) == 1:
            self._take(profiles[0], pupils[0])
            return []
        left = profiles
        for equal in (_same_local_id, _same_class):
            left = self._pair(left, self._free(pupils), equal)
        why = "Plusieurs élèves ou plusieurs lignes portent ce nom."
        for profile in left:
            if options := self._free(pupils):
                self.asked.append((profile, options, why))
            else:
                self.unknown.append(profile)
        return []

    def _pair(
        self, profiles: list[Profile], pupils: list[Pupil], equal: Callable[[Profile, Pupil], bool]
    ) -> list[Profile]:
        """Match those for whom `equal` says one pupil, who has one such line; returns the others."""
        pairs = [(profile, pupil) for profile in profiles for pupil in pupils if equal(profile, pupil)]
        lines = Counter(profile.line for profile, _ in pairs)
        ids = Counter(pupil.pk for _, pupil in pairs)
        sure = {p.line: pupil for p, pupil in pairs if lines[p.line] == ids[pupil.pk] == 1}
        for profile in profiles:
            if profile.line in sure:
                self._take(profile, sure[profile.line])
        return [profile for profile in profiles if profile.line not in sure]

    def nearly(self, profile: Profile) -> None:
        """Nobody has these names: who almost has them is asked about."""
        last, first = fold(profile.last_name), fold(profile.first_name)
        near = [
            *(one for one in self.by_last[last] if begins_alike(one.first_name, profile.first_name)),
            *(one for one in self.by_last[first] if fold(one.first_name) == last),
            *(
                one
                for one in self.by_first[first]
                if one.last_name_key.startswith(last) or last.startswith(one.last_name_key)
            ),
        ]
        options = self._free({one.pk: one for one in near}.values())
        if options:
            self.asked.append(
                (profile, options, "Aucun élève n’a exactement ce nom\u00a0; celui-ci s’en approche.")
            )
        else:
            self.unknown.append(profile)

    def result(self) -> Matching:
        """Apply the answers: a pupil is given to one line only, the first that asks for him."""
        questions = []
        for profile, options, why in sorted(self.asked, key=lambda asked: asked[0].line):
            answer = self.settled.get(str(profile.line))
            chosen = next((one for one in options if one.pk == answer), None)
            if chosen is not None and chosen.pk not in self.taken:
                self._take(profile, chosen)
            elif answer == NOBODY:
                self.unknown.append(profile)
            else:
                answer = None
            questions.append(Question(profile, options, why, answer))
        self.matches.sort(key=lambda found: found.profile.line)
        self.unknown.sort(key=lambda profile: profile.line)
        return Matching(self.matches, questions, self.unknown)

    def _take(self, profile: Profile, pupil: Pupil) -> None:
        self.taken.add(pupil.pk)
        self.matches.append(Match(profile, pupil))

    def _free(self, pupils: Iterable[Pupil]) -> list[Pupil]:
        return [one for one in pupils if one.pk not in self.taken]


def _same_local_id(profile: Profile, pupil: Pupil) -> bool:
    return bool(profile.local_id) and profile.local_id == pupil.local_id


def _same_class(profile: Profile, pupil: Pupil) -> bool:
    return bool(fold(profile.class_name)) and fold(profile.class_name) == fold(pupil.class_name)
