"""What can be done to the records, and when the answer is no."""
