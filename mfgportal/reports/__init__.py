"""The executive report: its numbers, its words, its PDF, and the schedules by which it is mailed."""
