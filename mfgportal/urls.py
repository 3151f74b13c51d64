from django.urls import include, path

from mfgportal.health import health
from mfgportal.web import glossary, overview

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("glossary/", glossary.glossary, name="glossary"),
    path("health", health, name="health"),
    path("account/", include("allauth.account.urls")),
]
