from django.apps import AppConfig


class DisplaysConfig(AppConfig):
    name = "mfgportal.displays"
    label = "displays"
