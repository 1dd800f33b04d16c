"""What stands around every view: firm and languages above, five tabs below, the privacy notice at the foot."""

from __future__ import annotations

from htpy import Node, a, div, footer, header, nav, span

from pages.portal import plain
from pages.portal.reader import Reader
from pages.theme import icon

TABS = {'': 'home', '/jobs': 'jobs', '/invoices': 'invoices', '/receipts': 'receipts', '/documents': 'documents'}


def header_bar(r: Reader, path: str) -> Node:
    return [
        div('.offline', role='status')[span[r.w('portal.reconnecting')]],
        header[a('.brand', href=r.root)[plain.brand(r)], plain.language_switch(r, path)],
    ]


def foot(r: Reader) -> Node:
    return footer[a(href=r.at('/privacy'))[r.w('portal.privacy')]]


def tab_bar(r: Reader, path: str) -> Node:
    here = '/' + path[len(r.root) :].partition('?')[0].partition('#')[0].strip('/').partition('/')[0]
    return nav(aria_label=r.w('portal.menu'))[
        [
            a(href=r.at(place), aria_current='page' if here == (place or '/') else None)[
                icon(name), span[r.w(f'portal.{name}')]
            ]
            for place, name in TABS.items()
        ]
    ]
