"""From a number back to the records under it."""
