from django.apps import AppConfig


class WorkbenchConfig(AppConfig):
    name = "mfgportal.workbench"
    label = "workbench"
