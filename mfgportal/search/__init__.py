"""One box that finds machines, lines, plants, work orders, parts, technicians, exceptions and KPIs."""

from mfgportal.search.finding import Hit, find

__all__ = ["Hit", "find"]
