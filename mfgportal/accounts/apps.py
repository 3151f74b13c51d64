from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mfgportal.accounts"
    label = "accounts"
