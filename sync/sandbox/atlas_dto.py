"""Records of the simulated CMMS as Atlas's show-DTOs, field by field."""

from __future__ import annotations

from collections.abc import Callable
from time import gmtime, strftime
from typing import Any

from sync.sandbox.atlas_store import RELATIONS, Atlas, Record

Dto = dict[str, Any]


def instant(epoch: int | None) -> str | None:
    """java.time.Instant, as createdAt and updatedAt are written."""
    return None if epoch is None else strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(epoch))


def java_date(epoch: int | None) -> str | None:
    """java.util.Date, as every other date is written."""
    return None if epoch is None else strftime("%Y-%m-%dT%H:%M:%S.000+00:00", gmtime(epoch))


class Writer:
    """`show(resource, record)` gives the DTO of one record."""

    def __init__(self, atlas: Atlas) -> None:
        self.atlas = atlas

    def show(self, resource: str, record: Record) -> Dto:
        audit = {"id": record["id"], "createdBy": record["createdBy"], "updatedBy": record["updatedBy"],
                 "createdAt": instant(record["createdAt"]),
                 "updatedAt": instant(record["updatedAt"])}  # fmt: skip
        return WRITERS.get(resource, _named)(self, audit, record)

    def mini(self, resource: str, record: Record) -> Dto:
        """What the /mini lists give."""
        related = {"assets": "asset", "locations": "location", "users": "user"}.get(resource)
        if related:
            return getattr(self, related)(record["id"]) or {}
        return {"id": record["id"], "name": record.get("name") or record.get("title")}

    def ref(self, record: Record, name: str, resource: str) -> Dto | None:
        """{id, name} of the related record a property points at."""
        row_id = record.get(name)
        related = self.atlas[resource].get(row_id) if row_id else None
        return {"id": row_id, "name": related.get("name") or related.get("title")} if related else None

    def asset(self, row_id: int | None) -> Dto | None:
        asset = self.atlas["assets"].get(row_id) if row_id else None
        if asset is None:
            return None
        return {"id": row_id, "name": asset["name"], "customId": asset["customId"],
                "parentId": asset["parentAsset"],
                "locationId": asset["location"]}  # fmt: skip

    def location(self, row_id: int | None) -> Dto | None:
        place = self.atlas["locations"].get(row_id) if row_id else None
        if place is None:
            return None
        return {"id": row_id, "name": place["name"], "address": place["address"],
                "customId": place["customId"],
                "parentId": place["parentLocation"]}  # fmt: skip

    def user(self, row_id: int | None) -> Dto | None:
        user = self.atlas["users"].get(row_id) if row_id else None
        if user is None:
            return None
        return {"id": row_id, "firstName": user["firstName"], "lastName": user["lastName"], "image": None,
                "phone": user["phone"]}  # fmt: skip

    def has_children(self, resource: str, field: str, row_id: int) -> bool:
        return any(record[field] == row_id for record in self.atlas[resource].values())


def _named(_: Writer, audit: Dto, record: Record) -> Dto:
    return {**audit, "name": record.get("name"), "description": record.get("description", "")}


def _asset(write: Writer, audit: Dto, record: Record) -> Dto:
    kept = ("archived", "description", "image", "area", "barCode", "nfcId", "name", "additionalInfos",
            "serialNumber",
            "model", "status", "acquisitionCost", "files", "power", "manufacturer", "customId",
            "customFieldValues")  # fmt: skip
    return {
        **audit, **{name: record.get(name) for name in kept},
        "hasChildren": write.has_children("assets", "parentAsset", record["id"]),
        "location": write.location(record["location"]), "parentAsset": write.asset(record["parentAsset"]),
        "category": write.ref(record, "category", "asset-categories"),
        "primaryUser": write.user(record["primaryUser"]),
        "assignedTo": [], "teams": [], "vendors": [], "customers": [], "parts": [], "deprecation": None,
        "warrantyExpirationDate": java_date(record["warrantyExpirationDate"]),
        "inServiceDate": java_date(record["inServiceDate"]),
    }  # fmt: skip


