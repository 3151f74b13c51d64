"""What we read from Odoo."""

from sync.connectors.odoo.fact_streams import FACT_STREAMS
from sync.connectors.odoo.master_streams import MASTER_STREAMS
from sync.connectors.odoo.spec import OdooStream
from sync.connectors.odoo.spending_streams import SPENDING_STREAMS

STREAMS: dict[str, OdooStream] = {
    stream.spec.name: stream for stream in (*MASTER_STREAMS, *FACT_STREAMS, *SPENDING_STREAMS)
}
