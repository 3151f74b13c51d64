"""What people arrange around the exception queue: who looks after what, talk, bulk work, the daily digest."""
