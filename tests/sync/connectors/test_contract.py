"""All connectors keep the contract, against the sandbox."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import sync.connectors
from sync.connectors import REGISTRY
from sync.connectors.atlas.connector import AtlasConnector
from sync.connectors.atlas.streams import CHILDREN, LISTED
from sync.connectors.base import SourceConfig, StreamSpec
from sync.connectors.odoo.connector import OdooConnector
from sync.sandbox import Request, Response, Sandbox
from sync.sandbox.odoo_json2 import API_KEY
from sync.sandbox.odoo_server import OdooServer
from tests.sync.connectors.contract import ConnectorContract
from tests.sync.connectors.stand_in import Change, StandIn

UNHURRIED = {"requests_per_minute": 10**6, "requests_per_hour": 10**7}


def test_folders_and_registry_agree() -> None:
    folder = Path(str(sync.connectors.__file__)).parent
    assert {one.parent.name for one in folder.glob("*/connector.py")} == set(REGISTRY) - {"fake"}


class TestOdoo(ConnectorContract):
    connector = OdooConnector
    lively = frozenset({"productivity", "work_orders", "scrap", "manufacturing_orders"})

    @pytest.fixture
    def stand_in(self, sandbox: Sandbox) -> StandIn:
        config = SourceConfig(
            url=sandbox.odoo_url,
            username="mfgportal",
            password="mfgportal",
            database="mfg",
            options={"page_size": 7},
        )
        answer = OdooServer(sandbox.factory).answer
        return StandIn(sandbox.odoo, config, replace(config, password="wrong"), answer, without_odoo_field)


class TestOdooJson2(ConnectorContract):
    connector = OdooConnector
    lively = TestOdoo.lively

    @pytest.fixture
    def stand_in(self, sandbox: Sandbox) -> StandIn:
        config = SourceConfig(
            url=sandbox.odoo_url,
            username="mfgportal",
            api_key=API_KEY,
            database="mfg",
            options={"page_size": 7},
        )
        answer = OdooServer(sandbox.factory).answer
        return StandIn(sandbox.odoo, config, replace(config, api_key="wrong"), answer, without_json2_field)


class TestAtlas(ConnectorContract):
    connector = AtlasConnector
    lively = frozenset({"work_orders"})

    @pytest.fixture
    def stand_in(self, sandbox: Sandbox) -> StandIn:
        config = SourceConfig(
            url=sandbox.atlas_url,
            username="sync@mfgportal.example",
            password="mfgportal",
            options={**UNHURRIED, "page_size": 3},
        )
        answer = sandbox.atlas_api.answer
        return StandIn(sandbox.atlas, config, replace(config, password="wrong"), answer, without_atlas_field)


def without_odoo_field(spec: StreamSpec, field: str) -> Change:
    """``fields_get`` of the stream's model lacks the field."""

    def change(request: Request, true: Response) -> Response:
        args = request.json().get("params", {}).get("args", [])
        if args[3:5] != [spec.model, "fields_get"]:
            return true
        body = json.loads(true.body)
        body["result"].pop(field)
        return replace(true, body=json.dumps(body).encode())

    return change


def without_json2_field(spec: StreamSpec, field: str) -> Change:
    """``fields_get`` of the stream's model lacks the field."""

    def change(request: Request, true: Response) -> Response:
        if request.path != f"/json/2/{spec.model}/fields_get":
            return true
        body = {name: about for name, about in json.loads(true.body).items() if name != field}
        return replace(true, body=json.dumps(body).encode())

    return change


def without_atlas_field(spec: StreamSpec, field: str) -> Change:
    """No row of the stream has the field."""

    def change(request: Request, true: Response) -> Response:
        path = (LISTED.get(spec.name) or CHILDREN[spec.name]).path
        if not request.path.startswith(path.partition("?")[0].removesuffix("{}")):
            return true
        return replace(true, body=json.dumps(_without(json.loads(true.body), field)).encode())

    return change


def _without(value: Any, field: str) -> Any:
    if isinstance(value, list):
        return [_without(one, field) for one in value]
    if isinstance(value, dict):
        return {name: _without(one, field) for name, one in value.items() if name != field}
    return value
