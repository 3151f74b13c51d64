"""What keeps a backup from being made or restored."""


class CannotBackUp(Exception):
    """No backup was made. The message says what to do."""


class CannotRestore(Exception):
    """The backup was not restored. The message says why, and what to do."""
