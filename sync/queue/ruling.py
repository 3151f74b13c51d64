"""Rules people made about what the queue is not to bother them with."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from sync.models import Rule, SyncException


def matches(pattern: str, text: str) -> bool:
    """Whether a text is what a rule is about: ``*`` stands for any text, case does not matter."""
    literal = pattern.replace("[", "[[]").replace("?", "[?]")
    return fnmatchcase(text.casefold(), literal.casefold())


def words(rule: Rule) -> str:
    """Why a rule dismissed something; by it what the rule dismissed is found again."""
    return f"A rule of {rule.author} says so. {rule.reason}"


def rules_for(exceptions: Sequence[SyncException]) -> dict[int, Rule]:
    """By id of an exception, the rule that dismisses it. One query."""
    kinds = {exception.kind for exception in exceptions}
    sources = {exception.source_id for exception in exceptions}
    rules = list(
        Rule.objects.filter(what=Rule.What.DISMISS, revoked_at=None, source__in=sources, kind__in=kinds)
    )
    found = {exception.pk: _first(rules, exception) for exception in exceptions if rules}
    return {pk: rule for pk, rule in found.items() if rule}


def _first(rules: Sequence[Rule], exception: SyncException) -> Rule | None:
    mine = (rule for rule in rules if (rule.source_id, rule.kind) == (exception.source_id, exception.kind))
    return next((rule for rule in mine if matches(rule.pattern, exception.title)), None)
