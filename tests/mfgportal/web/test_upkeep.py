"""How maintenance goes, on the pages of places; and what all figures mean, in the glossary."""

import pytest
from django.test import Client

from kpis.definitions import CATALOGUE
from kpis.definitions.left_out import LEFT_OUT
from kpis.work.rollup import rebuild
from mfgportal.web.glossary import entries
from mfgportal.web.upkeep import HOMES, SHOWN
from tests.mfgportal.web.conftest import Floor
from tests.mfgportal.web.test_pages import text_of, urls


@pytest.mark.parametrize("name", ["plant", "line", "equipment", "compressor"])
def test_a_place_says_how_its_maintenance_goes(name: str, floor: Floor, everyone: Client) -> None:
    rebuild()
    text = text_of(everyone, urls(floor)[name])
    assert "Maintenance and cost" in text
    assert "not defined here" in text


def test_what_is_not_defined_says_why_and_what_it_needs(floor: Floor, everyone: Client) -> None:
    rebuild()
    text = text_of(everyone, urls(floor)["equipment"])
    assert "Schedule compliance No work order was scheduled work orders with planned dates" in text


def test_families_of_what_is_shown_stand_together() -> None:
    families = [HOMES[name] for name in SHOWN]
    assert families == sorted(families, key=families.index)


def test_the_glossary_says_all_of_every_kpi(everyone: Client) -> None:
    text = everyone.get("/glossary/").content.decode()
    assert all(f'<tr id="{name}">' in text for name in CATALOGUE)
    assert all(found.standard in text for found in LEFT_OUT)
    assert len(entries()) == len(CATALOGUE)


def test_the_glossary_is_searched_by_all_words(everyone: Client) -> None:
    text = everyone.get("/glossary/?q=due+SMRP").content.decode()
    assert '<tr id="pm_compliance">' in text
    assert '<tr id="oee">' not in text
    assert "No figure holds all of these words" in text_of(everyone, "/glossary/?q=luck")


def test_the_glossary_tells_where_a_figure_can_be_split_and_seen() -> None:
    found = {entry.kpi.name: entry for entry in entries()}
    assert "technician" in found["pm_compliance"].split_by
    assert found["maintenance_cost_per_unit"].split_by == "plant, line, equipment, equipment class"
    assert found["mttr"].used == (
        "tiles of plants, lines and machines; tiles of equipment that does not produce"
    )
    assert found["nee"].used == ""
