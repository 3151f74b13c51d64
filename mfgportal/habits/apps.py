from django.apps import AppConfig


class HabitsConfig(AppConfig):
    name = "mfgportal.habits"
    label = "habits"
