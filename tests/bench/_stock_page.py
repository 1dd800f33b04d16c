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
        ui.avatar('S')
        ui.label(HOME['firm']).classes('font-bold')
        ui.toggle(['EN', 'TH'], value='EN')
    with ui.footer(), ui.row().classes('w-full justify-between'):
        for icon, name in TABS.items():
            ui.button(name, icon=icon, on_click=lambda name=name: ui.navigate.to(f'/{name}')).props('flat stack')


def section(title: str, texts: list[list[str]]) -> None:
    with ui.row().classes('w-full justify-between'):
        ui.label(title).classes('text-bold')
        ui.link(f'All {title.lower()}', '/Jobs')
    for first, number, *below in texts:
        with ui.card().classes('w-full'):
            with ui.row().classes('w-full justify-between'):
                ui.label(first).classes('text-bold')
                ui.label(number)
            if title == 'Active jobs':
                with ui.row().classes('w-full no-wrap gap-1'):
                    for _ in range(7):
                        ui.element('div').classes('h-2 grow rounded bg-primary')
            with ui.row().classes('w-full justify-between'):
                for text in below:
                    ui.label(text)
            with ui.dialog() as dialog, ui.card():
                ui.label('Answered')
            if title != 'Active jobs':
                ui.button('Open', on_click=dialog.open).classes('w-full act')


@ui.page('/')
def home() -> None:
    frame()
    ui.label(HOME['hello']).classes('text-2xl font-bold')
    with ui.row():
        ui.label(HOME['customer'])
        ui.badge('Up to date')
    for title, texts in HOME['sections'].items():
        section(title, texts)
    with ui.row().classes('w-full justify-between'):
        for icon, name in {'edit': 'Quotes', 'shield': 'Deposits', 'description': 'Documents'}.items():
            with ui.card():
                ui.icon(icon)
                ui.link(name, f'/{name}')
    ui.link('Privacy notice', '/privacy')


@ui.page('/Jobs')
def jobs() -> None:
    frame()
    ui.label('All jobs here').classes('text-2xl font-bold')
    section('Active jobs', HOME['sections']['Active jobs'])


ui.run(port=int(sys.argv[1]), host='127.0.0.1', reload=False, show=False, show_welcome_message=False)
