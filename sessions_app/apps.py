from django.apps import AppConfig
from django.core.checks import Tags, register
from django.db.models.signals import post_migrate


class SessionsAppConfig(AppConfig):
    name = "sessions_app"
    verbose_name = "Sessions"

    def ready(self) -> None:
        from sessions_app import checks
        from sessions_app.triggers import install_after_migrate

        for check in (
            checks.no_demonstration_in_public,
            checks.nobody_waits_for_ever,
            checks.replica_follows_the_primary,
        ):
            register(check, Tags.database)
        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="sessions_app.triggers")
