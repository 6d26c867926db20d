"""When the instructions were read, from the journals written so far."""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps: Any, schema_editor: Any) -> None:
    """One statement; the first event of the kind counts, as it did."""
    session, event = (apps.get_model("sessions_app", name) for name in ("Session", "Event"))
    read = event.objects.filter(kind="instructions_read").order_by("sequence")
    first = read.filter(session_id=OuterRef("pk")).values("observed_at")[:1]
    session.objects.filter(pk__in=read.order_by().values("session_id")).update(
        instructions_read_at=Subquery(first)
    )


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0020_instructions_read")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
