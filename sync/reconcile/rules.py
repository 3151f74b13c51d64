"""The comparisons there are, by key."""

from sync.reconcile import costs, downtime, natives, production, stock, tallies, work
from sync.reconcile.base import Rule

_ALL = (tallies.RULE, downtime.RULE, production.RULE, stock.RULE, costs.RULE, work.RULE, natives.RULE)

RULES: dict[str, Rule] = {rule.key: rule for rule in _ALL}

OF_STREAMS: dict[str, Rule] = {tallies.RULE.key: tallies.RULE}
"""Those that compare a stream with its source, for the streams that name them; the others compare systems."""
