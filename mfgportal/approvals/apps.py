from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    name = "mfgportal.approvals"
    label = "approvals"
