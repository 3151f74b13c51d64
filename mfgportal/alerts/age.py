"""Whether the data is fit to be judged: read to the end once, and not late."""

from datetime import datetime

from mfgportal.alerts.reading import CannotJudge
from sync.freshness import fact_streams, is_late
from sync.schedule import first_load


def judged_through(now: datetime) -> datetime:
    """Until when everything is known: the oldest last good read of the enabled fact streams. One query.

    Raises:
        CannotJudge: the first load goes on, a fact stream is late, or nothing was ever read.
    """
    streams = fact_streams()
    known = [stream.read_through for stream in streams if stream.read_through is not None]
    late = [stream.title for stream in streams if is_late(stream, now)]
    if first_load():
        raise CannotJudge("the first load of the data goes on")
    if late:
        more = f" and {len(late) - 1} more" if len(late) > 1 else ""
        raise CannotJudge(f"data late ({late[0]}{more})")
    if not known:
        raise CannotJudge("no data was ever read")
    return min(now, *known)
