"""Pages for whom no portal is opened: a link that ended, one that never was, and chats that preview an address."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from htpy import (
    Node,
    a,
    b,
    body,
    button,
    div,
    form,
    fragment,
    h1,
    head,
    header,
    html,
    img,
    main,
    meta,
    p,
    picture,
    section,
    source,
    span,
    title,
)
from markupsafe import Markup

from app.words import words
from models import EndReason, LinkState, PortalLink, Refused, now
from models.portal_link import ASK_AGAIN
from pages.portal.code import Standing, clock, code_page
from pages.portal.pieces import contact_us
from pages.portal.reader import LOGO_HEIGHT, Firm, Reader
from pages.theme import icon, portal_head

# What has become of a link, and what to do, which falls away once it was done. Two phones may answer one quote: the
# second is told of the answer.
WHY_OVER = {
    EndReason.ACCEPTED: ('signing.over_accepted', ''),
    EndReason.DECLINED: ('signing.over_declined', 'signing.over_declined_ask'),
}
ENDED, REVOKED = ('portal.ended_text', 'portal.ended_ask'), ('portal.revoked_text', 'portal.revoked_ask')


def unknown(firm: Firm, language: str, root: str) -> str:
    """No such link: says so, and names the firm's contact only."""
    return _page(_reader(firm, language, root), 'unknown')


def nowhere(firm: Firm | None, language: str) -> str:
    """An address of this house at which nothing stands."""
    if firm is None:
        w = words(language)
        return _document(language, w('portal.nowhere'), '', main[h1[w('portal.nowhere')], p[w('portal.nowhere_text')]])
    return _page(_reader(firm, language, ''), 'nowhere')


def unwell(firm: Firm | None, language: str, root: str, why: str, again: str) -> str:
    """In place of a page that cannot be shown now; `again` is where to try anew."""
    w = words(language)
    said, more = w(f'portal.{why}'), w(f'portal.{why}_text')
    way_on = a('.btn', href=again)[w('portal.try_again')]
    if firm is None:
        return _document(language, said, '', main[h1[said], p[more], p[way_on]])
    return _page(_reader(firm, language, root), why, way_on, picture_of='trouble')


def too_many(firm: Firm, language: str) -> str:
    """Somebody guesses: no more answers from us for a while."""
    return _page(_reader(firm, language, ''), 'too_many')


def over(firm: Firm, language: str, root: str, link: PortalLink) -> str:
    """A link that was: shows nothing of the customer whose it was, and lets its holder ask for another."""
    r, at = _reader(firm, language, root), now()
    revoked = link.state(at) is LinkState.REVOKED
    text, ask = REVOKED if revoked else WHY_OVER.get(link.end_reason, ENDED)
    asked_at = link.requested_at if link.requested_at and at - link.requested_at < ASK_AGAIN else None
    way_on = _asked(r, asked_at) if asked_at else _ask_for_new(r)
    said = ' '.join(r.w(key) for key in (text, '' if asked_at else ask) if key)
    return _page(r, 'revoked' if revoked else 'ended', way_on, said=said)


async def asking(
    firm: Firm, language: str, root: str, link: PortalLink, device_id: UUID | None, *, refused: Refused | None = None
) -> str:
    """The code page before a link that asks for one."""
    r, standing = _reader(firm, language, root), await Standing.of(link, device_id)
    inside = code_page(r, standing, refused)
    return _document(language, r.w(standing.title), portal_head(firm), div('.portal.plain')[_head(r), inside])


def not_open_yet(language: str) -> str:
    """Before the firm was set up there is nobody to name."""
    w = words(language)
    return _document(language, w('portal.unknown'), '', main[h1[w('portal.unknown')], p[w('portal.not_open_yet')]])


def preview(firm: Firm | None) -> str:
    """What a chat shows of a pasted link: the firm's name and nothing of the customer."""
    name = firm.name if firm else ''
    card = fragment[
        meta(property='og:title', content=name),
        meta(property='og:type', content='website'),
        meta(name='robots', content='noindex'),
    ]
    return _document(firm.language if firm else 'en', name, str(card), main[name])


def brand(r: Reader) -> Node:
    """Logo and name of the firm; where it has no logo, its first letter stands in the firm's colour."""
    name = r.firm_name
    letter = next((sign for sign in name.removeprefix('บริษัท').strip() if sign.isalnum() and sign not in 'เแโใไ'), '')
    mark: Node = span('.logo', aria_hidden='true')[letter]
    if r.firm.logo_light:
        # One of the two is fetched, and the name beside it does not move when it comes.
        mark = picture('.logos')[
            source(media='(prefers-color-scheme: dark)', srcset=r.firm.logo_dark),
            img(src=r.firm.logo_light, alt='', width=str(r.firm.logo_width or '') or None, height=str(LOGO_HEIGHT)),
        ]
    return [mark, b[name]]


def language_switch(r: Reader, at: str = '') -> Node:
    """EN and TH; plain links, so that they work at any moment and on every page."""
    return div('.lang', role='group', aria_label=r.w('portal.language'))[
        [
            a(
                href=f'{r.root}/language/{code}' + (f'?at={at}' if at else ''),
                hreflang=code,
                lang=code,
                data_plain=True,
                data_language=True,
                aria_current='true' if code == r.language else None,
                aria_label=f'{code.upper()} {r.w(f"common.language_{code}")}',
            )[code.upper()]
            for code in ('en', 'th')
        ]
    ]


def _reader(firm: Firm, language: str, root: str) -> Reader:
    return Reader(words(language), language, root, firm, whole=False)


def _page(r: Reader, why: str, way_on: Node = None, *, said: str = '', picture_of: str = 'unlinked') -> str:
    return _document(
        r.language,
        r.w(f'portal.{why}'),
        portal_head(r.firm),
        div('.portal.plain')[
            _head(r),
            main('.ended')[
                icon(picture_of),
                h1[r.w(f'portal.{why}')],
                p('.sub')[said or r.w(f'portal.{why}_text')],
                section[way_on, contact_us(r)],
            ],
        ],
    )


def _head(r: Reader) -> Node:
    return header[brand(r), language_switch(r) if r.root else None]


def _ask_for_new(r: Reader) -> Node:
    return form(method='post', action=r.at('/request'))[button('.btn', type='submit')[r.w('portal.request')]]


def _asked(r: Reader, at: datetime) -> Node:
    """It reached staff; of them and of the customer it says nothing."""
    return p('.said', role='status')[r.w('portal.request_sent', time=clock(at))]


def _document(language: str, name: str, head_html: str, inside: Node) -> str:
    return str(
        html(lang=language)[
            head[
                meta(charset='utf-8'),
                meta(name='viewport', content='width=device-width, initial-scale=1, viewport-fit=cover'),
                title[name],
                Markup(head_html),
            ],
            body[inside],
        ]
    )
