from typing import Any

from django.test import Client


def test_whom_to_tell(client: Client, settings: Any) -> None:
    settings.SECURITY_CONTACT = ["security@example.com", "https://example.com/security"]
    answer = client.get("/.well-known/security.txt")
    text = answer.content.decode()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert "Contact: mailto:security@example.com\nContact: https://example.com/security\nExpires: 2" in text
    assert "Canonical: http://testserver/.well-known/security.txt" in text


def test_no_contact_no_page(client: Client, settings: Any) -> None:
    settings.SECURITY_CONTACT = []
    assert client.get("/.well-known/security.txt").status_code == 404
