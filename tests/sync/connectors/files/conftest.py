"""A folder, and the connector for it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sync.connectors.base import Connector, SourceConfig
from sync.connectors.files.connector import FilesConnector

Open = Callable[..., Connector]
PLAIN = {
    "title": "Orders",
    "model": "order",
    "files": "orders*.csv",
    "format": {"type": "csv"},
    "key": "{id}",
    "columns": {"id": "Id", "machine": "Machine", "quantity": "Quantity"},
    "records": [
        {
            "kind": "production",
            "fields": {
                "equipment": {"codes": "machine"},
                "product": None,
                "operation": None,
                "order_number": "id",
                "start": {"value": "2026-11-02T06:00:00Z"},
                "end": None,
                "quantity": {"from": "quantity", "as": "number"},
            },
        }
    ],
}


@pytest.fixture
def opened(tmp_path: Path) -> Open:
    """The connector of one stream, ``orders``, with changes to it, and with ``limits`` of the declaration."""

    def make(limits: dict[str, Any] | None = None, **changes: Any) -> Connector:
        streams = {"orders": {**PLAIN, **changes}}
        declaration = {"system": "ERP", "streams": streams, **(limits or {})}
        options = {"declaration": declaration, "page_size": 3}
        return FilesConnector.of(options)(SourceConfig(url=str(tmp_path), options=options))

    return make
