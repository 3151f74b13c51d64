"""Locations, assets, people, parts → masters."""

from sync.connectors.atlas import values
from sync.connectors.base import Payload
from sync.records import (
    EquipmentRecord,
    Kind,
    LineRecord,
    PartRecord,
    PlantRecord,
    Record,
    Ref,
    TechnicianRecord,
)

IS_DOWN = {
    "OPERATIONAL": False,
    "DOWN": True,
    "MODERNIZATION": False,
    "STANDBY": False,
    "INSPECTION_SCHEDULED": False,
    "COMMISSIONING": False,
    "EMERGENCY_SHUTDOWN": True,
}


def location(row: Payload) -> list[Record]:
    """A root is a plant, its children are lines; what is deeper belongs to its line."""
    key, name = f"location/{row['id']}", values.text(row, "name")
    if row["plant"] == row["id"]:
        codes = values.codes(row, "name")  # the only thing two systems share about a plant
        return [PlantRecord(external_key=key, name=name, codes=codes)]
    if row["line"] == row["id"]:
        plant = Ref(kind=Kind.PLANT, key=f"location/{row['plant']}")
        return [LineRecord(external_key=key, name=name, plant=plant)]
    return []


def asset(row: Payload) -> list[Record]:
    """``customId`` is no code: Atlas counts it up by itself, so it would match what it does not mean."""
    status, since = row.get("status"), values.moment(row, "inServiceDate")
    return [
        EquipmentRecord(
            external_key=f"asset/{row['id']}",
            name=values.text(row, "name"),
            codes=values.codes(row, "barCode", "serialNumber"),
            active=row.get("archived") is not True,
            plant=_place(Kind.PLANT, row["plant"]),
            line=_place(Kind.LINE, row["line"]),
            parent=values.ref(row, "parentAsset", Kind.EQUIPMENT, "asset"),
            equipment_class=values.name_of(row["category"]) if isinstance(row.get("category"), dict) else "",
            replacement_value=values.number_or_none(row, "acquisitionCost") or None,  # 0 means "not set"
            in_service_on=since.date() if since else None,
            down_now=None if status is None else values.choice(row, "status", IS_DOWN),
            status=values.text(row, "status"),
        )
    ]


def _place(kind: Kind, location_id: int | None) -> Ref | None:
    return Ref(kind=kind, key=f"location/{location_id}") if location_id else None


def user(row: Payload) -> list[Record]:
    return [
        TechnicianRecord(
            external_key=f"user/{row['id']}",
            name=values.name_of(row) or values.text(row, "email"),
            codes=tuple(code.lower() for code in values.codes(row, "email")),
            active=row.get("enabled") is not False,
            hourly_rate=values.number_or_none(row, "rate") or None,  # Atlas writes 0 for "not set"
        )
    ]


def part(row: Payload) -> list[Record]:
    barcode = values.codes(row, "barcode")
    return [
        PartRecord(
            external_key=f"part/{row['id']}",
            name=values.text(row, "name"),
            codes=barcode,
            unit_cost=values.number_or_none(row, "cost"),
            quantity_on_hand=values.number_or_none(row, "quantity"),
            minimum_quantity=values.number_or_none(row, "minQuantity"),
            product=Ref(kind=Kind.PRODUCT, codes=barcode, label=barcode[0]) if barcode else None,
        )
    ]


def plan(row: Payload) -> list[Record]:
    """Preventive plans are kept as evidence; their work orders are the facts."""
    return []
