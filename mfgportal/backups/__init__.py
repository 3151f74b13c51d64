"""The whole portal as one file, and back from it."""
