"""How one value of a record is found in a row: the pieces declarations are written in."""

import inspect
import re
from datetime import date, datetime
from typing import Annotated, Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from sync.connectors.declared.expressions import Path, Template
from sync.connectors.declared.transforms import TRANSFORMS
from sync.records import Kind

Scalar = str | int | float | bool | None


class Declared(BaseModel):
    """What all parts of a declaration share: they are frozen, and a word nobody knows is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Use(Declared):
    """One named transform with its settings: ``number``, or ``{number: {decimal: ","}}``."""

    name: str
    settings: dict[str, Any] = {}

    @model_validator(mode="before")
    @classmethod
    def short(cls, given: Any) -> Any:
        if isinstance(given, str):
            return {"name": given}
        if isinstance(given, dict) and len(given) == 1 and "name" not in given:
            name, settings = next(iter(given.items()))
            return {"name": name, "settings": settings or {}}
        return given

    @model_validator(mode="after")
    def known(self) -> Self:
        if self.name not in TRANSFORMS:
            raise ValueError(f"“{self.name}” is no transform; there are {', '.join(sorted(TRANSFORMS))}")
        try:
            inspect.signature(TRANSFORMS[self.name]).bind(None, **self.settings)
        except TypeError as error:
            raise ValueError(f"{self.name}: {error}") from error
        for name, value in self.settings.items():
            _check_setting(self.name, name, value)
        return self


def _check_setting(transform: str, name: str, value: Any) -> None:
    """Refuse a setting that would fail on the first row."""
    try:
        if name == "zone":
            ZoneInfo(value)
        elif name == "pattern":
            re.compile(value)
        elif transform == "scale" or name in ("take", "group"):
            float(value)
    except (TypeError, ValueError, ZoneInfoNotFoundError, re.error) as error:
        raise ValueError(f"{transform}: {name}: {error}") from error


def _as_list(given: Any) -> Any:
    return given if isinstance(given, list) else [given]


def word(value: Any) -> str:
    """A value as a key of ``map``: as YAML and JSON write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return "null" if value is None else str(value).strip()


class FieldRule(Declared):
    """One value.

    Args:
        from_: JMESPath into the row. ``column`` takes a name as it is, with its blanks and dots.
        value: a constant. ``template``: a text with values put in, such as ``{first} {last}``.
        null_if: values that mean "nothing here".
        as_: transforms, applied one after the other to what is there.
        map: what the source's constants mean. One not named is refused, unless there is an ``otherwise``.
        empty: what to take where nothing is there.
        plus: seconds added to a time; nothing there makes the whole nothing.
        when: JMESPath; nothing is there where it is false.
    """

    from_: Path | None = Field(None, alias="from")
    column: str | None = None
    value: Scalar = None
    template: Template | None = None
    null_if: Annotated[list[Scalar], BeforeValidator(_as_list)] = []
    as_: Annotated[list[Use], BeforeValidator(_as_list)] = Field([], alias="as")
    map: dict[str, Scalar] | None = None
    otherwise: Scalar = None
    empty: Scalar = None
    plus: "FieldRule | None" = None
    when: Path | None = None

    @model_validator(mode="before")
    @classmethod
    def short(cls, given: Any) -> Any:
        """A text alone is where to look; a number or a truth alone is a constant."""
        if isinstance(given, str):
            return {"from": given}
        return {"value": given} if isinstance(given, bool | int | float) else given

    @field_validator("map", mode="before")
    @classmethod
    def words(cls, given: Any) -> Any:
        return {word(key): value for key, value in given.items()} if isinstance(given, dict) else given

    @model_validator(mode="after")
    def one_origin(self) -> Self:
        given = self.model_fields_set & {"from_", "column", "value", "template"}
        if len(given) != 1:
            raise ValueError("wanted one of `from`, `column`, `value`, `template`")
        if "otherwise" in self.model_fields_set and self.map is None:
            raise ValueError("`otherwise` belongs to a `map`")
        return self

    @property
    def outcomes(self) -> list[tuple[str, Scalar]]:
        """The constants this rule may give, each with the name of where it is written."""
        given = [(f"map.{key}", value) for key, value in (self.map or {}).items()]
        names = self.model_fields_set & {"value", "otherwise", "empty"}
        return [*given, *((name, getattr(self, name)) for name in sorted(names))]


class RefRule(Declared):
    """A reference to a master record.

    Args:
        key: its external key in the same source, such as ``asset/{assetId}``; nothing there, no reference.
        codes: codes that may match another source's, where they are filled.
        label: its name, for people.
        kind: what it refers to, where the field's name does not say.
    """

    key: Template | None = None
    codes: Annotated[list[FieldRule], BeforeValidator(_as_list)] = []
    label: FieldRule | None = None
    kind: Kind | None = None

    @model_validator(mode="before")
    @classmethod
    def short(cls, given: Any) -> Any:
        return {"key": given} if isinstance(given, str) else given

    @model_validator(mode="after")
    def leads_somewhere(self) -> Self:
        if self.key is None and not self.codes:
            raise ValueError("wanted a `key` or `codes`")
        return self


class CodesRule(Declared):
    """Codes that other sources may know the record by; empty ones are left out."""

    codes: list[FieldRule] = []

    @model_validator(mode="before")
    @classmethod
    def short(cls, given: Any) -> Any:
        return given if isinstance(given, dict) and "codes" in given else {"codes": _as_list(given)}


def fits(kind: Any, value: Any) -> bool:
    """Whether a finished value is one of a field's plain type."""
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool)
    if kind is date:
        return isinstance(value, date) and not isinstance(value, datetime)
    return isinstance(value, kind)
