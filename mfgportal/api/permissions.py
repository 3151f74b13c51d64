"""What a key may be used for, asked before every view of the API."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from mfgportal.accounts.models import User
from mfgportal.accounts.scopes import allows, scope_of

if TYPE_CHECKING:  # the views themselves import what guards them
    from rest_framework.views import APIView


class KeyScope(BasePermission):
    """Lets a key do what its scopes say. Where none asks, a person's role alone counts."""

    message = ""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        key = request.user.key if isinstance(request.user, User) else None
        if key is None or allows(key.scopes, request.method or "", request.path):
            return True
        self.message = f"This key lacks the scope {scope_of(request.method or '', request.path)}."
        return False
