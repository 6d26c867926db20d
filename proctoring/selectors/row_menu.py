"""The menu of a row, by keys: a browser with scripts makes it from one copy for the page (static/rows.js)."""

from proctoring.selectors.gesture import Gesture
from proctoring.selectors.row_case import case_gestures

# What every row of an open room offers: its keys need not travel forty times.
ALWAYS = frozenset({"incident", "aide", "detail"})


def menu_entries(name: str) -> dict[str, Gesture]:
    """Every gesture that a menu may hold, by key, in the order of the menu; for the person of that name. Ending stands
    alone, last. With an empty name, the words of all end where the name goes."""
    return {
        "reprise": Gesture("Autoriser la reprise", f"du test de {name}", "reprise/"),
        "retirer": Gesture("Retirer l’autorisation de reprise", f"de {name}", "reprise/retirer/", asks=False),
        "ignorer": Gesture("Ignorer la demande", f"de {name}", "demande/ignorer/", asks=False),
        "annuler": Gesture("Annuler la fin", f"du test de {name}", "fin/annuler/", asks=False),
        "retour": Gesture("Retour", f"de {name}", "retour/", asks=False),
        **case_gestures(name),
        "incident": Gesture("Incident", f"concernant {name}", "incident/"),
        "poste": Gesture("Poste défaillant", f": {name}", "poste-defaillant/"),
        "sortie": Gesture("Sortie", f"de {name}", "sortie/", asks=False),
        "aide": Gesture("Que faire si…", f"pour {name}", "aide/"),
        "detail": Gesture("Détail et autres gestes", f"pour {name}", ""),
        "fin": Gesture("Terminer le test", f"de {name}", "fin/", danger=True),
    }


def whole_menu() -> list[tuple[str, Gesture]]:
    """For the page's one copy: the key that a row must name, empty for what every row has, and the gesture."""
    return [("" if key in ALWAYS else key, gesture) for key, gesture in menu_entries("").items()]
