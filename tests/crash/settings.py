"""The settings of production, but for static files: straight from their sources, whatever else is being tested."""

from pixsurv.settings import *  # noqa: F403
from pixsurv.settings import STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True
