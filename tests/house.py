"""The house as a simulated browser finds it: all screens, behind the same guard as in the program."""

from nicegui import ui

from app.security import guard
from tests.screens import screens

screens().put_up()
guard('http://test')
ui.run(tailwind=False, reconnect_timeout=60, binding_refresh_interval=None)
