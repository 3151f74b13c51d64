"""Screens on the shop floor: what they may show, by a key in their address instead of a log-in."""
