"""« Que faire si… » in the school's own words (P9)."""

from sessions_app.models import HelpText


def save_help_text(row: HelpText) -> None:
    """Empty again, it is ours that stands there."""
    if row.text or row.link or row.checked_on:
        row.save()
    elif row.pk is not None:
        row.delete()
