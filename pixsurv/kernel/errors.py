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

    def __init__(self) -> None:
        super().__init__("busy", "Le serveur est très sollicité. Réessayez dans deux secondes.", status=503)


class TooMany(Later):
    """Too many wrong guesses (mechanics §8): whatever was typed was not looked at."""

    def __init__(self, sentence: str, seconds: int) -> None:
        super().__init__("too_many_requests", sentence, status=429)
        self.retry_after = seconds
