from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "mfgportal.api"
    label = "api"
