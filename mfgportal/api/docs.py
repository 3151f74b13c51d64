"""The API's page for people: Swagger from the sidecar, its script in a file, so that the CSP holds."""

from drf_spectacular.views import SpectacularSwaggerSplitView


class Docs(SpectacularSwaggerSplitView):
    url_name = "api_schema"
    template_name = "api/docs.html"
