"""« Que faire si… » in the room, as data (R18): when a subject fits, which gesture it takes, else whom to call.

A gesture is named by its address, and found again among those that the row offers: what the transition table does
not allow is not among them (R6, R20). So nothing here decides what is permitted, only what helps.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from proctoring.categories import EXTRA_TIME_EXCEEDED
from sessions_app.enums import SignInMode
from sessions_app.help import Topic
from sessions_app.help.callers import CallFor


class Situation(StrEnum):
    """What holds now, of the room or of one pupil; what stands first calls for its subject first."""

    ALERT = "alert"
    RESUME = "resume"
    ROOM_INCIDENT = "room_incident"
    SILENT_TOGETHER = "silent_together"
    DISCONNECTED = "disconnected"
    OVERTIME = "overtime"
    NOT_CERTIFIABLE = "not_certifiable"
    NEVER_CONNECTED = "never_connected"  # sign-in mode
    LATE = "late"  # expected after the launch
    TIMED = "timed"  # extra time, and his test runs
    AUTHORISED = "authorised"  # to resume
    IN_PROGRESS = "in_progress"
    TO_SIGN_IN = "to_sign_in"  # expected or present
    SIGN_IN_UNKNOWN = "sign_in_unknown"
    EXPECTED = "expected"
    PRESENT = "present"
    STARTED = "started"  # his test runs or is over
    OVER = "over"
    BEFORE_LAUNCH = "before_launch"
    LAUNCHED = "launched"
    CLOSED = "closed"


S = Situation


@dataclass(frozen=True, slots=True)
class Way:
    """A gesture by its address below the candidate's, or below the room's where the subject is the room's.

    `when`: only in that situation, though the row would allow it.
    """

    path: str
    when: Situation | None = None


@dataclass(frozen=True, slots=True)
class Advice:
    """One subject. `for_pupil`, `for_room`: where it fits, it stands first; elsewhere it is folded.

    `ways`: the first that is offered is the one shown; `call`: who helps where there is none. `why_not`: said instead
    of a gesture, the first whose situation holds. `codes`, `tutorial`: with the steps of `sessions_app.help.tutorial`.
    """

    topic: Topic
    for_pupil: tuple[Situation, ...] = ()
    for_room: tuple[Situation, ...] = ()
    ways: tuple[Way, ...] = ()
    of_room: bool = False
    call: CallFor | None = None
    why_not: tuple[tuple[Situation, str], ...] = ()
    codes: bool = False
    tutorial: bool = False


SAID_CLOSED = (S.CLOSED, "La session est clôturée\u00a0: plus aucun geste n’y est possible.")
SAID_BEFORE = (S.TO_SIGN_IN, "Il n’a pas commencé son test\u00a0: il n’a rien perdu.")
SAID_STARTED = (S.STARTED, "Il a commencé son test.")

ADVICE: tuple[Advice, ...] = (
    Advice(
        Topic.LATE,
        for_pupil=(S.LATE,),
        for_room=(S.LATE,),
        ways=(Way("retard/"), Way("direction/retard/")),
        why_not=(
            SAID_CLOSED,
            (S.NOT_CERTIFIABLE, "Pas encore certifiable\u00a0: il suit d’abord le parcours SOS."),
            (S.PRESENT, "Sa présence est déjà notée."),
            SAID_STARTED,
            (S.BEFORE_LAUNCH, "La session n’est pas lancée\u00a0: il n’est pas en retard. Cochez-le."),
            (S.LATE, "La direction a été prévenue, ou la question est réglée\u00a0: voyez sa ligne."),
        ),
    ),
    Advice(
        Topic.COMPUTER_LOGIN,
        for_pupil=(S.EXPECTED, S.PRESENT),
        for_room=(S.BEFORE_LAUNCH,),
        call=CallFor.COMPUTER,
    ),
    Advice(
        Topic.PIX_CODES,
        for_pupil=(S.TO_SIGN_IN, S.SIGN_IN_UNKNOWN),
        for_room=(S.BEFORE_LAUNCH,),
        call=CallFor.PIX,
        codes=True,
    ),
    Advice(
        Topic.NEVER_CONNECTED,
        for_pupil=(S.NOT_CERTIFIABLE, S.NEVER_CONNECTED, S.SIGN_IN_UNKNOWN),
        for_room=(S.NOT_CERTIFIABLE, S.BEFORE_LAUNCH),
        ways=(Way("certifiable/"),),
        why_not=(
            SAID_CLOSED,
            SAID_STARTED,
            (
                S.TO_SIGN_IN,
                "Rien à noter ici\u00a0: sa fiche ne le refuse pas. Son profil certifiable, cochez-le.",
            ),
        ),
        tutorial=True,
    ),
    Advice(
        Topic.NOT_ON_THE_LIST,
        for_room=(S.BEFORE_LAUNCH, S.LAUNCHED),
        ways=(Way("absent-de-la-liste/"),),
        of_room=True,
        why_not=(SAID_CLOSED,),
    ),
    Advice(
        Topic.WORKSTATION,
        for_pupil=(S.RESUME, S.ROOM_INCIDENT, S.DISCONNECTED, S.OVERTIME, S.AUTHORISED, S.IN_PROGRESS),
        for_room=(S.RESUME, S.ROOM_INCIDENT, S.DISCONNECTED, S.OVERTIME, S.LAUNCHED),
        ways=(Way("reprise/", S.RESUME), Way("poste-defaillant/"), Way("direction/reouverture/")),
        why_not=(SAID_CLOSED, SAID_BEFORE, (S.OVER, "Son test est terminé.")),
    ),
    Advice(
        Topic.QUESTION,
        for_pupil=(S.ALERT, S.IN_PROGRESS),
        for_room=(S.ALERT, S.LAUNCHED),
        ways=(Way("signalement/", S.ALERT), Way("incident/", S.STARTED)),
        why_not=(SAID_CLOSED, SAID_BEFORE),
    ),
    Advice(
        Topic.TIMED_QUESTION,
        for_pupil=(S.TIMED,),
        for_room=(S.TIMED,),
        ways=(Way(f"incident/?categorie={EXTRA_TIME_EXCEEDED}", S.STARTED),),
        why_not=(SAID_CLOSED, SAID_BEFORE),
    ),
    Advice(Topic.DISCONNECTED, for_room=(S.ROOM_INCIDENT,), call=CallFor.DIRECTION),
    Advice(
        Topic.UNREACHABLE,
        for_pupil=(S.ROOM_INCIDENT,),
        for_room=(S.ROOM_INCIDENT, S.SILENT_TOGETHER),
        call=CallFor.NETWORK,
    ),
)

# Whom to call for forgotten codes depends on how he signs in.
CALL_FOR_CODES: Mapping[str, CallFor] = MappingProxyType(
    {SignInMode.MEDIACENTRE: CallFor.ENT, SignInMode.USERNAME: CallFor.PIX, SignInMode.EMAIL: CallFor.PIX}
)

# What a situation means, before any subject: one sentence under « En ce moment ».
MEANS: Mapping[Situation, str] = MappingProxyType(
    {
        S.ALERT: "L’élève attend devant sa question\u00a0: allez voir son écran.",
        S.RESUME: "L’élève demande à reprendre, d’un poste redémarré ou d’un autre."
        " Vérifiez que c’est bien lui.",
        S.OVERTIME: "Rien ne s’arrête tout seul. Si l’élève a perdu du temps, rendez-le\u00a0:"
        " «\u00a0Minutes perdues\u00a0». Sinon, laissez-le valider sa réponse et terminez.",
        S.DISCONNECTED: "Son poste ne donne plus de nouvelles\u00a0: allez voir. Son test n’est pas perdu.",
        S.AUTHORISED: "L’élève retape le code d’accès et revient à sa question.",
        S.NOT_CERTIFIABLE: "L’élève ne peut pas commencer tant que son profil n’est pas certifiable.",
        S.LATE: "Les autres ont commencé. L’élève était-il dans la salle au lancement\u00a0?",
    }
)
