"""What happens in real browsers."""
