"""What a maintenance lead asks each morning: what waits, what is late, what fails again, what is missing."""
