"""Checks that need the database: `manage.py check --database default`."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper


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


def nobody_waits_for_ever(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """The limits that our transactions rely on. Behind a pooler nobody but its own configuration can set them."""
    asked = [connections[alias] for alias in databases or [] if connections[alias].vendor == "postgresql"]
    return [
        Error(
            f"La base «\u00a0{connection.alias}\u00a0» n’a pas de lock_timeout\u00a0: une salle y attendrait sans fin.",
            hint="Derrière PgBouncer, reprenez connect_query de deploy/pgbouncer.ini.",
            id="sessions_app.E002",
        )
        for connection in asked
        if _told(connection, "SHOW lock_timeout") == "0"
    ]


def replica_is_a_standby(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Anything else would never be used: it replays nothing."""
    if "replica" not in (databases or []) or _told(connections["replica"], "SELECT pg_is_in_recovery()"):
        return []
    return [
        Error(
            "DATABASE_REPLICA_URL n’est pas une copie en réplication continue\u00a0: elle ne servirait jamais.",
            hint="Voir «\u00a0Une copie pour les archives\u00a0» dans docs/operating.md.",
            id="sessions_app.E003",
        )
    ]


def _told(connection: BaseDatabaseWrapper, statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
