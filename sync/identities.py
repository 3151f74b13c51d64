"""Who is who: names in sources → canonical rows."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A canonical row an unknown key might mean. ``score`` 0-100; ``reason`` says what is alike."""

    canonical_id: int
    name: str
    code: str
    score: float
    reason: str