def _location(write: Writer, audit: Dto, record: Record) -> Dto:
    kept = ("name", "address", "longitude", "latitude", "image", "files", "customId", "customFieldValues")
    return {
        **audit, **{name: record[name] for name in kept},
        "hasChildren": write.has_children("locations", "parentLocation", record["id"]),
        "parentLocation": write.location(record["parentLocation"]), "teams": [], "vendors": [],
        "customers": [],
        "workers": [],
    }  # fmt: skip


def _work_base(write: Writer, audit: Dto, record: Record) -> Dto:
    """What work orders, requests and preventive plans share."""
    return {
        **audit, "dueDate": java_date(record.get("dueDate")), "priority": record["priority"],
        "estimatedDuration": record["estimatedDuration"], "description": record["description"],
        "estimatedStartDate": java_date(record.get("estimatedStartDate")), "title": record["title"],
        "requiredSignature": False, "category": write.ref(record, "category", "work-order-categories"),
        "location": write.location(record["location"]), "team": write.ref(record, "team", "teams"),
        "asset": write.asset(record["asset"]),
        "primaryUser": write.user(record.get("primaryUser")), "customers": [], "files": [], "image": None,
        "assignedTo": [write.user(each) for each in record.get("assignedTo", ())], "customFieldValues": [],
        "customId": record["customId"],
    }  # fmt: skip


def _work_order(write: Writer, audit: Dto, record: Record) -> Dto:
    return {
        **_work_base(write, audit, record), "completedBy": write.user(record["completedBy"]),
        "completedOn": java_date(record["completedOn"]), "archived": record["archived"],
        "parentRequest": write.ref(record, "parentRequest", "requests"),
        "parentPreventiveMaintenance": write.ref(record, "parentPreventiveMaintenance",
            "preventive-maintenances"),
        "signature": None, "status": record["status"], "feedback": None, "audioDescription": None,
    }  # fmt: skip


def _request(write: Writer, audit: Dto, record: Record) -> Dto:
    order = record["workOrder"]
    return {**_work_base(write, audit, record), "cancelled": record["cancelled"], "cancellationReason": None,
            "workOrder": {"id": order} if order else None, "contact": None}  # fmt: skip


def _plan(write: Writer, audit: Dto, record: Record) -> Dto:
    schedule = record["schedule"]
    shown = {
        **schedule, "startsOn": java_date(schedule["startsOn"]), "endsOn": java_date(schedule["endsOn"]),
        "createdAt": instant(schedule["createdAt"]), "updatedAt": instant(schedule["updatedAt"]),
    }  # fmt: skip
    return {**_work_base(write, audit, record), "name": record["name"], "schedule": shown,
            "nextWorkOrderDate": java_date(record["nextWorkOrderDate"])}  # fmt: skip


def _part(write: Writer, audit: Dto, record: Record) -> Dto:
    kept = ("name", "cost", "nonStock", "barcode", "description", "quantity", "area", "minQuantity", "image",
            "files",
            "unit", "customFieldValues")  # fmt: skip
    return {**audit, **{name: record[name] for name in kept}, "category": write.ref(record, "category",
            "part-categories"),
            "additionalInfos": "", "location": None, "assignedTo": [], "customers": [], "vendors": [],
            "teams": []}  # fmt: skip


def _user(_: Writer, audit: Dto, record: Record) -> Dto:
    kept = ("email", "role", "rate", "jobTitle", "firstName", "lastName", "enabled", "phone", "image")
    return {"id": audit["id"], **{name: record[name] for name in kept}, "createdAt": audit["createdAt"]}


def _team(write: Writer, audit: Dto, record: Record) -> Dto:
    return {"id": audit["id"], "name": record["name"], "description": record["description"],
            "users": [write.user(each) for each in record["users"]]}  # fmt: skip


def _downtime(_: Writer, audit: Dto, record: Record) -> Dto:
    starts, lasts = record["startsOn"], record["duration"]
    return {**audit, "duration": lasts, "startsOn": java_date(starts), "endsOn": java_date(starts + lasts)}


