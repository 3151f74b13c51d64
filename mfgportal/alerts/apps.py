from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "mfgportal.alerts"
    label = "alerts"
