from sync.models import ReconciliationRun
from tests.mfgportal.queue import LogIn, World
from tests.mfgportal.reconciled import a_comparison, a_line


def test_rules_tell_what_the_newest_comparison_found(world: World, as_user: LogIn) -> None:
    a_line(a_comparison(), world.stream, plant=world.porto)
    a_comparison("stock", status=ReconciliationRun.Status.SKIPPED, reason="“Parts” is late.")
    for user, state in ((world.lead, "agrees"), (world.admin, "differs")):
        rows = {row["key"]: row for row in as_user(user).get("/api/v1/reconciliation").json()}
        assert rows["downtime"]["state"] == state
        assert rows["downtime"]["sides"] == {"production": "Production system", "maintenance": "CMMS"}
        assert (rows["stock"]["state"], rows["stock"]["last_status"]) == ("not compared", "skipped")
        assert rows["stock"]["last_reason"] == "“Parts” is late."


def test_lines_are_scoped_and_filtered(world: World, as_user: LogIn) -> None:
    run = a_comparison()
    mine = a_line(run, world.stream, plant=world.lyon, equipment=world.press)
    a_line(run, world.stream, plant=world.porto)
    a_line(run, world.stream, plant=world.lyon, title="Saw", agrees=True, period="2026-02")
    client = as_user(world.lead)
    found = client.get("/api/v1/reconciliation/downtime").json()["results"]
    assert [(row["title"], row["agrees"]) for row in found] == [("Press 1", False), ("Saw", True)]
    for query, titles in (
        ("agrees=false", ["Press 1"]),
        ("period=2026-02", ["Saw"]),
        (f"equipment={world.press.pk}", ["Press 1"]),
        (f"plant={world.porto.pk}", []),
        ("subject=saw", ["Saw"]),
    ):
        rows = client.get(f"/api/v1/reconciliation/downtime?{query}").json()["results"]
        assert [row["title"] for row in rows] == titles, query
    assert client.get("/api/v1/reconciliation/downtime?colour=red").status_code == 400
    assert client.get("/api/v1/reconciliation/astrology").status_code == 404
    assert client.get("/api/v1/reconciliation/costs").json()["results"] == []
    detail = client.get(f"/api/v1/reconciliation/lines/{mine.pk}").json()
    assert detail["rule"] == "downtime"
    assert detail["rows"][0]["url"] == "https://odoo.example/odoo/mrp.workcenter.productivity/7"


def test_a_line_of_another_plant_is_not_there(world: World, as_user: LogIn) -> None:
    theirs = a_line(a_comparison(), world.stream, plant=world.porto)
    assert as_user(world.lead).get(f"/api/v1/reconciliation/lines/{theirs.pk}").status_code == 404
