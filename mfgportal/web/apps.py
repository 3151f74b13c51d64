from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "mfgportal.web"
    label = "web"
