from datetime import UTC, date, datetime
from typing import Any

import pytest

from sync.connectors.declared.transforms import TRANSFORMS

AT = datetime(2026, 3, 1, 7, 15, tzinfo=UTC)
GERMAN = {"format": "%d.%m.%Y %H:%M", "zone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("name", "settings", "value", "wanted"),
    [
        ("text", {}, 12.0, "12"),
        ("text", {}, True, "true"),
        ("upper", {}, " ab ", "AB"),
        ("slug", {}, "Setup & adjustments", "setup-and-adjustments".replace("and-", "")),
        ("number", {}, "1.5e3", 1500.0),
        ("number", {}, "1 234,5", None),
        ("number", {"decimal": ",", "thousands": "."}, "1.234,5", 1234.5),
        ("decimal_comma", {}, "-3,25", -3.25),
        ("number", {}, True, None),
        ("number", {}, float("nan"), None),
        ("scale", {"by": 0.5}, 3, 1.5),
        ("cents", {}, 120, 1.2),
        ("minutes_to_s", {}, "1.5", 90.0),
        ("hours_to_s", {}, 2, 7200.0),
        ("ms_to_s", {}, 1500, 1.5),
        ("clock_to_s", {}, "1:30", 5400.0),
        ("clock_to_s", {}, "1:90", None),
        ("iso_datetime", {}, "2026-03-01T08:15:00+01:00", AT),
        ("iso_datetime", {}, "2026-03-01T08:15:00", None),
        ("iso_datetime", {"zone": "Europe/Berlin"}, "2026-03-01T08:15:00", AT),
        ("datetime", GERMAN, "01.03.2026 08:15", AT),
        ("datetime", GERMAN, "2026-03-01", None),
        ("datetime", {"format": ["%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"], "zone": "UTC"}, "01.03.2026 07:15", AT),
        ("datetime", {"format": "%Y-%m-%d"}, "2026-03-01", None),
        ("epoch_s", {}, AT.timestamp(), AT),
        ("epoch_ms", {}, str(int(AT.timestamp() * 1000)), AT),
        ("epoch_s", {}, 1e30, None),
        ("json_date", {}, f"/Date({int(AT.timestamp() * 1000)}+0000)/", AT),
        ("json_date", {}, "2026", None),
        ("date", {}, "2026-03-01T08:00:00Z", date(2026, 3, 1)),
        ("date", {"format": "%d.%m.%Y"}, "01.03.2026", date(2026, 3, 1)),
        ("date", {}, "1.3.2026", None),
        ("join", {"by": "-"}, ["a", None, "", "b"], "a-b"),
        ("split", {"by": "|", "take": 1}, "a | b", "b"),
        ("first", {}, [3, 4], 3),
        ("regex", {"pattern": r"\[(WO\d+)\]"}, "Belt [WO000123]", "WO000123"),
        ("bool", {}, "Yes", True),
        ("bool", {"true": ["ja"], "false": ["nein"]}, "nein", False),
        ("bool", {}, "perhaps", None),
        ("not", {}, "no", True),
        ("html_to_text", {}, "<script>x</script><p>Belt &amp; <b>motor</b></p>", "Belt & motor"),
    ],
)
def test_a_transform(name: str, settings: dict[str, Any], value: Any, wanted: Any) -> None:
    if wanted is None:
        with pytest.raises(ValueError, match=r"wanted|needs its zone"):
            TRANSFORMS[name](value, **settings)
    else:
        assert TRANSFORMS[name](value, **settings) == wanted


def test_nothing_found_is_nothing() -> None:
    assert TRANSFORMS["split"]("a", take=3) is None
    assert TRANSFORMS["regex"]("none", pattern="(x)") is None
    assert TRANSFORMS["first"]([]) is None
