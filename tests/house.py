"""The screens as the program serves them, for the tests' simulated browsers; run anew for every test."""

from nicegui import ui

from app.security import guard

guard('http://test')
import pages  # noqa: E402, F401  (registers every screen)

ui.run(tailwind=False, reconnect_timeout=60, binding_refresh_interval=None)
