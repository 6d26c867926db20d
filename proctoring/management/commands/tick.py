"""`manage.py tick`: for those who have cron, what any request on a session does by itself (mechanics §3)."""

from typing import Any

from django.core.management.base import BaseCommand

from pixsurv.kernel import clock
from proctoring.rehearsal import life
from proctoring.services import once, scans
from proctoring.services.due import advance_session
from sessions_app.models import Session


class Command(BaseCommand):
    help = (
        "Écrit ce qui est échu dans chaque session\u00a0: fins automatiques, délais de 24 h. "
        "Efface les entraînements finis."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        due = list(Session.objects.filter(next_due_at__lte=now).order_by("pk").values_list("pk", flat=True))
        for session_id in due:
            advance_session(session_id, now=now)
        once.purge(now=now)
        scans.purge(now=now)
        removed = life.remove_expired(now=now)
        self.stdout.write(
            f"{len(due)} session{'s' if len(due) > 1 else ''} mise{'s' if len(due) > 1 else ''} à jour."
        )
        if removed:
            plural = "s" if removed > 1 else ""
            self.stdout.write(f"{removed} entraînement{plural} effacé{plural}.")
