"""The page before the portal where a link asks for a six-digit code: plain forms, so that they work everywhere."""

from __future__ import annotations

import re

from htpy import Node, button, div, form, h1, input, label, main, p, section, small

from app.settings import settings
from app.words import Words
from models import AccessCode, Channel, PortalLink, Refused, now
from models.access_code import refuse_locked
from pages.portal.pieces import contact_us
from pages.portal.reader import Reader
from pages.theme import icon

DIGITS = 6


async def code_page(r: Reader, link: PortalLink, *, sent: bool = False, refused: Refused | None = None) -> Node:
    """Nothing is sent by opening it: a press sends, since scanners open whatever they find."""
    target = await AccessCode.target(link, ways=ways_out())
    locked = _locked(link)
    said = refused or locked
    return main('.ended.asking')[
        icon('lock'),
        h1[r.w('code.title')],
        None if locked else p('.sub')[_says(r.w, target, sent=sent)],
        p('.refused', role='alert')[r.w.refusal(said)] if said else None,
        None if locked else _forms(r, sent=sent, may_send=target is not None),
        section[contact_us(r)],
    ]


def ways_out() -> frozenset[Channel]:
    """By which ways a code can leave this installation; with none, staff read one aloud."""
    ways = {Channel.SMS: settings().sms, Channel.MAIL: settings().mail}
    return frozenset(channel for channel, way in ways.items() if way)


def masked(channel: Channel, target: str) -> str:
    """Enough for its owner to know it, too little for anybody else: 08•-•••-•678, p•••@nimman.test."""
    if channel is Channel.MAIL:
        name, _, host = target.partition('@')
        return f'{name[:1]}•••@{host}'
    digits = re.sub(r'\D', '', target)
    return f'{digits[:2]}•-•••-•{digits[-3:]}'


def _says(w: Words, target: tuple[Channel, str] | None, *, sent: bool) -> str:
    if target is None:
        return w('code.call_us')
    channel, address = target
    return w(
        'code.sent_to' if sent else 'code.will_send',
        channel=w(f'code.{channel.value.lower()}'),
        to=masked(channel, address),
    )


def _forms(r: Reader, *, sent: bool, may_send: bool) -> Node:
    """What was read aloud can be entered without anything having been sent."""
    asked = sent or not may_send
    enter = form('.code', method='post', action=r.at('/code'))[
        label(for_='digits')[r.w('code.digits')],
        input(
            id='digits',
            name='digits',
            inputmode='numeric',
            autocomplete='one-time-code',
            pattern=r'[0-9\s]{6,8}',
            maxlength='8',
            required=True,
            autofocus=asked,
            aria_describedby='lives',
        ),
        small(id='lives')[r.w('code.lives')],
        button('.btn' if asked else '.btn.ghost', type='submit')[r.w('code.open')],
    ]
    if not may_send:
        return div('.code-forms')[enter]
    send = form(method='post', action=r.at('/code/send'))[
        button('.btn.ghost' if sent else '.btn', type='submit')[r.w('code.send_again' if sent else 'code.send')]
    ]
    return div('.code-forms')[[enter, send] if sent else [send, enter]]


def _locked(link: PortalLink) -> Refused | None:
    try:
        refuse_locked(link, now())
    except Refused as refused:
        return refused
    return None
