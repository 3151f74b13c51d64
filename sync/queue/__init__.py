"""The queue itself: its kinds and its only writer. What people do with it is in ``sync.exceptions``."""
