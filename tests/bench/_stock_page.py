"""The portal's Home as NiceGUI makes it out of the box: its own elements, its own settings, a page per tab."""

import json
import os
import sys

from nicegui import ui

HOME = json.loads(os.environ['HOME_TEXTS'])
TABS = {
    'home': 'Home',
    'local_shipping': 'Jobs',
    'receipt': 'Invoices',
    'check': 'Receipts',
    'description': 'Documents',
}


def frame() -> None:
    with ui.header(), ui.row().classes('w-full items-center justify-between'):
        ui.label(HOME['firm']).classes('font-bold')
        ui.toggle(['EN', 'TH'], value='EN')
    with ui.footer(), ui.row().classes('w-full justify-between'):
        for icon, name in TABS.items():
            ui.button(name, icon=icon, on_click=lambda name=name: ui.navigate.to(f'/{name}')).props('flat stack')


def cards(texts: list[list[str]], verb: str) -> None:
    with ui.dialog() as dialog, ui.card():
        ui.label('Answered')
    for card in texts:
        with ui.card().classes('w-full'):
            with ui.row().classes('w-full justify-between'):
                for text in card[:2]:
                    ui.label(text).classes('text-bold')
            ui.linear_progress(0.5, show_value=False)
            with ui.row().classes('w-full justify-between'):
                for text in card[2:]:
                    ui.label(text)
            ui.button(verb, on_click=dialog.open).classes('w-full act')


@ui.page('/')
def home() -> None:
    frame()
    ui.label(HOME['hello']).classes('text-2xl font-bold')
    ui.label(HOME['customer'])
    for title, texts in HOME['sections'].items():
        ui.label(title)
        cards(texts, 'Open')


@ui.page('/Jobs')
def jobs() -> None:
    frame()
    ui.label('All jobs here').classes('text-2xl font-bold')
    cards(HOME['sections']['Active jobs'], 'Open')


ui.run(port=int(sys.argv[1]), host='127.0.0.1', reload=False, show=False, show_welcome_message=False)
