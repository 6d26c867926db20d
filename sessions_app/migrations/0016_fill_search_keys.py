"""Both orders of the names of candidates enrolled so far, from the folded keys that they have."""

from typing import Any

from django.db import migrations
from django.db.models import F, Value
from django.db.models.functions import Concat, Length, Replace, Substr


def fill(apps: Any, schema_editor: Any) -> None:
    """One statement; an eliminated candidate, whose keys are empty, keeps empty ones."""
    first = Substr("sort_key", Length("last_name_key") + 2)
    apps.get_model("sessions_app", "Candidate").objects.update(
        last_first_key=Replace("sort_key", Value(" "), Value("")),
        first_last_key=Concat(first, F("last_name_key")),
    )


class Migration(migrations.Migration):
    dependencies = [("sessions_app", "0015_search_keys")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
