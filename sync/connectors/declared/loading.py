"""YAML text → a checked declaration, with every mistake named by its place in the file."""

import re
from collections.abc import Sequence
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sync.errors import SourceRefused

LARGEST = 512 * 1024
SHOWN = 20
BOOL, MERGE, TIME = (f"tag:yaml.org,2002:{name}" for name in ("bool", "merge", "timestamp"))
WORDS = {
    "missing": "is missing (write null where the source has none)",
    "extra_forbidden": "is not known here",
    "union_tag_not_found": "needs its kind or type",
}
M = TypeVar("M", bound=BaseModel)


class DeclarationError(SourceRefused):
    """A declaration cannot be used.

    Args:
        problems: one each: the place in the file and what is wanted there.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        more = [f"And {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
        told = [f"{one}." for one in (*problems[:SHOWN], *more)]
        super().__init__("\n".join(["The declaration cannot be used.", *told]))
        self.problems = list(problems)


class _Loader(yaml.SafeLoader):
    """JSON's types only: no dates, and ``no``, ``on``, ``off`` are words. Doubled keys are refused."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in (BOOL, MERGE, TIME)]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                line = node.value[position][0].start_mark.line + 1
                raise DeclarationError([f"line {line}: “{key}” is there twice"])
        return super().construct_mapping(node, deep)


_Loader.add_implicit_resolver(BOOL, re.compile("^(?:true|True|false|False)$"), list("tTfF"))


def parsed(text: str) -> dict[str, Any]:
    """The content of a declaration's file.

    Raises:
        DeclarationError: it is no YAML mapping, is too large, or repeats a part by an alias.
    """
    if len(text) > LARGEST:
        raise DeclarationError([f"The file is larger than {LARGEST // 1024} KiB"])
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, _Loader)):
            raise DeclarationError(["Aliases (*name) are not read: write the part out"])
        found = yaml.load(text, _Loader)  # noqa: S506 derived from SafeLoader
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise DeclarationError([f"{line}{error.problem or error.context}"]) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise DeclarationError([f"It is no YAML: {error}"]) from error
    if not isinstance(found, dict):
        raise DeclarationError(["Wanted names with values, such as “system: …” and “streams: …”"])
    return found


def checked(model: type[M], data: Any) -> M:
    """The declaration as its model has it.

    Raises:
        DeclarationError: each part that is wrong, by its path, with what is wanted there.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        told: dict[str, str] = {}
        for one in error.errors():  # a value that may be of several types is told of once
            told.setdefault(_place(one["loc"], data) or "The file", _message(one))
        raise DeclarationError([f"{place}: {message}" for place, message in told.items()]) from error


def _message(error: ErrorDetails) -> str:
    message = WORDS.get(error["type"], error["msg"].removeprefix("Value error, ")).rstrip(".")
    return f"{message[:1].lower()}{message[1:]}"


def _place(steps: Sequence[int | str], data: Any) -> str:
    """``streams.orders.records[0].fields.status``: the steps that are in the file, and the last one."""
    place = ""
    for position, step in enumerate(steps):
        if isinstance(step, int):
            place += f"[{step}]"
            data = data[step] if isinstance(data, list) and step < len(data) else None
        elif isinstance(data, dict) and step in data:
            place += f".{step}"
            data = data[step]
        elif position == len(steps) - 1 and isinstance(data, dict):
            place += f".{step}"
    return place.removeprefix(".")
