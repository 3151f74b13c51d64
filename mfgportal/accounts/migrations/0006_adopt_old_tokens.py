"""Tokens from before there were keys become keys: listed, limited in number of requests, and revoked like them."""

from datetime import timedelta
from typing import Any

from django.db import migrations

ENDLESS = timedelta(days=36500)
OF_KEYS = "mfg_k"


def adopt(apps: Any, schema_editor: Any) -> None:
    """They may do what they could. One whose own key is gone must not come back to life."""
    key, token = apps.get_model("accounts", "ApiKey"), apps.get_model("knox", "AuthToken")
    for each in token.objects.filter(api_key=None).exclude(token_key__startswith=OF_KEYS):
        made = key.objects.create(
            name="Token from before there were keys",
            owner_id=each.user_id,
            token=each,
            prefix=each.token_key,
            scopes=["admin"],
            all_plants=True,
            expires_at=each.expiry or each.created + ENDLESS,
        )
        key.objects.filter(pk=made.pk).update(created_at=each.created)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_trail_stays_whole")]
    operations = [migrations.RunPython(adopt, migrations.RunPython.noop)]
