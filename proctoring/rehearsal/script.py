"""What happens in a rehearsal: tables, and nothing else. `driver` plays them, `voices` tells what is only heard.

Seconds count from the instant at which the step named by `after` was really played, so that a proctor who went away
for five minutes finds the story where he left it, not five minutes of accidents at once. A step also waits for what
it needs of the proctor (`when`). To add an accident: a line in SCRIPT or VOICES, and one in `checklist`.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sessions_app.help import Topic

OPENING = "opening"  # the room is made
LAUNCH = "launch"  # the code is given: whoever is ticked may start
ROOM = "room"  # whose act is nobody's


class Act(StrEnum):
    """What a pupil, or somebody around the room, does by himself."""

    ENTER = "enter"  # sits down, gives his name
    ALERT = "alert"
    LEAVE = "leave"  # his page says that he left it
    RETURN = "return"
    FALL_SILENT = "fall_silent"
    ASK_BACK = "ask_back"  # from a computer that has started again
    TIME_OUT = "time_out"  # on a timed question
    COMPLETE = "complete"
    GIVE_CODE = "give_code"
    GO_OUT = "go_out"  # through the door, once the proctor has noted it
    NETWORK_BACK = "network_back"  # a while after the proctor has noted that it is gone
    # Answers to what the proctor did, below.
    START = "start"
    RESUME = "resume"
    USE_TICKET = "use_ticket"
    GO_ON = "go_on"
    ANSWER = "answer"


class When(StrEnum):
    """What must hold first; `scene` knows since when it does."""

    ALWAYS = "always"
    CODE_GIVEN = "code_given"
    READY = "ready"  # ticked, at his computer, and the code is given
    RUNS = "runs"  # in his test, at his computer, nothing pending
    AUTHORISED = "authorised"
    TICKETED = "ticketed"
    ANSWERED = "answered"  # his alert, for good
    TO_GO_ON = "to_go_on"  # the same, and he is still on that question
    CERTIFIABLE = "certifiable"
    LISTED = "listed"
    HERE = "here"  # at his computer
    SETTLED = "settled"  # a late pupil: refused, or ticked
    MOVED = "moved"  # to another computer, or his test is over
    WENT_OUT = "went_out"
    CAME_BACK = "came_back"
    INCIDENT_BEGUN = "incident_begun"  # of the whole room
    INCIDENT_OVER = "incident_over"
    CLOSED = "closed"


class Step(NamedTuple):
    """`pupil` does `act`, `delay` seconds after the step `after` was played, once `when` holds."""

    pupil: str
    act: Act
    after: str
    delay: int
    when: When = When.ALWAYS

    @property
    def key(self) -> str:
        return LAUNCH if self.act == Act.GIVE_CODE else f"{self.pupil or ROOM}.{self.act}"


def started(pupil: str) -> str:
    return f"{pupil}.{Act.START}"


def silence_of(pupil: str) -> str:
    """The step since which his computer says nothing."""
    return f"{pupil}.{Act.FALL_SILENT}"


SCRIPT = (
    # Arrivals. Élie sits in front of a test that a colleague began with him: `life` tells that story.
    Step("alix", Act.ENTER, OPENING, 2),
    Step("basile", Act.ENTER, OPENING, 4),
    Step("capucine", Act.ENTER, OPENING, 7),
    Step("dina", Act.ENTER, OPENING, 9),
    Step("hugo", Act.ENTER, OPENING, 12),
    Step("ines", Act.ENTER, OPENING, 14),
    Step("camille", Act.ENTER, OPENING, 40),
    Step("gaspard", Act.ENTER, OPENING, 45, When.CERTIFIABLE),
    Step("", Act.GIVE_CODE, OPENING, 0, When.CODE_GIVEN),
    # In their tests.
    Step("capucine", Act.FALL_SILENT, started("capucine"), 15, When.RUNS),
    Step("capucine", Act.ASK_BACK, silence_of("capucine"), 10),
    Step("basile", Act.ALERT, started("basile"), 20, When.RUNS),
    Step("dina", Act.FALL_SILENT, started("dina"), 10, When.RUNS),
    Step("fanny", Act.ENTER, LAUNCH, 35),
    Step("ines", Act.TIME_OUT, started("ines"), 40, When.RUNS),
    Step("hugo", Act.FALL_SILENT, started("hugo"), 50, When.RUNS),
    Step("lou", Act.ENTER, LAUNCH, 70, When.LISTED),
    Step("alix", Act.LEAVE, started("alix"), 60, When.RUNS),
    Step("alix", Act.FALL_SILENT, f"alix.{Act.LEAVE}", 0),
    Step("alix", Act.RETURN, f"alix.{Act.LEAVE}", 70),
    Step("camille", Act.GO_OUT, started("camille"), 14, When.WENT_OUT),
    Step("", Act.NETWORK_BACK, LAUNCH, 88, When.INCIDENT_BEGUN),
    # They finish, one after the other; Dina, Hugo and Élie do not by themselves.
    Step("alix", Act.COMPLETE, LAUNCH, 145, When.RUNS),
    Step("camille", Act.COMPLETE, LAUNCH, 148, When.RUNS),
    Step("basile", Act.COMPLETE, LAUNCH, 151, When.RUNS),
    Step("capucine", Act.COMPLETE, LAUNCH, 154, When.RUNS),
    Step("ines", Act.COMPLETE, LAUNCH, 157, When.RUNS),
    Step("gaspard", Act.COMPLETE, LAUNCH, 160, When.RUNS),
    Step("jules", Act.COMPLETE, LAUNCH, 163, When.RUNS),
    Step("fanny", Act.COMPLETE, LAUNCH, 168, When.RUNS),
    Step("lou", Act.COMPLETE, LAUNCH, 174, When.RUNS),
)


class Reflex(NamedTuple):
    """What any pupil does `delay` seconds after the proctor did something, as often as he does it."""

    when: When
    act: Act
    delay: int


REFLEXES = (
    Reflex(When.READY, Act.START, 4),
    Reflex(When.AUTHORISED, Act.RESUME, 6),
    Reflex(When.TICKETED, Act.USE_TICKET, 6),
    Reflex(When.TO_GO_ON, Act.GO_ON, 2),
)
DIRECTION_ANSWERS_AFTER = 20


@dataclass(frozen=True, slots=True)
class Voice:
    """What one sees or hears in the room, and no screen tells: from `delay` after `after` until `over` holds.

    `lasts`: seconds after which it is not told any more, whatever happened. `hint` stands where no subject of « Que
    faire si… » does.
    """

    key: str
    after: str
    delay: int
    says: str
    pupil: str = ""
    topic: Topic | None = None
    hint: str = ""
    over: When | None = None
    lasts: int = 300


VOICES = (
    Voice("arrivees", OPENING, 0, "Les élèves s’installent. Cochez chaque élève que vous reconnaissez.", lasts=25),
    Voice(
        "ordinateur", OPENING, 12, "Poste 3\u00a0: Camille CÈDRE ne peut pas ouvrir l’ordinateur.",
        pupil="camille", topic=Topic.COMPUTER_LOGIN, over=When.HERE,
    ),
    Voice(
        "codes", OPENING, 22,
        "Poste 1\u00a0: Alix AUBÉPINE a oublié ses codes Pix. Sa fiche dit «\u00a0Médiacentre (ENT)\u00a0».",
        pupil="alix", topic=Topic.PIX_CODES, lasts=40,
    ),
    Voice(
        "ticket", OPENING, 30,
        "Poste 11\u00a0: Jules JASMIN tape son nom, et la page ne le reconnaît pas.",
        pupil="jules", over=When.HERE,
        hint="Menu de sa ligne\u00a0: «\u00a0Montrer à l’élève\u00a0», puis «\u00a0Faire entrer cet élève\u00a0».",
    ),
    Voice(
        "sos", OPENING, 40,
        "Poste 7\u00a0: Gaspard GENÊT finit le parcours SOS. Son écran montre 5 compétences certifiables.",
        pupil="gaspard", topic=Topic.NEVER_CONNECTED, over=When.CERTIFIABLE,
    ),
    Voice(
        "code", OPENING, 55, "Ceux que vous avez cochés attendent le code d’accès.",
        pupil="elie", over=When.CODE_GIVEN,
        hint="Lisez les consignes («\u00a0Plus\u00a0»), puis «\u00a0Afficher le code d’accès\u00a0».",
    ),
    Voice(
        "question", f"basile.{Act.ALERT}", 0, "Poste 2\u00a0: Basile BOULEAU lève la main.",
        pupil="basile", topic=Topic.QUESTION, over=When.ANSWERED,
    ),
    Voice(
        "retard", LAUNCH, 30, "Fanny FOUGÈRE entre dans la salle, en retard.",
        pupil="fanny", topic=Topic.LATE, over=When.SETTLED,
    ),
    Voice(
        "chronometre", f"ines.{Act.TIME_OUT}", 0,
        "Poste 9\u00a0: Inès IRIS n’a pas eu le temps de répondre à une question chronométrée.",
        pupil="ines", topic=Topic.TIMED_QUESTION, lasts=60,
    ),
    Voice(
        "ecran-noir", silence_of("hugo"), 2, "Poste 8\u00a0: l’écran de Hugo HOUX vient de s’éteindre.",
        pupil="hugo", topic=Topic.WORKSTATION, over=When.MOVED,
    ),
    Voice(
        "porte", LAUNCH, 65, "À la porte\u00a0: Lou LILAS, née le 04/09/2011. Elle n’est pas sur votre liste.",
        pupil="lou", topic=Topic.NOT_ON_THE_LIST, over=When.LISTED,
    ),
    Voice(
        "sortie", started("camille"), 14, "Poste 3\u00a0: Camille CÈDRE demande à sortir un instant.",
        pupil="camille", over=When.WENT_OUT, lasts=60,
        hint="Menu de sa ligne\u00a0: «\u00a0Sortie\u00a0». L’heure va au PV, son temps continue.",
    ),
    Voice(
        "retour", f"camille.{Act.GO_OUT}", 16, "Poste 3\u00a0: Camille CÈDRE est revenue à sa place.",
        pupil="camille", over=When.CAME_BACK, lasts=60, hint="Sur sa ligne\u00a0: «\u00a0Retour\u00a0».",
    ),
    Voice(
        "reseau", LAUNCH, 88, "Tous les écrans se figent d’un coup\u00a0: le réseau de la salle est tombé.",
        over=When.INCIDENT_BEGUN, lasts=50,
        hint="Dans «\u00a0Plus\u00a0»\u00a0: «\u00a0Incident dans toute la salle\u00a0». Personne ne passe alors"
        " en temps écoulé.",
    ),
    Voice(
        "reseau-revenu", f"{ROOM}.{Act.NETWORK_BACK}", 10, "Le réseau est revenu, les tests continuent.",
        over=When.INCIDENT_OVER, lasts=60,
        hint="En haut de la salle\u00a0: «\u00a0Fin de l’incident\u00a0», et les minutes à rendre.",
    ),
    Voice(
        "deconnexion", LAUNCH, 108,
        "Essayez\u00a0: fermez cette page, puis revenez par «\u00a0Reprendre mon entraînement\u00a0».",
        topic=Topic.DISCONNECTED, lasts=36,
    ),
    Voice(
        "page-absente", LAUNCH, 128, "Et si cette page ne s’ouvrait plus du tout\u00a0?",
        topic=Topic.UNREACHABLE, lasts=40,
    ),
    Voice(
        "fin", LAUNCH, 150, "Les élèves finissent. Terminez les tests qui restent, puis clôturez.",
        pupil="elie", over=When.CLOSED, lasts=1800,
        hint="Katia KUMQUAT n’est pas venue\u00a0: le PV la dira absente.",
    ),
)  # fmt: skip