def _labour(write: Writer, audit: Dto, record: Record) -> Dto:
    kept = ("duration", "includeToTotalTime", "logged", "hourlyRate", "status")
    starts, lasts = record["startedAt"], record["duration"]
    return {
        **audit, **{name: record[name] for name in kept}, "assignedTo": write.user(record["assignedTo"]),
        "startedAt": java_date(starts), "endedAt": java_date(starts + lasts),
        "timeCategory": write.ref(record, "timeCategory", "time-categories"),
        "cost": int(record["hourlyRate"] * lasts / 3600),
        "formattedDuration": f"{lasts // 3600}h {lasts % 3600 // 60}m",
    }  # fmt: skip


def _part_quantity(write: Writer, audit: Dto, record: Record) -> Dto:
    part = write.atlas["parts"].get(record["part"])
    shown = {name: part[name] for name in ("id", "name", "cost", "barcode", "unit")} if part else None
    return {**audit, "quantity": record["quantity"], "part": shown}


def _cost(write: Writer, audit: Dto, record: Record) -> Dto:
    return {**audit, "cost": record["cost"], "category": write.ref(record, "category", "cost-categories"),
            "description": record["description"], "assignedTo": write.user(record["assignedTo"]),
            "includeToTotalCost": record["includeToTotalCost"],
            "date": java_date(record["date"])}  # fmt: skip


def _task(_: Writer, audit: Dto, record: Record) -> Dto:
    return {
        **audit,
        "taskBase": record["taskBase"],
        "value": record["value"],
        "notes": record["notes"],
        "images": [],
    }


def _meter(write: Writer, audit: Dto, record: Record) -> Dto:
    readings = write.atlas.of("readings", record["id"])
    last = readings[-1]["createdAt"] if readings else None
    following = last + record["updateFrequency"] * 86400 if last else None
    return {
        **audit, "name": record["name"], "unit": record["unit"], "updateFrequency": record["updateFrequency"],
        "meterCategory": write.ref(record, "meterCategory", "meter-categories"), "image": None, "users": [],
        "location": write.location(record["location"]), "asset": write.asset(record["asset"]),
        "lastReading": java_date(last), "nextReading": java_date(following),
    }  # fmt: skip


def _vendor(_: Writer, audit: Dto, record: Record) -> Dto:
    kept = (
        "companyName",
        "name",
        "vendorType",
        "description",
        "rate",
        "address",
        "phone",
        "website",
        "email",
    )
    return {**audit, **{name: record[name] for name in kept}}


def _purchase(write: Writer, audit: Dto, record: Record) -> Dto:
    lines = [
        each for each in write.atlas["part-quantities"].values() if each.get("purchaseOrder") == record["id"]
    ]
    return {**audit, "status": record["status"], "name": record["name"], "category": record["category"],
            "vendor": write.ref(record, "vendor", "vendors"),
            "partQuantities": [write.show("part-quantities", each) for each in lines]}  # fmt: skip


WRITERS: dict[str, Callable[[Writer, Dto, Record], Dto]] = {
    "assets": _asset, "locations": _location, "work-orders": _work_order, "requests": _request,
    "preventive-maintenances": _plan, "parts": _part, "users": _user, "teams": _team,
    "asset-downtimes": _downtime,
    "labors": _labour, "part-quantities": _part_quantity, "additional-costs": _cost, "tasks": _task,
    "meters": _meter,
    "vendors": _vendor, "purchase-orders": _purchase,
    "readings": lambda _, audit, record: {**audit, "value": record["value"]},
}  # fmt: skip
SEARCHABLE = ("assets", "locations", "work-orders", "preventive-maintenances", "parts", "meters", "users",
              "teams",
              "vendors", "customers", "requests", "purchase-orders")  # fmt: skip
MINI = ("assets", "locations", "parts", "meters", "users", "teams", "vendors", "customers")
WHOLE_LISTS = ("asset-categories", "work-order-categories", "part-categories", "meter-categories",
               "time-categories",
               "cost-categories")  # fmt: skip
BY_PARENT = {f"{resource}/{path}": resource for resource, path in (
    ("asset-downtimes", "asset"), ("labors", "work-order"), ("part-quantities", "work-order"), ("tasks",
        "work-order"),
    ("additional-costs", "work-order"), ("readings", "meter"),
)}  # fmt: skip
PARENT_RESOURCE = {child: next(iter(RELATIONS[child].values())) for child in BY_PARENT.values()}
