"""Refusals. Tests and programs match the code, people read the sentence."""


class DomainError(Exception):
    """An act that the rules refuse.

    `code` is stable (contract.md), `sentence` is French and says what to do, `status` is the HTTP status
    that a page or the API answers with.
    """

    def __init__(self, code: str, sentence: str, *, status: int = 409) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
        self.status = status


class Later(DomainError):
    """Nothing was done, and asking again is right after `retry_after` seconds."""

    retry_after = 2


class Busy(Later):
    """The session's lock could not be had in time."""

    sentence = "Le serveur est très sollicité. Réessayez dans deux secondes."

    def __init__(self) -> None:
        super().__init__("busy", self.sentence, status=503)


class Away(Busy):
    """The database did not answer, or went away in the middle: what was asked may have been done, or not."""

    retry_after = 5
    sentence = (
        "La base de données ne répond pas. Votre geste n’est peut-être pas enregistré\u00a0: recommencez-le dans"
        " quelques secondes, il ne comptera qu’une fois."
    )


class Full(Away):
    """The database has no room left to write: nothing was done, and reading goes on."""

    sentence = (
        "Le disque du serveur est plein\u00a0: rien ne peut être enregistré, votre geste ne l’est pas. Prévenez la"
        " personne qui s’occupe du serveur\u00a0; en attendant, servez-vous de la feuille de secours."
    )


class TooMany(Later):
    """Too many wrong guesses (mechanics §8): whatever was typed was not looked at."""

    def __init__(self, sentence: str, seconds: int) -> None:
        super().__init__("too_many_requests", sentence, status=429)
        self.retry_after = seconds
