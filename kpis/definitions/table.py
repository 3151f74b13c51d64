"""The catalogue as tables of Markdown, for people who read the README."""

from collections.abc import Iterator

from kpis.definitions import FAMILIES, TITLES, Better, Kpi
from kpis.definitions.left_out import LEFT_OUT

BEGIN = "<!-- kpi_table: begin (written by manage.py kpi_table --write README.md) -->"
END = "<!-- kpi_table: end -->"
GOOD = {Better.UP: "more", Better.DOWN: "less"}


def markdown() -> str:
    """A table per family, and what is left out."""
    return "\n".join(_lines())


def placed(text: str) -> str:
    """A text with the tables between its markers. Raises ValueError where it has no markers."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"There is no {BEGIN} … {END} in it.")
    return f"{before}{BEGIN}\n\n{markdown()}\n\n{END}{after}"


def _lines() -> Iterator[str]:
    for name, module in FAMILIES.items():
        yield f"**{TITLES[name]}**\n"
        yield "| KPI | Formula | Unit | Good | Standard | Needs |\n|---|---|---|---|---|---|"
        yield from (_row(kpi) for kpi in vars(module).values() if isinstance(kpi, Kpi))
        yield ""
    yield "**Left out**, since nothing is made up that no source stores:\n"
    yield from (f"- {found.standard}: {found.why}" for found in LEFT_OUT)


def _row(kpi: Kpi) -> str:
    cells = (
        f"{kpi.title} `{kpi.name}`",
        kpi.formula,
        kpi.unit,
        GOOD[kpi.better],
        kpi.standard,
        kpi.needs,
    )
    return f"| {' | '.join(cells)} |"
