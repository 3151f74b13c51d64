"""Events that gateways (MES, PLC) send to the API: there is nothing to ask, and only rows to map."""

from collections.abc import Iterator
from typing import ClassVar

from sync.connectors import values
from sync.connectors.base import Check, Connector, Cursor, Page, Payload, SourceConfig, StreamSpec
from sync.records import DowntimeRecord, Kind, Record, Ref

STOPS = "downtime"
UNSPECIFIED = "unspecified-failure"


class PushConnector(Connector):
    """``read`` finds nothing, ever: the rows are landed as they are sent (``sync.push``).

    A payload: ``external_key``, ``machine`` (as the sender calls it), ``machine_id`` (ours, where that is one
    machine beyond doubt), ``within`` (else: in which plants the name means something; "": in all),
    ``start``, ``end``, ``reason``, ``note``.
    """

    name: ClassVar[str] = "push"
    title: ClassVar[str] = "Events sent to the API"
    pushed: ClassVar[bool] = True
    streams = {
        STOPS: StreamSpec(
            name=STOPS,
            title="Stops sent to the API",
            model="downtime",
            kinds=(Kind.DOWNTIME,),
            mode="event",
            reconciliation="",
            sheds=False,
        )
    }

    def check(self) -> Check:
        return Check(version="POST /api/v1/events", visible={})

    def verify_schema(self, stream: str) -> None:
        """The API has checked it."""

    def read(self, stream: str, cursor: Cursor) -> Iterator[Page]:
        return iter(())

    def read_keys(self, stream: str) -> Iterator[str]:
        return iter(())

    @classmethod
    def to_records(cls, stream: str, payload: Payload) -> list[Record]:
        reason = values.text(payload, "reason")
        return [
            DowntimeRecord(
                external_key=f"downtime/{payload['external_key']}",
                equipment=_machine(payload),
                reason=Ref(kind=Kind.REASON, codes=(reason or UNSPECIFIED,), label=reason or "Unspecified"),
                start=values.needed_moment(payload, "start", values.moment),
                end=values.moment(payload, "end"),
                note=values.text(payload, "note"),
            )
        ]

    @classmethod
    def record_url(cls, config: SourceConfig, external_key: str) -> str:
        return ""


def _machine(payload: Payload) -> Ref:
    """A code from one who may not see all plants means nothing elsewhere: a person says what it is."""
    name, within = values.text(payload, "machine"), values.text(payload, "within")
    if found := payload["machine_id"]:
        return Ref(kind=Kind.EQUIPMENT, key=f"machine-id/{found}", label=name)
    if within:
        return Ref(kind=Kind.EQUIPMENT, key=f"machine/{within}/{name}", label=name)
    return Ref(kind=Kind.EQUIPMENT, key=f"machine/{name}", codes=(name,), label=name)
