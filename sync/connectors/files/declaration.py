"""What a declaration of dropped files may say."""

import codecs
import re
from dataclasses import replace
from hashlib import blake2b
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from sync.connectors.base import Mode, StreamSpec
from sync.connectors.declared.expressions import Path, field_of
from sync.connectors.declared.rules import Declared
from sync.connectors.declared.streams import Name, StreamRule

Text = Annotated[str, Field(min_length=1)]
Char = Annotated[str, Field(min_length=1, max_length=1, pattern=r"^[^\r\n]$")]
Position = Annotated[int, Field(ge=1, le=500)]
READING = {
    "model", "key", "updated_at",
    "files", "folder", "format", "lot", "columns", "from_name", "skip", "most_rows",
}  # fmt: skip
NAMED = re.compile(r"\(\?P<([a-z][a-z0-9_]*)>")


def _text_encoding(name: str) -> str:
    try:
        b"".decode(name)
        codecs.lookup(name)
    except LookupError as error:
        raise ValueError(f"“{name}” is no encoding: utf-8, cp1252 (Windows) or cp850 (DOS), say") from error
    return name


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"“{text}” is no regular expression: {error}") from error
    return text


class Csv(Declared):
    """Text with one row a line.

    Args:
        quote: the character around texts; "" where there is none.
        encoding: of files that do not begin with a byte order mark.
        header_row: counted from 1; what is above it is passed over. 0: there is none.
    """

    type: Literal["csv"]
    delimiter: Char = ","
    quote: Annotated[str, Field(max_length=1, pattern=r"^[^\r\n]?$")] = '"'
    encoding: Annotated[str, AfterValidator(_text_encoding)] = "utf-8"
    header_row: Annotated[int, Field(ge=0, le=1000)] = 1

    @model_validator(mode="after")
    def told_apart(self) -> Self:
        if self.delimiter == self.quote:
            raise ValueError("`delimiter` and `quote` are the same character")
        return self


class Xlsx(Declared):
    """A sheet of a workbook, by its name or its number from 1. Of formulas their last values are read."""

    type: Literal["xlsx"]
    sheet: Text | Position = 1
    header_row: Annotated[int, Field(ge=0, le=1000)] = 1


Format = Annotated[Csv | Xlsx, Field(discriminator="type")]


class Column(Declared):
    """Where a value is: under one of these headers, or at a position from 1.

    Args:
        optional: files without the column are read all the same.
    """

    header: list[Text] = []
    position: Position | None = None
    optional: bool = False

    @model_validator(mode="before")
    @classmethod
    def short(cls, given: Any) -> Any:
        """A text alone, or a list of texts, is the header; a number alone is the position."""
        if isinstance(given, int) and not isinstance(given, bool):
            return {"position": given}
        given = {"header": given} if isinstance(given, str | list) else given
        if isinstance(given, dict) and isinstance(given.get("header"), str):
            return {**given, "header": [given["header"]]}
        return given

    @model_validator(mode="after")
    def one_place(self) -> Self:
        if bool(self.header) == bool(self.position):
            raise ValueError("wanted a `header` or a `position`")
        return self


class FileStream(StreamRule):
    """One sort of file.

    Args:
        files: their names, such as ``counts-*.csv``, whatever the case. ``folder``: below the source's.
        lot: ``adds``: each file brings rows, and rows stay. ``replaces``: the newest file is the whole set,
            and what it lacks is gone.
        columns: by the name that rules use. ``from_name``: a regular expression on the file's name, whose
            named groups are values too.
        skip: JMESPath that is true for rows that are none, such as a line of totals.
        most_rows: that one file may have.
    """

    files: Annotated[str, Field(pattern=r"^[^/\\]+$")]
    folder: Annotated[str, Field(pattern=r"^([^./\\][^/\\]*(/[^./\\][^/\\]*)*)?$")] = ""
    format: Format
    lot: Literal["adds", "replaces"] = "adds"
    columns: Annotated[dict[Name, Column], Field(min_length=1)]
    from_name: Annotated[str, AfterValidator(_pattern)] = ""
    skip: Path | None = None
    most_rows: Annotated[int, Field(gt=0, le=5_000_000)] = 500_000
    mode: Mode = "batch"
    reconciliation: str = ""

    @model_validator(mode="before")
    @classmethod
    def fields_are_columns(cls, given: Any) -> Any:
        """The engine's contract of fields is made of the columns, so it is not written twice."""
        columns = given.get("columns") if isinstance(given, dict) else None
        if not isinstance(columns, dict):
            return given
        if "fields" in given:
            raise ValueError("say `columns` in place of `fields`")
        free = {name for name, one in columns.items() if isinstance(one, dict) and one.get("optional")}
        return {**given, "fields": {str(name): "any?" if name in free else "any" for name in columns}}

    @property
    def added(self) -> frozenset[str]:
        return frozenset(NAMED.findall(self.from_name))

    @property
    def form(self) -> str:
        """Stands for the way files are read: rows are the same as long as it is."""
        said = self.model_dump_json(include=READING)
        return blake2b(said.encode(), digest_size=8).hexdigest()

    @model_validator(mode="after")
    def columns_can_be_found(self) -> Self:
        if not self.format.header_row and any(one.header for one in self.columns.values()):
            raise ValueError("without a header row columns are found by their position: `name: 3`")
        if twice := sorted(self.added & set(self.columns)):
            raise ValueError(f"{', '.join(twice)}: both a column and a part of the file's name")
        begins = field_of(self.skip or "")
        if begins and begins not in self.added | set(self.columns):
            raise ValueError(f"skip: {begins} is not among the stream's `columns`")
        return self


class FilesDeclaration(Declared):
    """Files of a system and their streams.

    Args:
        system: its name, for people. ``about``: what to know before connecting it.
        settle_s: a file that was written to this short a time ago is left for the next reading.
        max_mb: largest file that is read. ``max_unpacked_mb``: largest content of a workbook.
        remembered: files known by heart; older ones are known by their age.
    """

    system: Annotated[str, Field(min_length=1, max_length=80)]
    about: str = ""
    settle_s: Annotated[float, Field(ge=0, le=3600)] = 10.0
    max_mb: Annotated[int, Field(gt=0, le=2048)] = 64
    max_unpacked_mb: Annotated[int, Field(gt=0, le=4096)] = 512
    remembered: Annotated[int, Field(ge=10, le=5000)] = 500
    streams: Annotated[dict[Name, FileStream], Field(min_length=1)]

    def specs(self) -> dict[str, StreamSpec]:
        """The streams as the engine knows them."""
        return {name: _spec(name, stream) for name, stream in self.streams.items()}


def _spec(name: str, stream: FileStream) -> StreamSpec:
    adds = stream.lot == "adds"
    return replace(stream.spec(name, incremental=adds), sheds=not adds)
