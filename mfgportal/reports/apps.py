from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "mfgportal.reports"
    label = "reports"
