"""One line per log record, with the trace id of the source record it is about where the caller gives one."""

import logging


class LineFormatter(logging.Formatter):
    """`2026-01-31 12:00:00 WARNING sync.run message trace=…`; a traceback is folded into the same line."""

    default_msec_format = ""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record).replace("\n", "\\n")
        trace = getattr(record, "trace_id", None)
        return f"{line} trace={trace}" if trace else line
