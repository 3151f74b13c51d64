"""Dropped files through the engine: from the folder to the facts, and back out when a list loses a row."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from kpis.models import Equipment, Plant, Production, WorkOrder
from sync.connectors.base import WHERE
from sync.connectors.declared.classes import shipped
from sync.connectors.files.connector import FilesConnector
from sync.models import RawHistory, RawRecord, Source, SyncException, SyncRun
from sync.run import run_stream
from sync.sweep import sweep_stream
from tests.sync.connectors.files import drops


@pytest.fixture
def source(db: None, tmp_path: Path) -> Source:
    drops.fill(tmp_path)
    told_to("add", "erp", "--connector", "files", "--url", tmp_path.as_uri(), "--declaration", "example")
    return Source.objects.get()


def told_to(*arguments: str) -> str:
    out = StringIO()
    call_command("source", *arguments, stdout=out, stderr=out)
    return out.getvalue()


def synced(source: Source) -> None:
    for stream in source.streams.order_by("rank"):
        run = run_stream(stream.pk)
        assert run is not None
        assert (run.status, run.error) == (SyncRun.Status.DONE, "")


def swept(source: Source) -> None:
    for stream in source.streams.all():
        run = sweep_stream(stream.pk)
        assert run is not None
        assert (run.status, run.error) == (SyncRun.Status.DONE, "")


def test_from_the_folder_to_the_facts(source: Source) -> None:
    synced(source)
    assert not SyncException.objects.exists()
    assert set(Plant.objects.values_list("name", "timezone")) == {
        ("Werk W1", "Europe/Berlin"),
        ("Werk W2", "Europe/Berlin"),
    }
    assert Equipment.objects.count() == 3
    assert Production.objects.count() == 15
    assert WorkOrder.objects.count() == 9
    made = Production.objects.get(external_key="count/A3-10")
    assert (made.quantity, made.scrap, made.start.isoformat()) == (1200.5, 12, "2026-11-04T05:00:00+00:00")
    repair = WorkOrder.objects.get(external_key="work-order/WO00001")
    assert repair.completed_at is not None
    assert repair.completed_at.isoformat() == "2026-11-02T11:00:00+00:00"


def test_a_bad_row_is_told_by_file_and_row_until_it_is_right(source: Source, tmp_path: Path) -> None:
    path = tmp_path / "counts-2026-12.csv"
    drops.put(path, drops.counts([drops.count(90, 1), drops.count(91, 2, "12,x")]))
    synced(source)
    (told,) = SyncException.objects.all()
    assert told.kind == "rejected_value"
    assert told.message == "counts-2026-12.csv, row 5: made: wanted a number, found '12,x'"
    assert told.context["field"] == "payload.made"
    drops.put(path, drops.counts([drops.count(90, 1), drops.count(91, 2, "12,5")]), age_s=60)
    synced(source)
    told.refresh_from_db()
    assert told.status == SyncException.Status.RESOLVED
    assert Production.objects.get(external_key="count/A91-10").quantity == 12.5


def test_a_row_without_a_key_is_told_until_it_has_one(source: Source, tmp_path: Path) -> None:
    path = tmp_path / "counts-2026-12.csv"
    drops.put(path, drops.counts([["", *drops.count(90, 1)[1:]]]))
    synced(source)
    (told,) = SyncException.objects.all()
    assert told.message.startswith("counts-2026-12.csv, row 4: {order}-{step} gives no key")
    drops.put(path, drops.counts([drops.count(90, 1)]), age_s=60)
    synced(source)
    told.refresh_from_db()
    assert told.status == SyncException.Status.RESOLVED


def test_a_row_that_only_moves_is_no_new_content(source: Source, tmp_path: Path) -> None:
    synced(source)
    before = RawRecord.objects.get(external_key="count/A3-10")
    assert before.payload[WHERE] == "counts-2026-10.csv, row 7"
    moved = [drops.count(77, 1), *(drops.count(n, 1 + n) for n in range(8))]
    drops.put(tmp_path / "counts-2026-10.csv", drops.counts(moved), age_s=60)
    synced(source)
    after = RawRecord.objects.get(external_key="count/A3-10")
    assert (after.trace_id, after.landed_at) == (before.trace_id, before.landed_at)
    assert RawHistory.objects.count() == 0
    assert Production.objects.count() == 16


def test_a_newer_list_takes_out_what_it_lacks_and_counts_stay(source: Source, tmp_path: Path) -> None:
    synced(source)
    rows = [drops.MACHINE_HEADER, *drops.MACHINES[:2]]
    drops.put(tmp_path / "machines-new.csv", drops.csv(rows), age_s=60)
    (tmp_path / "counts-2026-10.csv").unlink()  # the plant tidies up
    synced(source)
    swept(source)
    assert RawRecord.objects.get(external_key="machine/FR-01").gone_at is not None
    assert not Equipment.objects.get(name="Fräse 1").active
    assert Production.objects.filter(deleted_at=None).count() == 15
    drops.put(tmp_path / "machines-newer.csv", drops.csv([*rows, drops.MACHINES[2]]), age_s=50)
    synced(source)
    assert RawRecord.objects.get(external_key="machine/FR-01").gone_at is None


def test_a_changed_header_stops_its_stream_until_it_is_declared(source: Source, tmp_path: Path) -> None:
    header = ["Stückzahl" if name == "Menge" else name for name in drops.COUNT_HEADER]
    drops.put(tmp_path / "counts-2026-12.csv", drops.counts([drops.count(90, 1)], header))
    run = run_stream(source.streams.get(name="counts").pk)
    assert run is not None
    assert run.status == SyncRun.Status.FAILED
    told = SyncException.objects.get(kind="schema_drift")
    assert "made: counts-2026-12.csv has no column “Menge”, found “Auftrag”, “AVO”" in told.message
    path = tmp_path / "mine.yaml"
    path.write_text(shipped(FilesConnector)["example"].replace("made: Menge", "made: [Menge, Stückzahl]"))
    told_to("add", "erp", "--connector", "files", "--declaration", str(path))
    synced(source)
    told.refresh_from_db()
    assert told.status == SyncException.Status.RESOLVED
    assert Production.objects.count() == 16


def test_a_check_shows_what_would_be_read(source: Source, tmp_path: Path) -> None:
    drops.put(tmp_path / "machines-2.csv", drops.csv([drops.MACHINE_HEADER, ("W1", "X-1", "", "")]))
    said = told_to("check", "erp")
    assert "Legacy ERP and CMMS exports, 6 finished files in" in said
    assert "counts: 7 rows visible" in said
    assert "first production: external_key count/A0-10; equipment machine/PR-01" in said
    assert "machines-2.csv, row 2: name: is empty; name is needed" in said


@pytest.mark.parametrize("url", ["drops", "https://nas.example.com/drops", "file://nas/drops"])
def test_an_address_that_is_no_folder(db: None, url: str) -> None:
    with pytest.raises(CommandError, match="file:///mnt/drops"):
        told_to("add", "erp", "--connector", "files", "--url", url, "--declaration", "example")


def test_a_folder_is_no_address_of_an_api(db: None) -> None:
    with pytest.raises(CommandError, match="valid URL"):
        told_to("add", "mes", "--connector", "rest", "--url", "/mnt/drops", "--declaration", "example")
