"""Comparing what systems say with each other and with what we hold."""
