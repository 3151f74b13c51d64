"""What can be found."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thing:
    """``codes``: what it is called beside its name, the most telling first; ``detail``: where it belongs."""

    kind: str
    key: int | str
    name: str
    codes: tuple[str, ...]
    detail: str
    url: str

    @property
    def code(self) -> str:
        """The first of its codes, unless that is the name again."""
        first = self.codes[0] if self.codes else ""
        return "" if first == self.name else first
