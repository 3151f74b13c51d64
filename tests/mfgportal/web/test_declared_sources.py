"""Declared sources on the sources page."""

from django.core.files.uploadedfile import SimpleUploadedFile

from sync.connectors.declared.classes import shipped
from sync.connectors.rest.connector import RestConnector
from sync.models import Source
from tests.mfgportal.queue import LogIn, World

EXAMPLE = shipped(RestConnector)["example"]
FORM = {
    "title": "MES",
    "name": "mes",
    "connector": "rest",
    "url": "https://mes.example/api",
    "api_key": "key-1",
    "options": '{"page_size": 50}',
}


def test_a_shipped_declaration_is_chosen(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    page = client.get("/sources/add/").content.decode()
    assert "MaintainX (rest:maintainx)" in page
    assert 'enctype="multipart/form-data"' in page
    answer = client.post("/sources/add/", FORM | {"shipped": "rest:example"})
    assert answer.status_code == 302
    source = Source.objects.get(name="mes")
    assert set(source.streams.values_list("name", flat=True)) == {"machines", "stops", "counts"}
    assert source.options["page_size"] == 50


def test_a_file_is_uploaded_and_its_text_can_be_changed(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    file = SimpleUploadedFile("own.yaml", EXAMPLE.encode())
    client.post("/sources/add/", FORM | {"upload": file})
    page = client.get("/sources/mes/").content.decode()
    assert "copy the file, change it" in page  # its comments too
    assert "&quot;declaration&quot;" not in page
    changed = EXAMPLE.replace("title: Stops", "title: Halts")
    client.post("/sources/mes/", FORM | {"api_key": "", "own": changed})
    source = Source.objects.get(name="mes")
    assert source.streams.get(name="stops").title == "Halts"
    assert (source.api_key, source.options["page_size"]) == ("key-1", 50)


def test_what_is_wrong_is_told_at_the_field(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    wrong = EXAMPLE.replace("as: html_to_text", "as: text_of_html")
    answer = client.post("/sources/add/", FORM | {"own": wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "streams.stops.records[0].fields.note.as[0]: “text_of_html” is no transform" in page
    assert 'id="id_own_error"' in page
    answer = client.post("/sources/add/", FORM)
    assert "Wanted names with values" in answer.content.decode()
    assert not Source.objects.filter(name="mes").exists()


def test_other_systems_have_no_declaration(world: World, as_user: LogIn) -> None:
    page = as_user(world.admin).get("/sources/odoo/").content.decode()
    assert "Shipped declaration" not in page
