"""Liveness and readiness (contract.md, Pages)."""

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@login_not_required
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers. Touches nothing else."""
    return HttpResponse("vivant\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """The database answers and its migrations are applied; 503 with one word otherwise."""
    try:
        connection.ensure_connection()
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error:
        return HttpResponse("base injoignable\n", status=503, content_type="text/plain; charset=utf-8")
    if pending:
        return HttpResponse("migrations en attente\n", status=503, content_type="text/plain; charset=utf-8")
    return HttpResponse("prêt\n", content_type="text/plain; charset=utf-8")
