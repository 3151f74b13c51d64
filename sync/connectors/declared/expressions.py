"""JMESPath expressions and text templates. Both only pick values out of a row; neither runs anything."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.parser import ParsedResult
from pydantic import AfterValidator

from sync.errors import BadRow

Scope = Mapping[str, Any]
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@lru_cache(maxsize=4096)
def compiled(expression: str) -> ParsedResult:
    """Raises ValueError when it is no JMESPath."""
    try:
        return jmespath.compile(expression)
    except JMESPathError as error:
        raise ValueError(f"“{expression}” is no JMESPath expression: {error}") from error


def _checked_path(expression: str) -> str:
    if not PLAIN.fullmatch(expression):
        compiled(expression)
    return expression


def _checked_template(template: str) -> str:
    for expression in PLACEHOLDER.findall(template):
        _checked_path(expression)
    if re.search("[{}]", PLACEHOLDER.sub("", template)):
        raise ValueError(f"“{template}” has a brace without its partner")
    return template


Path = Annotated[str, AfterValidator(_checked_path)]
Template = Annotated[str, AfterValidator(_checked_template)]


def find(expression: str, scope: Scope) -> Any:
    """What the expression picks out of the scope; None when there is nothing.

    Raises:
        BadRow: a value is not of the kind the expression works on.
    """
    if PLAIN.fullmatch(expression):
        return _walk(expression.split("."), scope)
    try:
        return compiled(expression).search(scope)
    except JMESPathError as error:
        raise BadRow(f"{expression}: {error}", field=field_of(expression)) from error


def _walk(steps: list[str], value: Any) -> Any:
    for step in steps:
        if not isinstance(value, Mapping):
            return None
        value = value.get(step)
    return value


def truthy(expression: str, scope: Scope) -> bool:
    """As JMESPath has it: null, false, and empty text, lists and objects are false; 0 is true."""
    value = find(expression, scope)
    return value is not None and value is not False and value not in ("", [], {})


def field_of(expression: str) -> str:
    """The row's field an expression starts from, where it is plain to see."""
    found = PLAIN.match(expression)
    return found.group().split(".")[0] if found and "(" not in expression else ""


def plain_text(value: Any) -> str | None:
    """A text, number or truth as text; None for null and for lists and objects."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() if isinstance(value, str | int | float) else None


def filled(template: str, scope: Scope) -> Any:
    """The template with its values put in; None when one of them is missing or empty.

    A template that is one placeholder and nothing else gives the value itself.
    """
    alone = PLACEHOLDER.fullmatch(template)
    if alone:
        value = find(alone.group(1), scope)
        return None if value == "" else value
    parts = [plain_text(find(expression, scope)) for expression in PLACEHOLDER.findall(template)]
    if not all(parts):
        return None
    values = iter(parts)
    return PLACEHOLDER.sub(lambda _: next(values) or "", template)


def filled_text(template: str, scope: Scope) -> str:
    """As ``filled``, as text; "" when a value is missing."""
    return plain_text(filled(template, scope)) or ""
