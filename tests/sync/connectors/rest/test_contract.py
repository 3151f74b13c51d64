"""The connectors that shipped declarations make keep the contract."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from sync.connectors.base import SourceConfig
from sync.connectors.declared.classes import shipped_class
from sync.connectors.rest.connector import RestConnector
from tests.sync.connectors.contract import ConnectorContract
from tests.sync.connectors.rest import maintainx, mes
from tests.sync.connectors.rest.lists import serving, without
from tests.sync.connectors.stand_in import StandIn


class TestMaintainX(ConnectorContract):
    connector = shipped_class(RestConnector, "maintainx")
    lively = frozenset({"work_orders", "downtimes"})

    @pytest.fixture
    def stand_in(self) -> Iterator[StandIn]:
        api = maintainx.stand_in()
        with serving(api.answer) as server:
            url = server.url + maintainx.BASE
            config = SourceConfig(url=url, api_key="key-1", options={"page_size": 3, "ui_url": url})
            refused = replace(config, api_key="wrong", username="sync@acme.example")
            yield StandIn(server, config, refused, api.answer, without(""))


class TestExample(ConnectorContract):
    connector = shipped_class(RestConnector, "example")
    lively = frozenset({"stops", "counts"})

    @pytest.fixture
    def stand_in(self) -> Iterator[StandIn]:
        api = mes.stand_in()
        with serving(api.answer) as server:
            config = SourceConfig(url=f"{server.url}/api", api_key="key-1", options={"page_size": 3})
            refused = replace(config, api_key="wrong", username="mes")
            yield StandIn(server, config, refused, api.answer, without("data"))
