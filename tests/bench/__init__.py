"""How fast and how large it is; no part of the tests."""
