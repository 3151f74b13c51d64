"""The database's disk is full while rows are landed.

A trigger stands for the disk, so that it works for any account and anywhere: PostgreSQL answers just as it
does when a file cannot grow. (When its log cannot, it ends; that is what killing it tests.)
"""

import pytest
from django.db import connection

from sync.models import Stream, SyncException, SyncRun
from tests.faults.conftest import Proxies, Sound
from tests.faults.harness.content import landed_rows
from tests.faults.harness.portal import Portal

pytestmark = pytest.mark.slow
FULL = """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        IF (SELECT count(*) FROM sync_rawrecord WHERE stream_id = NEW.stream_id) > 100 THEN
            RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
        END IF;
        RETURN NEW;
    END $$;
    CREATE TRIGGER full_disk BEFORE INSERT ON sync_rawrecord FOR EACH ROW EXECUTE FUNCTION full_disk();
"""


def test_the_run_fails_cleanly_and_goes_on(portal: Portal, sound: Sound, ports: Proxies) -> None:
    with connection.cursor() as cursor:
        cursor.execute(FULL)
    portal.wake()
    lines = SyncRun.objects.filter(stream__name="productivity")
    portal.wait(lines.filter(status="failed").exists, "the run had failed")
    sound.at_any_moment()
    assert 0 < landed_rows().filter(stream__name="productivity").count() <= 140
    assert not Stream.objects.filter(name="productivity", failures=0).exists()
    told = SyncException.objects.get(kind="failed_sync", stream__name="productivity")
    assert "No space left on device" in told.message
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER full_disk ON sync_rawrecord; DROP FUNCTION full_disk()")
    portal.comes_to_rest()
    sound.at_rest()
