from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from kpis.models import Downtime
from sync.errors import LoginRefused, SourceRefused
from sync.models import Source, SyncException
from tests.sync.fake import READERS, WORLDS, World
from tests.sync.test_run import put_stop

PlantOf = tuple[Source, World]


def told(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=out)
    return out.getvalue()


def test_a_source_is_read_in_the_foreground_with_progress(plant: PlantOf) -> None:
    _, world = plant
    put_stop(world, 1)
    said = told("sync", "a", "events")
    assert "a/events: 1 of 1 rows" in said
    assert "1 read, 0 unchanged, 1 loaded, 0 held" in said
    assert told("sync", "a").count("loaded") == len(READERS)


def test_everything_is_read_again_and_what_is_gone_taken_out(plant: PlantOf) -> None:
    _, world = plant
    put_stop(world, 1)
    put_stop(world, 2)
    assert "2 loaded" in told("sync", "a", "events", "--full")  # a first read is a full one
    world.resumes = True
    put_stop(world, 1, minutes=55)
    world.drop("events", "stop/2")
    assert "1 unchanged" not in told("sync", "a", "events")
    said = told("sync", "a", "events", "--full")
    assert "a/events: 1 read, 0 unchanged, 1 loaded, 0 held" in said
    assert "a/events: 1 keys compared, 1 gone, 0 restored" in said
    assert list(Downtime.objects.filter(deleted_at=None).values_list("external_key", flat=True)) == ["stop/1"]


def test_it_reads_again_from_a_moment(plant: PlantOf) -> None:
    _, world = plant
    put_stop(world, 1)
    told("sync", "a", "events")
    assert "1 read, 1 unchanged" in told("sync", "a", "events", "--since", "2026-03-01")
    assert world.asked[-1] == {"since": "2026-03-01T00:00:00+00:00"}
    with pytest.raises(CommandError, match="no moment"):
        told("sync", "a", "--since", "yesterday")
    with pytest.raises(CommandError, match="not allowed with"):
        told("sync", "a", "--since", "1d", "--full")


def test_a_source_that_is_down_is_not_asked_once_per_stream(plant: PlantOf) -> None:
    _, world = plant
    asked = []

    def fault(stream: str) -> None:
        asked.append(stream)
        raise LoginRefused("Wrong password.")

    world.schema_fault = fault
    with pytest.raises(CommandError, match=r"a/plants, .*a/counts"):
        told("sync", "a")
    assert len(asked) == 1


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_on_a_terminal_there_is_a_bar(plant: PlantOf, capsys: pytest.CaptureFixture[str]) -> None:
    _, world = plant
    put_stop(world, 1)
    out = Terminal()
    call_command("sync", "a", "events", stdout=out)
    assert "of 1 rows" not in out.getvalue()
    assert "a/events" in capsys.readouterr().out


def test_what_cannot_be_read_is_named(plant: PlantOf) -> None:
    _, world = plant
    with pytest.raises(CommandError, match="Known: a"):
        told("sync", "nobody")
    with pytest.raises(CommandError, match=r"It has: .*plants"):
        told("sync", "a", "nothing")

    def fault(stream: str) -> None:
        raise SourceRefused("Wrong password.")

    world.schema_fault = fault
    with pytest.raises(CommandError, match="a/events"):
        told("sync", "a", "events")


def test_a_source_is_added_with_its_password_from_a_variable(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    WORLDS["x"] = World()
    monkeypatch.setenv("X_PASSWORD", "geheim")
    arguments = ["source", "add", "x", "--connector", "fake", "--url", "http://fake.test/x"]
    told(*arguments, "--username", "sync", "--password-env", "X_PASSWORD")
    source = Source.objects.get()
    assert (source.title, source.password, source.streams.count()) == ("X", "geheim", len(READERS))
    assert "Fake 1" in told("source", "check", "x")
    assert "events: read through never" in told("source", "list")
    assert "geheim" not in told("source", "list")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["add", "a b", "--connector", "fake", "--url", "http://x.test", "--password-env", "HOME"], "valid"),
        (["add", "a", "--connector", "fake", "--url", "ftp://x.test", "--password-env", "HOME"], "URL"),
        (
            ["add", "a", "--connector", "fake", "--url", "http://x.test", "--password-env", "NO_SUCH"],
            "NO_SUCH",
        ),
        (["check", "nobody"], "no source"),
    ],
)
def test_wrong_arguments_are_named(db: None, arguments: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        told("source", *arguments)


def test_a_stream_is_paused_and_read_again(plant: PlantOf) -> None:
    source, world = plant

    def fault(stream: str) -> None:
        raise SourceRefused("Install the app.")

    world.schema_fault = fault
    with pytest.raises(CommandError):
        told("sync", "a", "events")
    assert SyncException.objects.get().status == "open"
    assert "a/events is paused" in told("source", "pause", "a", "events")
    assert "events: read through never, paused" in told("source", "list")
    assert SyncException.objects.get().status == "resolved"
    assert "a/events is read again" in told("source", "resume", "a", "events")
    assert source.streams.get(name="events").enabled
    with pytest.raises(CommandError, match=r"It has: .*plants"):
        told("source", "pause", "a", "nothing")


def test_options_are_json_and_stay_when_none_are_given(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    WORLDS["x"] = World()
    monkeypatch.setenv("X_PASSWORD", "geheim")
    arguments = ["source", "add", "x", "--connector", "fake", "--url", "http://fake.test/x"]
    told(*arguments, "--password-env", "X_PASSWORD", "--options", '{"version": 17}')
    told(*arguments, "--password-env", "X_PASSWORD")
    assert Source.objects.get().options == {"version": 17}
    for wrong in ("{", "[1]"):
        with pytest.raises(CommandError, match="options"):
            told(*arguments, "--password-env", "X_PASSWORD", "--options", wrong)
