"""Checks that need the database: `manage.py check --database default`."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from sessions_app import standby


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


def replica_follows_the_primary(
    app_configs: Sequence[AppConfig] | None, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Anything else would never be used: it replays nothing, or another history than ours."""
    if "replica" not in (databases or []):
        return []
    if standby.standing(connections["replica"], standby.place(connections[DEFAULT_DB_ALIAS])).follows:
        return []
    return [
        Error(
            "DATABASE_REPLICA_URL n’est pas une copie en réplication continue de DATABASE_URL\u00a0: elle ne sert pas.",
            hint="Voir «\u00a0Une copie pour les archives\u00a0» dans docs/operating.md, surtout après une promotion.",
            id="sessions_app.E003",
        )
    ]


def _told(connection: BaseDatabaseWrapper, statement: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
