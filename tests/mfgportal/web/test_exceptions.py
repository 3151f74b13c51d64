import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kpis.models import Reason, Technician
from mfgportal.accounts.models import Role
from sync.exceptions import dismiss, naming
from sync.models import Counterpart, SyncException
from tests.mfgportal.queue import (
    XSS,
    LogIn,
    World,
    a_disagreement,
    a_machine,
    a_person,
    a_row,
    a_source,
    an_exception,
)


def titles(page: str) -> list[str]:
    return re.findall(r'href="/exceptions/\d+/"[^>]*>([^<]+)</a>', page)


def text(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


# --- the list ---
def test_the_queue_shows_what_is_mine_and_nobodys_most_harmful_first(world: World, as_user: LogIn) -> None:
    page = text(as_user(world.lead), "/exceptions/")
    assert titles(page) == ["Unknown machine in Lyon", "Odoo does not answer"]
    assert "Porto" not in page


def test_the_order_and_the_filters_are_in_the_address(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    SyncException.objects.filter(pk=world.nobodys.pk).update(first_seen=timezone.now() - timedelta(days=3))
    assert titles(text(client, "/exceptions/", sort="age"))[0] == "Odoo does not answer"
    assert titles(text(client, "/exceptions/", kind="source_unavailable")) == ["Odoo does not answer"]
    assert titles(text(client, "/exceptions/", plant=str(world.porto.pk))) == ["Unknown machine in Porto"]
    assert titles(text(client, "/exceptions/", q="lyon")) == ["Unknown machine in Lyon"]
    assert titles(text(client, "/exceptions/", status="resolved")) == []


def test_a_filter_that_makes_no_sense_restricts_nothing_and_says_so(world: World, as_user: LogIn) -> None:
    page = text(as_user(world.admin), "/exceptions/", kind="boredom", status="open")
    assert len(titles(page)) == 3
    assert "boredom is not one of the available choices" in page


def test_kinds_are_counted_with_what_they_hold_whatever_kind_is_chosen(world: World, as_user: LogIn) -> None:
    page = text(as_user(world.admin), "/exceptions/", kind="source_unavailable")
    kinds = re.sub(
        r"<[^>]+>|\s+",
        " ",
        page[page.index('class="kinds"') : page.index("</nav>", page.index('class="kinds"'))],
    )
    assert "Unknown key 2 8 held" in re.sub(r"\s+", " ", kinds)


def test_the_queue_has_pages(world: World, as_user: LogIn) -> None:
    for number in range(60):
        an_exception(world.stream, title=f"Number {number}")
    client = as_user(world.admin)
    assert len(titles(text(client, "/exceptions/"))) == 50
    assert len(titles(text(client, "/exceptions/", page="2"))) == 13


def test_htmx_gets_the_parts_alone_and_every_such_link_has_an_address(world: World, as_user: LogIn) -> None:
    client = as_user(world.admin)
    parts = client.get("/exceptions/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in parts
    for link in re.findall(r"<a [^>]*hx-get[^>]*>", parts):
        assert re.search(r'href="([^"]*)"', link)[1] == re.search(r'hx-get="([^"]*)"', link)[1]  # type: ignore[index]


def test_an_empty_queue_says_that_nothing_waits(db: None, as_user: LogIn) -> None:
    page = text(as_user(a_person("admin", Role.ADMIN)), "/exceptions/")
    assert "Nothing waits" in page


# --- one exception ---
def test_it_says_what_happened_what_it_holds_and_what_resolves_it(world: World, as_user: LogIn) -> None:
    page = text(as_user(world.lead), f"/exceptions/{world.mine.pk}/")
    assert "No machine is called that." in page
    assert "3 records of Odoo are not in the numbers" in page
    assert "Map it to the row it means, or create a new one." in page
    assert "Press nine" in page


def test_none_of_another_plant_is_shown_nor_its_rows(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    assert client.get(f"/exceptions/{world.theirs.pk}/").status_code == 404
    row = world.theirs.held_records.all()[0].raw_id
    assert client.get(f"/exceptions/{world.theirs.pk}/records/{row}/").status_code == 404
    assert client.get(f"/exceptions/{world.mine.pk}/records/{row}/").status_code == 404


def test_the_raw_row_is_shown_as_it_came(world: World, as_user: LogIn) -> None:
    row = world.mine.held_records.all()[0].raw
    page = text(as_user(world.lead), f"/exceptions/{world.mine.pk}/records/{row.pk}/")
    assert row.external_key in page
    assert str(row.trace_id) in page


def test_what_a_source_sent_is_shown_as_text(world: World, as_user: LogIn) -> None:
    ref = {"kind": "equipment", "key": XSS, "codes": [XSS], "label": XSS}
    a_machine(world.lyon, XSS)
    row = a_row(world.stream, f"x/{XSS}", {"name": XSS})
    evil = an_exception(
        world.stream,
        plant=world.lyon,
        title=XSS,
        message=XSS,
        external_key=row.external_key,
        context={"ref": ref},
    )
    evil.events.create(action="raised", detail=XSS, by=XSS)
    client = as_user(world.lead)
    for address in ("/exceptions/", f"/exceptions/{evil.pk}/", f"/exceptions/{evil.pk}/records/{row.pk}/"):
        page = client.get(address, {"target": XSS, "q": XSS}).content.decode()
        assert XSS not in page
        assert "&lt;script&gt;alert(1)" in page


def test_both_sides_of_a_disagreement_stand_side_by_side_with_what_differs_marked(
    world: World, as_user: LogIn
) -> None:
    mismatch = an_exception(world.stream, kind="status_mismatch", context=a_disagreement())
    page = text(as_user(world.lead), f"/exceptions/{mismatch.pk}/")
    rows = re.findall(r"<tr( class=\"differs\")?><th scope=\"row\">(\w+)", page)
    assert rows == [(' class="differs"', "Status"), ("", "Title"), ("", "Changed")]
    assert "2 Mar 2026, 07:00:00 UTC" in page


def test_all_that_both_sides_say_is_shown_as_the_role_may_see_it(world: World, as_user: LogIn) -> None:
    ada, bob = (Technician.objects.create(name=name) for name in ("Ada King", "Bob Lee"))
    atlas = a_source("atlas")
    context = a_disagreement()
    for source, key, who, cost in (
        (world.source, "maintenance.request/4", ada, 7),
        (atlas, "work-order/31", bob, 9),
    ):
        values = {"assigned_to_id": who.pk, "equipment_id": world.press.pk, "priority": "high"}
        Counterpart.objects.create(
            source=source, kind="work_order", external_key=key, canonical_id=1, values=values
        )
        part = {"unit_cost": cost, "minimum_quantity": 2}
        Counterpart.objects.create(source=source, kind="part", external_key=key, canonical_id=2, values=part)
    order = an_exception(world.stream, kind="status_mismatch", plant=world.lyon, context=context)
    part_context = context | {"row": {"kind": "part", "id": 2}, "field": "name"}
    costs = an_exception(world.stream, kind="ownership_mismatch", plant=world.lyon, context=part_context)
    lead = as_user(world.lead)
    page = text(lead, f"/exceptions/{order.pk}/")
    shown = re.findall(r"<tr( class=\"differs\")?><th scope=\"row\">(Assigned to|Equipment|Priority)", page)
    assert shown == [
        (' class="differs"', "Assigned to"), ("", "Equipment"), ("", "Priority"),
    ]  # fmt: skip
    assert "Ada King" in page
    assert "<td>9</td>" in text(lead, f"/exceptions/{costs.pk}/")
    manager = as_user(a_person("boss", Role.PLANT_MANAGER, world.lyon))
    assert ("Ada King" in text(manager, f"/exceptions/{order.pk}/")) is False
    integrator = as_user(a_person("integrator", Role.INTEGRATOR, world.lyon))
    masked = text(integrator, f"/exceptions/{costs.pk}/")
    assert ("not shown to your role" in masked, "<td>9</td>" in masked) == (True, False)


def test_a_role_that_only_looks_gets_no_form_and_may_not_post(world: World, as_user: LogIn) -> None:
    client = as_user(a_person("manager", Role.PLANT_MANAGER, world.lyon))
    page = text(client, f"/exceptions/{world.mine.pk}/")
    assert "Your role may look, but not resolve" in page
    actions = re.findall(r'method="post" action="/exceptions/([^"]*)"', page)
    assert actions == [f"{world.mine.pk}/comment/"]
    for action in ("map", "correct", "take", "dismiss", "retry"):
        assert client.post(f"/exceptions/{world.mine.pk}/{action}/", {"reason": "x"}).status_code == 403


@pytest.mark.parametrize("action", ["map", "correct", "take", "dismiss", "retry"])
def test_resolutions_take_a_post_with_a_token_and_of_the_own_plant_only(
    world: World, as_user: LogIn, action: str
) -> None:
    client = as_user(world.lead)
    assert client.get(f"/exceptions/{world.mine.pk}/{action}/").status_code == 405
    assert client.post(f"/exceptions/{world.theirs.pk}/{action}/", {"reason": "x"}).status_code == 404
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.lead)
    assert strict.post(f"/exceptions/{world.mine.pk}/{action}/").status_code == 403


def test_a_search_for_another_target_stays_within_the_own_plants(world: World, as_user: LogIn) -> None:
    client = as_user(world.lead)
    page = text(client, f"/exceptions/{world.mine.pk}/", target="press")
    assert f'name="target" value="{world.press.pk}"' in page
    assert "Nothing has “lathe”" in text(client, f"/exceptions/{world.mine.pk}/", target="lathe")
    answer = client.post(f"/exceptions/{world.mine.pk}/map/", {"target": str(world.lathe.pk)})
    assert answer.status_code == 404


def test_dismissing_redirects_to_the_page_that_says_so(world: World, as_user: LogIn) -> None:
    client, address = as_user(world.lead), f"/exceptions/{world.mine.pk}/"
    answer = client.post(f"{address}dismiss/", {"reason": "Sold last year"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    page = text(client, address)
    assert "Dismissed. What it held stays out of the numbers" in page
    assert "Sold last year" in page
    assert "by lead" in page


def test_dismissing_without_a_reason_changes_nothing(world: World, as_user: LogIn) -> None:
    client, address = as_user(world.lead), f"/exceptions/{world.mine.pk}/"
    client.post(f"{address}dismiss/", {"reason": " "})
    world.mine.refresh_from_db()
    assert world.mine.status == SyncException.Status.OPEN
    assert 'class="notice bad"' in text(client, address)


def test_who_comes_second_is_told_kindly(world: World, as_user: LogIn) -> None:
    dismiss(world.mine, reason="Faster", by="admin")
    client, address = as_user(world.lead), f"/exceptions/{world.mine.pk}/"
    client.post(f"{address}retry/")
    assert "It was dismissed by admin in the meantime. Nothing to do." in text(client, address)


def test_both_sides_may_be_taken_with_what_that_sets(world: World, as_user: LogIn) -> None:
    mismatch = an_exception(world.stream, kind="status_mismatch", context=a_disagreement())
    client, address = as_user(world.lead), f"/exceptions/{mismatch.pk}/"
    page = " ".join(text(client, address).split())
    assert 'name="source" value="atlas">Take Atlas</button>' in page
    assert "sets “completed” for Odoo too" in page
    assert "sets “open” for Atlas too" in page
    client.post(f"{address}take/", {"source": "atlas", "reason": " "})
    assert "Say why" in text(client, address)
    mismatch.refresh_from_db()
    assert mismatch.status == SyncException.Status.OPEN


def test_a_side_is_not_taken_for_a_record_that_is_not_there(world: World, as_user: LogIn) -> None:
    a_source("atlas")
    mismatch = an_exception(world.stream, kind="status_mismatch", context=a_disagreement())
    client, address = as_user(world.lead), f"/exceptions/{mismatch.pk}/"
    client.post(f"{address}take/", {"source": "odoo", "reason": "Seen there."})
    assert "The other record has changed meanwhile" in text(client, address)


def test_a_new_reason_is_given_its_loss_class(world: World, as_user: LogIn) -> None:
    ref = {"kind": "reason", "key": "loss/9", "codes": ["Sonstiges"], "label": "Sonstiges"}
    unknown = an_exception(world.stream, context={"ref": ref}, title="Unknown reason")
    client, address = as_user(world.lead), f"/exceptions/{unknown.pk}/"
    assert '<option value="setup">Set-up and adjustment</option>' in text(client, address)
    client.post(f"{address}map/", {"target": "new"})
    assert "loss tree" in text(client, address)
    client.post(f"{address}map/", {"target": "new", "loss_class": "setup"})
    assert Reason.objects.get(name="Sonstiges").loss_class == "setup"
    assert "Created a new reason." in text(client, address)
    assert "loss_class" not in text(client, f"/exceptions/{world.mine.pk}/")


def test_many_records_are_counted_down_while_a_worker_loads_them(
    world: World, as_user: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(naming, "INLINE", 2)
    client, address = as_user(world.lead), f"/exceptions/{world.mine.pk}/"
    client.post(f"{address}map/", {"target": str(world.press.pk)})
    page = " ".join(text(client, address).split())
    assert "It is recorded. 3 records that waited are loaded now" in page
    assert "Loading… 3 to go" in page
    assert "A worker is at it" in page
    assert page.count('hx-trigger="every 2s"') == 2
    world.mine.held_records.all()[0].delete()
    page = " ".join(text(client, address).split())
    assert "1 record entered the numbers." in page
    assert "Loading… 2 to go" in page
    world.mine.held_records.all().delete()
    page = text(client, address)
    assert "3 records entered the numbers." in page
    assert "Loading…" not in page


def test_a_retry_under_way_says_for_whom(world: World, as_user: LogIn) -> None:
    SyncException.objects.filter(pk=world.mine.pk).update(retry_by="bob")
    page = text(as_user(world.lead), f"/exceptions/{world.mine.pk}/")
    assert "because bob wants it tried again" in page
    assert "Under way, for bob." in page


def test_the_days_of_an_anomaly_are_listed_and_the_machine_is_linked(world: World, as_user: LogIn) -> None:
    days = [{"day": "2026-03-02", "performance": 1.312}, {"day": "2026-03-04", "performance": 1.04}]
    fast = an_exception(
        world.stream,
        plant=world.lyon,
        kind="performance_above_100",
        equipment=world.press,
        context={"days": days},
    )
    page = text(as_user(world.lead), f"/exceptions/{fast.pk}/")
    assert "<dt>4 Mar 2026</dt><dd>104.0 %</dd>" in page
    assert f'<a href="/equipment/{world.press.pk}/">' in page


def test_a_late_stream_leads_to_what_makes_it_late(world: World, as_user: LogIn) -> None:
    late = an_exception(world.stream, kind="late_stream", context={"cause": world.nobodys.pk})
    page = as_user(world.lead).get(f"/exceptions/{late.pk}/").content.decode()
    assert f'<a href="/exceptions/{world.nobodys.pk}/">What makes it late</a>' in page
