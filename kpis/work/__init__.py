"""Maintenance work: orders, hours and money, rolled up by plant, machine and day."""
