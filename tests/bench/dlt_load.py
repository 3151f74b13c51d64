"""dlt merging the same rows into the same PostgreSQL, by the Python of dlt's own environment, without Django.

``python -m tests.bench.dlt_load URL ROWS`` prints what they take as JSON: first load, the same, a tenth
changed.
"""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"

import dlt

from tests.bench import rows
from tests.bench.clock import as_json, spent

PAGE = 1000


def main(url: str, count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pipeline = dlt.pipeline(
            "bench",
            pipelines_dir=folder,
            destination=dlt.destinations.postgres(url),
            dataset_name="bench_dlt",
        )
        print(json.dumps([_load(pipeline, count, version) for version in (0, 0, 1)]))


def _load(pipeline: Any, count: int, version: int) -> dict[str, float]:
    resource = dlt.resource(
        _pages(count, version),
        name="production",
        write_disposition={"disposition": "merge", "strategy": "upsert"},
        primary_key=["source", "external_key"],
    )
    return as_json(spent(lambda: pipeline.run(resource).raise_on_failed_jobs()))


def _pages(count: int, version: int) -> Iterator[list[dict[str, Any]]]:
    for page in rows.pages(count, PAGE):
        yield [rows.plain(number, version) for number in page]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
