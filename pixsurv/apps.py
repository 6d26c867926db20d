from django.apps import AppConfig
from django.conf import settings


class PixsurvConfig(AppConfig):
    name = "pixsurv"

    def ready(self) -> None:
        if settings.SENTRY_DSN:
            # Imported only where it is wanted: it takes a tenth of a second and ten megabytes.
            from pixsurv.failures import tell_failures

            tell_failures(settings.SENTRY_DSN)
