"""Text that a spreadsheet would take for a formula: a source, or whoever types into it, may send anything."""

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet may run it; also behind blanks, which some cut off."""
    return text.startswith(STARTS) or text.lstrip(" ").startswith(STARTS)


def quoted(text: str) -> str:
    """The same text behind an apostrophe, which makes it text for every spreadsheet (OWASP)."""
    return f"'{text}" if is_formula(text) else text
