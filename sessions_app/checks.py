"""Checks that need the database: `manage.py check --database default`."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections


def no_demonstration_in_public(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Demonstration accounts behind https, unless PIXSURV_DEMO says that it is meant (mechanics §16)."""
    from sessions_app.models import Account

    if not settings.HTTPS or settings.DEMO:
        return []
    for alias in databases or []:
        if Account._meta.db_table not in connections[alias].introspection.table_names():
            continue  # before the first migration
        if Account.objects.using(alias).filter(memberships__establishment__is_demo=True).exists():
            return [
                Error(
                    "Des comptes de démonstration existent sur un service ouvert en https.",
                    hint="Supprimez-les, ou dites que c’est voulu avec PIXSURV_DEMO=1.",
                    id="sessions_app.E001",
                )
            ]
    return []
