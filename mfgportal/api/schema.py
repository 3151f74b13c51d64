"""How the API's description is made; apart from the views, which import it."""

from typing import Any

from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.openapi import AutoSchema

TEXT = {"type": "string"}
PROBLEM = {
    "type": "object",
    "description": "Problem details, RFC 9457.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": TEXT,
        "title": TEXT | {"description": "The status in words."},
        "status": {"type": "integer"},
        "detail": TEXT | {"description": "What is wrong, and what is wanted."},
        "instance": TEXT | {"description": "The address that was asked for."},
        "errors": {
            "type": "array",
            "description": "The parameters or fields at fault.",
            "items": {
                "type": "object",
                "required": ["parameter", "detail"],
                "properties": {"parameter": TEXT, "detail": TEXT},
            },
        },
    },
}
RESPONSE = {
    "description": "A refusal or a failure.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class KeyScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]  # registers itself
    """Keys are described as the tokens that they are."""

    target_class = "mfgportal.api.authentication.KeyAuthentication"


class Schema(AutoSchema):
    """Takes the first line of what an endpoint says of itself as its summary."""

    def get_summary(self) -> str | None:
        given: str | None = super().get_summary()
        return given or self.get_description().partition("\n")[0].rstrip(".") or None


def add_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A hook of drf-spectacular: every operation may answer with problem details."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = RESPONSE
    return result
