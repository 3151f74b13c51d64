"""What others send us by the API, instead of being asked for it."""
