"""The MES of ``example.yaml``."""

from datetime import UTC, datetime, timedelta

from tests.sync.connectors.rest.lists import Api, Row, numbered

NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)


def ms(hours_ago: float) -> int:
    return int((NOW - timedelta(hours=hours_ago)).timestamp() * 1000)


def stop(number: int) -> Row:
    machine = 1 + number % 2
    return {
        "id": number,
        "machine": {"id": machine, "code": f"PR-0{machine}"},
        "cause": ["B01", "S01", None, "B02"][number % 4],
        "began": f"{NOW - timedelta(hours=12 * number):%Y-%m-%d %H:%M:%S}",
        "minutes": 0 if number == 1 else 12.5,
        "remark": "<p>Belt &amp; motor</p>",
        "changed": ms(12 * number),
        "picture": "https://mes.example/signed?x=1",
    }


def count(number: int) -> Row:
    machine, began = 1 + number % 2, NOW - timedelta(hours=12 * number)
    return {
        "id": number,
        "machine": {"id": machine, "code": f"PR-0{machine}"},
        "article": "A-1",
        "order": f"MO-{number}",
        "began": began.isoformat(),
        "ended": None if number == 1 else (began + timedelta(hours=8)).isoformat(),
        "good": 90,
        "scrap": 10,
        "changed": ms(12 * number),
    }


def factory() -> dict[str, list[Row]]:
    machines = [
        {"id": one, "code": f"PR-0{one}", "name": f"Press {one}", "area": "Hall 1", "active": True}
        for one in range(1, 6)
    ]
    return {
        "/api/machines": machines,
        "/api/stops": [stop(number) for number in range(1, 15)],
        "/api/counts": [count(number) for number in range(1, 15)],
    }


def stand_in() -> Api:
    return Api(factory(), numbered())
