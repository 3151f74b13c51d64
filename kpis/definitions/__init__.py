"""Every KPI of the portal. A new one over existing components is one constant in a family's module."""

from types import MappingProxyType

from kpis.definitions import maintenance, production
from kpis.definitions.base import Better, Component, Kpi, Product, Ratio, Total, Unit

FAMILIES = MappingProxyType({"production": production, "maintenance": maintenance})

CATALOGUE: MappingProxyType[str, Kpi] = MappingProxyType(
    {kpi.name: kpi for family in FAMILIES.values() for kpi in vars(family).values() if isinstance(kpi, Kpi)}
)

__all__ = ["CATALOGUE", "FAMILIES", "Better", "Component", "Kpi", "Product", "Ratio", "Total", "Unit"]
