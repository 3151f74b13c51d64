"""Rules, splits, merges and overrides on their pages."""

from datetime import date

import pytest

from kpis.models import Equipment, PlantRate
from mfgportal.accounts.models import Role
from sync.models import Correction, HeldRecord, Merge, Rule, SyncException
from tests.mfgportal.queue import LogIn, World, a_machine, a_person, an_exception


def a_correction(world: World, exception: SyncException, **fields: object) -> Correction:
    given = {"external_key": "x/1", "field": "end", "value": "b", "original": "a", "reason": "typo"}
    return Correction.objects.create(source=world.source, author="ann", exception=exception, **given | fields)


def test_overrides_are_listed_and_revoked_by_who_may_see_them(world: World, as_user: LogIn) -> None:
    mine, theirs = a_correction(world, world.mine), a_correction(world, world.theirs, external_key="x/2")
    client = as_user(world.lead)
    page = client.get("/exceptions/overrides/").content.decode()
    assert "x/1" in page
    assert "x/2" not in page
    assert client.post(f"/exceptions/overrides/{theirs.pk}/revoke/").status_code == 404
    done = client.post(f"/exceptions/overrides/{mine.pk}/revoke/", follow=True).content.decode()
    assert "Revoked. The source’s value counts again." in done
    assert "No value is corrected." in done
    assert "taken back" in client.get("/exceptions/overrides/?past=1").content.decode()
    again = client.post(f"/exceptions/overrides/{mine.pk}/revoke/", follow=True).content.decode()
    assert "lead has revoked it already." in again


def test_money_and_people_are_hidden_from_who_may_not_see_them(world: World, as_user: LogIn) -> None:
    a_correction(world, world.mine, field="hourly_rate", value=41, external_key="labour/1")
    person = {"kind": "technician", "key": "t/1", "label": "Jo Fitter"}
    a_correction(world, world.mine, field="technician", value=person, external_key="labour/2")
    manager = as_user(a_person("manager", Role.PLANT_MANAGER, world.lyon))
    integrator = as_user(a_person("integrator", Role.INTEGRATOR, world.lyon))
    seen = {
        name: client.get("/exceptions/overrides/").content.decode()
        for name, client in (("manager", manager), ("integrator", integrator))
    }
    assert ("labour/1" in seen["manager"], "Jo Fitter" in seen["manager"]) == (True, False)
    assert ("labour/1" in seen["integrator"], "Jo Fitter" in seen["integrator"]) == (False, True)
    assert "/revoke/" not in seen["manager"]


def test_a_rule_is_tried_before_it_is_saved_and_taken_back(world: World, as_user: LogIn) -> None:
    client, address = as_user(world.admin), f"/exceptions/{world.mine.pk}/rule/"
    assert "Keys like “PRS-*” mean" in client.get(f"/exceptions/{world.mine.pk}/").content.decode()
    wanted = {"what": "key", "pattern": "PRS-*", "canonical_id": str(world.press.pk)}
    page = client.get(address, wanted).content.decode()
    assert "2 open exceptions settled" in page
    assert not Rule.objects.exists()
    assert "does not fit" in client.get(address, wanted | {"pattern": "ABC*"}).content.decode()
    saved = client.post(f"{address}save/", wanted | {"reason": "all presses"}, follow=True)
    assert "Map" not in saved.content.decode().partition("What happened")[2].partition("History")[0]
    rule = Rule.objects.get()
    assert f"mean {world.press}" in client.get("/exceptions/overrides/").content.decode()
    back = client.post(f"/exceptions/rules/{rule.pk}/revoke/", follow=True).content.decode()
    assert "Revoked." in back


@pytest.mark.parametrize("role", [Role.PLANT_MANAGER, Role.MAINTENANCE_LEAD])
def test_a_rule_takes_who_sees_all_plants(world: World, as_user: LogIn, role: Role) -> None:
    client = as_user(a_person("some", role, world.lyon))
    assert client.get(f"/exceptions/{world.mine.pk}/rule/").status_code == 403
    assert client.post(f"/exceptions/{world.mine.pk}/rule/save/", {"what": "dismiss"}).status_code == 403


def test_a_double_is_merged_and_parted_again(world: World, as_user: LogIn) -> None:
    twin = a_machine(world.lyon, "Press 1", code="")
    context = {"row": {"kind": "equipment", "id": twin.pk}, "rows": [world.press.pk, twin.pk]}
    double = an_exception(world.stream, kind="duplicate_master", plant=world.lyon, context=context)
    for machine in (world.press, twin):
        PlantRate.objects.create(
            plant=world.lyon, equipment=machine, valid_from=date(2026, 1, 1), per_hour=machine.pk
        )
    client = as_user(world.lead)
    offered = client.get(f"/exceptions/{double.pk}/").content.decode()
    assert f"Keep {world.press}" in offered
    assert f"{world.press.pk}.00 per hour from 2026-01-01 holds" in offered
    integrator = as_user(a_person("integrator", Role.INTEGRATOR, world.lyon))
    masked = integrator.get(f"/exceptions/{double.pk}/").content.decode()
    assert ("Both have costs of a stopped hour" in masked, "per hour from" in masked) == (True, False)
    body = {"keep": str(world.press.pk), "reason": "one press"}
    done = client.post(f"/exceptions/{double.pk}/merge/", body, follow=True).content.decode()
    assert "was merged into" in done
    twin.refresh_from_db()
    assert twin.gone_at is not None
    kept_view = client.get(f"/equipment/{twin.pk}/?from=2026-03-02&to=2026-03-02")
    assert kept_view.headers["Location"] == f"/equipment/{world.press.pk}/?from=2026-03-02&to=2026-03-02"
    client.post(f"/exceptions/merges/{Merge.objects.get().pk}/undo/")
    assert Equipment.objects.filter(pk=twin.pk, gone_at=None, active=True).exists()


def test_ways_to_split_are_offered_where_there_are_any(world: World, as_user: LogIn) -> None:
    client, address = as_user(world.lead), f"/exceptions/{world.mine.pk}/"
    assert "Split off" not in client.get(address).content.decode()
    held = HeldRecord.objects.filter(exception=world.mine).first()
    assert held is not None
    HeldRecord.objects.filter(pk=held.pk).update(kind="run")
    page = client.get(address).content.decode()
    assert "Each run (1)" in page
    refused = client.post(f"{address}split/", {"group": "kind:run", "reason": ""}, follow=True)
    assert "Say why" in refused.content.decode()
