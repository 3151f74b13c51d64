"""The comparisons there are, by key."""

from sync.reconcile import tallies
from sync.reconcile.base import Rule

_ALL = (tallies.RULE,)

RULES: dict[str, Rule] = {rule.key: rule for rule in _ALL}
