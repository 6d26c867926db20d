"""What became of the alerts of a session: the gate counts them from the rows, the report from the journal, alike."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tally:
    """`unanswered`: the test ended before; `moot`: he answered his question meanwhile. The others were answered."""

    received: int = 0
    waiting: int = 0
    unanswered: int = 0
    moot: int = 0

    @property
    def answered(self) -> int:
        return self.received - self.waiting - self.unanswered - self.moot

    @property
    def words(self) -> str:
        """« 3 reçus, 1 traité, 2 sans réponse »; empty when there was none."""
        if not self.received:
            return ""
        told = [f"{self.received} reçu{'s' if self.received > 1 else ''}"]
        told += [f"{self.answered} traité{'s' if self.answered > 1 else ''}"] if self.answered else []
        told += [f"{self.waiting} en attente"] if self.waiting else []
        told += [f"{self.unanswered} sans réponse"] if self.unanswered else []
        told += [f"{self.moot} sans objet"] if self.moot else []
        return ", ".join(told)
