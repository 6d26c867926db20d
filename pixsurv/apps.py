from django.apps import AppConfig


class PixsurvConfig(AppConfig):
    name = "pixsurv"
