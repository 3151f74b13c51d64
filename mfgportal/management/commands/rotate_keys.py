"""`manage.py rotate_keys`: encrypt every kept secret with the first of FIELD_ENCRYPTION_KEYS."""

from typing import Any

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mfgportal.accounts.kept_secrets import encrypt_anew
from sync.secrets import key_id


class Command(BaseCommand):
    help = (
        "Encrypt credentials of sources and second factors with the first key of FIELD_ENCRYPTION_KEYS. "
        "Put a new key in front, restart, run this, then take the old key out and restart again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            count = encrypt_anew()
        except InvalidToken as lost:
            raise CommandError(
                "A secret was encrypted with a key that is not in FIELD_ENCRYPTION_KEYS. Nothing was changed."
            ) from lost
        first, *old = map(key_id, settings.FIELD_ENCRYPTION_KEYS)
        self.stdout.write(f"Secrets encrypted with key {first}: {count}.")
        if old:
            self.stdout.write(f"No longer needed, but by older backups: {', '.join(old)}.")
