"""The tests, in sentences."""
