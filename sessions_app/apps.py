from django.apps import AppConfig
from django.db.models.signals import post_migrate


class SessionsAppConfig(AppConfig):
    name = "sessions_app"
    verbose_name = "Sessions"

    def ready(self) -> None:
        from sessions_app.triggers import install_after_migrate

        post_migrate.connect(install_after_migrate, sender=self, dispatch_uid="sessions_app.triggers")
