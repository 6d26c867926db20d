"""Heartbeats rewrite a running attempt every 15 s: room on its page lets PostgreSQL do that without touching an
index or leaving anything for a vacuum (a HOT update). Pages that are full already change with time."""

from typing import Any

from django.db import migrations

FILLFACTOR = 70  # a third of each page stays free for new versions of its rows


def reserve(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"ALTER TABLE proctoring_attempt SET (fillfactor = {FILLFACTOR})")


def release(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE proctoring_attempt RESET (fillfactor)")


class Migration(migrations.Migration):
    dependencies = [("proctoring", "0010_rehearsals")]

    operations = [migrations.RunPython(reserve, release)]
