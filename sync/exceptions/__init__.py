"""What people do with the exception queue, and the words for it."""

from sync.exceptions.backlog import in_work
from sync.exceptions.correcting import correct
from sync.exceptions.effects import affected, decide, is_pending, touched_by
from sync.exceptions.errors import AlreadyResolved, NotAllowed
from sync.exceptions.fields import fields_to_correct
from sync.exceptions.following import Followers, followers
from sync.exceptions.merging import kept_instead, merge, undo_merge
from sync.exceptions.naming import REASON_CLASSES, map_key, suggestions
from sync.exceptions.overrides import revoke
from sync.exceptions.previewing import preview
from sync.exceptions.resolve import dismiss, retry
from sync.exceptions.rulemaking import Wanted, drafts, make_rule, revoke_rule
from sync.exceptions.splitting import split, split_groups
from sync.exceptions.taking import own, take
from sync.exceptions.unmapping import unmap
from sync.queue.kinds import KINDS, ExceptionKind, Resolution

__all__ = [
    "KINDS",
    "REASON_CLASSES",
    "AlreadyResolved",
    "ExceptionKind",
    "Followers",
    "NotAllowed",
    "Resolution",
    "Wanted",
    "affected",
    "correct",
    "decide",
    "dismiss",
    "drafts",
    "fields_to_correct",
    "followers",
    "in_work",
    "is_pending",
    "kept_instead",
    "make_rule",
    "map_key",
    "merge",
    "own",
    "preview",
    "retry",
    "revoke",
    "revoke_rule",
    "split",
    "split_groups",
    "suggestions",
    "take",
    "touched_by",
    "undo_merge",
    "unmap",
]
