"""Days in addresses."""

from datetime import date


class DayConverter:
    """An ISO day, ``2026-11-24``; what is no day is no address."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        return value.isoformat()
