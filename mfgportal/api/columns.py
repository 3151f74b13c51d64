"""The columns of the lists that can be had as files."""

from collections.abc import Mapping, Sequence

from kpis.lineage import Table as Components
from mfgportal.exports.table import Column, Kind, column
from mfgportal.lineage.events import Events

VALUES: Sequence[Column] = (
    column("kpi"),
    column("title"),
    column("unit"),
    column("currency"),
    column("place_level", "text", "place", "level"),
    column("place_id", "integer", "place", "id"),
    column("place", "text", "place", "name"),
    column("bucket"),
    column("shift"),
    column("key_id", "text", "key", "id"),
    column("key", "text", "key", "label"),
    column("value", "number"),
    column("undefined_reason"),
    column("missing"),
    column("published", "number"),
    column("published_at", "moment"),
    column("numerator", "number"),
    column("denominator", "number"),
    column("sample_size", "integer"),
    column("lower", "number"),
    column("upper", "number"),
    column("confidence", "number"),
    column("open_events", "flag"),
    column("unknown_share", "number"),
    column("without_ideal_share", "number"),
    column("first_day", "day"),
    column("last_day", "day"),
    column("zone"),
    column("data_as_of", "moment"),
    column("completeness", "number", "completeness", "share"),
    column("records_loaded", "integer", "completeness", "loaded"),
    column("records_held", "integer", "completeness", "held"),
)
AUDIT: Sequence[Column] = (
    column("id", "integer"),
    column("at", "moment"),
    *(column(name) for name in ("by", "action", "title", "thing", "thing_id", "field", "before", "after")),
    column("trace_id"),
)
EXCEPTIONS: Sequence[Column] = (
    column("id", "integer"),
    *(column(name) for name in ("kind", "status", "severity", "title", "message", "source_name")),
    column("plant_id", "integer"),
    column("equipment_id", "integer"),
    column("external_key"),
    column("count", "integer"),
    column("held", "integer"),
    *(column(name, "moment") for name in ("first_seen", "last_seen", "resolved_at")),
    column("resolved_by"),
    column("resolution"),
)
KINDS: Mapping[str, Kind] = {
    **dict.fromkeys(("quantity", "scrap", "ideal_cycle_s", "seconds", "hourly_rate"), "number"),
    **dict.fromkeys(("unit_cost", "amount", "estimated_s"), "number"),
    **dict.fromkeys(("start", "end", "requested_at", "created_at", "started_at"), "moment"),
    **dict.fromkeys(("scheduled_at", "due_at", "completed_at"), "moment"),
    **dict.fromkeys(("day", "completed_on"), "day"),
    "reduced_speed": "flag",
    "technician_id": "integer",
}
"""Of the fields of facts; all others are text."""


def component_columns(found: Sequence[Components]) -> list[Column]:
    """Of component rows: their parts, then their sums; those of all families side by side."""
    bys = dict.fromkeys(by for table in found for by in table.family.parts)
    names = dict.fromkeys(one.name for table in found for one in table.components)
    return [
        column("family"),
        column("day", "day"),
        *(
            column(f"{by}{more}", "text", "parts", by, key)
            for by in bys
            for more, key in (("_id", "id"), ("", "label"))
        ),
        column("shift_number", "integer", "shift"),
        *(column(name, "number", "components", name) for name in names),
        column("computed_at", "moment"),
        column("provisional", "flag"),
    ]


def event_columns(found: Sequence[Events]) -> list[Column]:
    """Of facts: where they come from, what of them counts, then what they say."""
    fields = dict.fromkeys(name for each in found for name in each.kind.fields)
    return [
        column("kind"),
        column("id", "integer"),
        column("plant_id", "integer"),
        column("equipment_id", "integer", "equipment", "id"),
        column("equipment", "text", "equipment", "name"),
        *(column(name, KINDS.get(name, "text"), "fields", name) for name in fields),
        column("seconds_in_period", "number"),
        column("counted_seconds", "number"),
        column("source"),
        column("external_key"),
        column("source_url"),
        column("trace_id"),
        column("source_updated_at", "moment"),
        column("loaded_at", "moment"),
        Column("corrected_fields", "text", lambda row: ", ".join(one["field"] for one in row["corrections"])),
    ]
