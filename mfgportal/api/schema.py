"""How the API's description is made; apart from the views, which import it."""

from drf_spectacular.openapi import AutoSchema


class Schema(AutoSchema):
    """Takes the first line of what an endpoint says of itself as its summary."""

    def get_summary(self) -> str | None:
        given: str | None = super().get_summary()
        return given or self.get_description().partition("\n")[0].rstrip(".") or None
