"""Addresses of sources, as people write them."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator

from sync.connectors import connector_class

FOLDER = RegexValidator(
    r"^(file://(localhost)?)?/[^\0]+$", "Write the folder with its whole path, such as file:///mnt/drops."
)
SITE = URLValidator(schemes=["http", "https"])


def validate_address(connector: str, url: str) -> None:
    """What the connector can reach: a site, or a folder of this machine.

    Raises:
        ValidationError: it is neither; the message says how it is written.
    """
    (FOLDER if connector_class(connector).local else SITE)(url)
    if "@" in urlsplit(url).netloc:
        raise ValidationError("Write user and password in their own fields: addresses are shown in clear.")
