"""Every KPI of the portal. A new one over existing components is one constant in a family's module."""

from types import MappingProxyType

from kpis.definitions import costs, levels, losses, maintenance, production, unread, work
from kpis.definitions.base import Better, Component, Kpi, Product, Ratio, Total, Unit

FAMILIES = MappingProxyType(
    {
        "production": production,
        "losses": losses,
        "maintenance": maintenance,
        "work": work,
        "costs": costs,
        "levels": levels,
        "unread": unread,
    }
)
TITLES = MappingProxyType(
    {
        "production": "Production",
        "losses": "Losses",
        "maintenance": "Reliability and down time",
        "work": "Maintenance work",
        "costs": "Maintenance cost",
        "levels": "Backlog and assets",
        "unread": "Of numbers at hand: no source read here keeps them",
    }
)

CATALOGUE: MappingProxyType[str, Kpi] = MappingProxyType(
    {kpi.name: kpi for family in FAMILIES.values() for kpi in vars(family).values() if isinstance(kpi, Kpi)}
)

__all__ = [
    "CATALOGUE",
    "FAMILIES",
    "TITLES",
    "Better",
    "Component",
    "Kpi",
    "Product",
    "Ratio",
    "Total",
    "Unit",
]
