from django.urls import include, path

from mfgportal.health import health

urlpatterns = [
    path("health", health),
    path("account/", include("allauth.account.urls")),
]
