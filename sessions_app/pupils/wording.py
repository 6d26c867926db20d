"""What is known of a profile, and how many, in the words of P2."""

from sessions_app.models.candidate import COMPETENCES_IN_ALL, COMPETENCES_NEEDED


def count(number: int, one: str, many: str = "") -> str:
    """« 1 parti », « 2 partis », « 0 nouveau »: in French, none is singular."""
    return f"{number} {(many or f'{one}s') if number > 1 else one}"


def certifiable_words(competences: int | None, *, exact: bool = False) -> str:
    """« Certifiable », « Pas encore certifiable (3/5) », « Non vérifié »; `exact` counts the first too."""
    if competences is None:
        return "Non vérifié"
    if competences < COMPETENCES_NEEDED:
        return f"Pas encore certifiable ({competences}/{COMPETENCES_NEEDED})"
    return f"Certifiable ({competences}/{COMPETENCES_IN_ALL})" if exact else "Certifiable"
