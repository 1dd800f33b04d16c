"""What the house does with the outside world."""
