"""How the house reaches the outside world, and how it is wired."""
