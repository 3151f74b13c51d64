from django.apps import AppConfig


class KpisConfig(AppConfig):
    name = "kpis"
    verbose_name = "Reporting schema and KPIs"
    default_auto_field = "django.db.models.BigAutoField"
