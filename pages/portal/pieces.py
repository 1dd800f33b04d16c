"""What several views draw alike: cards, chips, rows of amounts, empty lists, how to reach the firm."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import quote as in_address

from htpy import Node, a, b, div, h1, h2, p, section, small, span

from models.written import dialled
from pages.portal.reader import Reader
from pages.theme import icon


def chip(tone: str, text: str) -> Node:
    """A status: always in words, the colour only underlines them."""
    return span(class_=f'chip {tone}')[text]


def card(r: Reader, path: str, *children: Node, key: str) -> Node:
    """A card that opens something; an anchor, so that a long press, Back and a slow phone work."""
    return a('.card', href=r.at(path), id=key)[children]


def title_row(title: str, number: str) -> Node:
    return div('.row')[span('.title')[title], span('.ref')[number]]


def heading(r: Reader, text: str, path: str = '', more: str = '') -> Node:
    return h2[span[text], a(href=r.at(path))[more] if path else None]


def cards(heading_node: Node, drawn: Iterable[Node]) -> Node:
    """A section, or nothing at all when there is nothing to show."""
    children = list(drawn)
    return section[heading_node, children] if children else None


def top(r: Reader, path: str, place: str, title: str, number: str = '', *below: Node) -> Node:
    """The head of a record: the way back, the number, the title."""
    way = a('.way', href=r.at(path))[icon('back'), place] if r.whole else span('.way')[place]
    return div('.top')[div('.crumb')[way, span('.ref')[number] if number else None], h1[title], below]


def facts(rows: Iterable[tuple[str, Node]]) -> Node:
    """Names and what they are; rows without a value are left out."""
    return div('.kv')[[div('.row')[span[name], b[value]] for name, value in rows if value]]


def amounts(r: Reader, rows: Iterable[tuple[str, Decimal | None, str]]) -> Node:
    """Sums under each other; the tone is '' or 'strong'. None leaves a row out."""
    return div('.sums')[
        [
            div(class_=f'row {tone}'.strip())[span[name], span('.n')[r.w.baht(sum_)]]
            for name, sum_, tone in rows
            if sum_ is not None
        ]
    ]


def lines_table(r: Reader, lines: Iterable[tuple[str, str, Decimal | None, str]]) -> Node:
    """What is charged: name, how much of it, amount, and a note under it."""
    return div('.lines')[
        [
            div('.line')[
                div[span('.name')[name], small[detail] if detail else None, small('.note')[note] if note else None],
                span('.n')[r.w.baht(amount) if amount is not None else ''],
            ]
            for name, detail, amount, note in lines
        ]
    ]


def empty(icon_name: str, title: str, text: str) -> Node:
    return div('.empty')[icon(icon_name), b[title], p[text]]


def elsewhere(r: Reader) -> Node:
    """The browser within a chat may not show a PDF; that of the phone does."""
    return p('.sub')[r.w(f'signing.inside_{r.inside}')] if r.inside else None


def nothing_here(r: Reader) -> Node:
    """An address of which this link shows nothing: it may never have existed or belong to somebody else."""
    return div('.empty')[
        icon('trouble'),
        h1[r.w('portal.nothing_here')],
        p[r.w('portal.nothing_here_text')],
        a('.btn.ghost', href=r.root)[r.w('portal.to_start')],
    ]


def failed(r: Reader, path: str) -> Node:
    """A view that could not be drawn: what happened and what to do next."""
    return div('.empty', role='alert')[
        icon('trouble'),
        h1[r.w('portal.failed')],
        p[r.w('portal.failed_text')],
        a('.btn', href=path, data_plain=True)[r.w('portal.try_again')],
        contact_us(r),
    ]


def contact_us(r: Reader, about: str = '') -> Node:
    """E-mail with a subject that names the document, telephone, LINE: whatever the firm has."""
    firm, w = r.firm, r.w
    subject = w('portal.about', number=about) if about else w('portal.about_nothing', firm=r.firm_name)
    ways = [
        a('.btn.ghost', href=f'mailto:{firm.email}?subject={in_address(subject)}')[icon('mail'), w('portal.email_us')]
        if firm.email
        else None,
        a('.btn.ghost', href=f'tel:{dialled(firm.phone)}')[icon('phone'), w('portal.call', phone=firm.phone)]
        if firm.phone
        else None,
        a('.btn.ghost', href=firm.line_url, target='_blank', rel='noopener')[icon('chat'), 'LINE']
        if firm.line_url.startswith('https://')
        else None,
    ]
    return section('.contact')[h2[w('portal.contact_us')], div('.btns')[ways]] if any(ways) else None
