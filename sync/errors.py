"""Errors of reading a source, classed by what has to happen next."""


class SyncError(Exception):
    """Base of every error this package raises on purpose. The message says what to do."""


class SourceUnavailable(SyncError):
    """The source cannot answer now: down, overloaded, truncated or unreadable answer. Try again later.

    Args:
        message: what happened, in words a maintenance lead understands.
        retry_after: seconds the source asked us to wait, if it did.
    """

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class SourcePaused(SourceUnavailable):
    """We have asked as much as the source allows for now. Nothing is wrong: reading goes on by itself."""


class SourceRefused(SyncError):
    """The source answered and said no: wrong password, missing right, unknown database. A person acts."""


class LoginRefused(SourceRefused):
    """The source does not let the account in at all: none of its streams can be read until a person acts."""


class SchemaDrift(SyncError):
    """The source lacks a field we read, or changed its type. Stops one stream; the others go on.

    Args:
        model: the source's name of the table or resource, e.g. ``mrp.workcenter``.
        problems: one line per field: name, what was expected, what was found.
    """

    def __init__(self, model: str, problems: list[str]) -> None:
        super().__init__(f"{model} changed at the source: " + "; ".join(problems))
        self.model = model
        self.problems = problems


class BadRow(SyncError):
    """One row cannot be read as a record. It is kept in the queue; the rows behind it go on.

    Args:
        message: what was wanted and what was found.
        field: the record's field at fault, if one is.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field
