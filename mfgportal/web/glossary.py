"""What each number means, from the definitions themselves."""

from django.http import HttpRequest, HttpResponse

from mfgportal.web.page import Crumb, page


def glossary(request: HttpRequest) -> HttpResponse:
    return page(request, "glossary", {"title": "Glossary", "crumbs": [Crumb("Glossary")]})
