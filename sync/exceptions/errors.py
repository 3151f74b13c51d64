"""Why a resolution was refused."""

from sync.errors import SyncError


class AlreadyResolved(SyncError):
    """Somebody else was faster: the exception is not open any more."""


class NotAllowed(SyncError):
    """This kind of exception cannot be resolved this way, or the value given makes no sense; says why."""
