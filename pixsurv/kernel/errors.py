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


class Busy(DomainError):
    """The session's lock could not be had in time: nothing was done, asking again is right."""

    retry_after = 2  # seconds

    def __init__(self) -> None:
        super().__init__("busy", "Le serveur est très sollicité. Réessayez dans deux secondes.", status=503)
