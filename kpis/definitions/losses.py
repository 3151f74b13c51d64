"""The six big losses of equipment, each as time and as share of loading time.

Start-up and production rejects are one loss here: no source tells them apart. External and quality stops are
kept apart from breakdowns. With good time and what is not judged they add up to loading time.
"""

from kpis.definitions import components as c
from kpis.definitions.base import Better, Linear, Ratio, Total, Unit
from kpis.definitions.production import NO_LOADING

TPM = "Six big losses (Nakajima, TPM); "


def _loss(name: str, title: str, of: Linear, standard: str, note: str = "") -> tuple[Total, Ratio]:
    time = Total(
        name=f"{name}_loss_time",
        title=f"{title} loss, time",
        of=of,
        unit=Unit.SECONDS,
        better=Better.DOWN,
        standard=TPM + standard,
        note=note,
    )
    share = Ratio(
        name=f"{name}_loss",
        title=f"{title} loss",
        top=of,
        bottom=c.OEE_LOADING,
        unit=Unit.SHARE,
        better=Better.DOWN,
        sample=c.FACTS,
        standard=f"{TPM}{standard}, of loading time",
        undefined=NO_LOADING,
        note=note,
    )
    return time, share


BREAKDOWN_LOSS_TIME, BREAKDOWN_LOSS = _loss(
    "breakdown", "Breakdown", c.OEE_BREAKDOWN, "availability loss 1, equipment failure"
)
SETUP_LOSS_TIME, SETUP_LOSS = _loss(
    "setup", "Set-up", c.OEE_SETUP, "availability loss 2, set-up and adjustment"
)
EXTERNAL_LOSS_TIME, EXTERNAL_LOSS = _loss(
    "external",
    "External stop",
    c.OEE_EXTERNAL,
    "availability loss beside the six",
    "Starved, blocked or without operator: the machine itself could have run.",
)
QUALITY_STOP_LOSS_TIME, QUALITY_STOP_LOSS = _loss(
    "quality_stop", "Quality stop", c.OEE_QUALITY_STOP, "availability loss beside the six"
)
MICRO_STOP_LOSS_TIME, MICRO_STOP_LOSS = _loss(
    "micro_stop", "Micro-stop", c.OEE_MICRO_STOP, "performance loss 3, idling and minor stops"
)
SPEED_LOSS_TIME, SPEED_LOSS = _loss(
    "speed",
    "Speed",
    c.OEE_RUN - c.RUN_WITHOUT_IDEAL - c.OEE_MICRO_STOP - c.IDEAL,
    "performance loss 4, reduced speed",
    "Below 0 where the ideal cycle time is too slow, or micro-stops lie in run time that is not judged.",
)
REJECT_LOSS_TIME, REJECT_LOSS = _loss(
    "reject",
    "Reject",
    c.IDEAL - c.IDEAL_GOOD,
    "quality losses 5 and 6, start-up and production rejects together",
    "In ideal time of the rejected units. No source tells rejects of the start-up from others.",
)
