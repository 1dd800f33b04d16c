"""The page before the portal where a link asks for a six-digit code: plain forms, so that they work everywhere."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from htpy import Node, button, details, div, form, h1, input, label, main, p, script, section, small, summary

from app.assets import asset
from app.settings import settings
from app.words import Words
from models import AccessCode, Channel, OutboxState, PortalLink, Refused, now
from models.access_code import CodeOut, refuse_locked
from models.base import BANGKOK
from models.written import dialled
from pages.portal.pieces import contact_us
from pages.portal.reader import Reader
from pages.theme import icon

# As a code is written: in one, in halves, or sign by sign; never a part of a longer number.
WRITTEN = [re.compile(rf'(?<!\d){code}(?!\d)') for code in (r'\d{6}', r'\d{3}\W{1,3}\d{3}', r'\d(?:\W{0,3}\d){5}')]
DEAD = {'code_none', 'code_over', 'code_used', 'code_spent'}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a link and a device stand with their codes: what the page says and offers follows from this alone."""

    target: tuple[Channel, str] | None
    out: CodeOut | None
    failed: CodeOut | None
    locked: bool
    opens_at: datetime | None

    @classmethod
    async def of(cls, link: PortalLink, device_id: UUID | None) -> Standing:
        target, out = await AccessCode.target(link, ways=ways_out()), await AccessCode.out(link, device_id)
        failed = out if out and out.state is OutboxState.FAILED else None
        lock = _lock(link)
        return cls(
            target=target,
            out=None if failed else out,
            failed=failed,
            locked=lock is not None,
            opens_at=link.codes_locked_until if lock and lock.reason == 'code_locked' else None,
        )

    @property
    def title(self) -> str:
        return 'code.locked' if self.locked else 'code.title'


def code_page(r: Reader, standing: Standing, refused: Refused | None = None) -> Node:
    """Nothing is sent by opening it: a press sends, since scanners open whatever they find."""
    said = None if standing.locked else refused
    return main('.ended.asking')[
        icon('lock'),
        h1[r.w(standing.title)],
        p('.sub', role='alert' if standing.locked else None)[_says(r.w, standing)],
        p('.refused', role='alert')[r.w.refusal(said)] if said else None,
        None if standing.locked else div('.code-forms')[_forms(r, standing, said.reason if said else '')],
        section[contact_us(r)],
        script(src=asset('code.js'), defer=True),
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
    digits = re.sub(r'\D', '', dialled(target))  # where it is sent, and not an extension behind it
    return f'{digits[:2]}•-•••-•{digits[-3:]}'


def six_digits(typed: str) -> str:
    """The code in what was typed or pasted, a whole message perhaps, in Thai digits perhaps; else nothing."""
    plain = ''.join(str(unicodedata.decimal(sign, sign)) for sign in typed)
    found = next((found for code in WRITTEN if (found := code.search(plain))), None)
    return re.sub(r'\D', '', found[0]) if found else ''


def clock(at: datetime) -> str:
    """The time of a day that needs no naming."""
    return f'{at.astimezone(BANGKOK):%H:%M}'


def _says(w: Words, standing: Standing) -> str:
    out, target = standing.out, standing.target
    if standing.locked:
        at = standing.opens_at
        return w('code.locked_until', time=clock(at)) if at else w('code.locked_for_good')
    if out and out.channel is Channel.SPOKEN:
        return w('code.read_to_you')
    if out:
        return _where(w, 'sent_to' if out.state is OutboxState.SENT else 'on_its_way', out.channel, out.recipient)
    if target is None:
        return w('code.call_us')
    if failed := standing.failed:
        return _where(w, 'not_sent', failed.channel, failed.recipient)
    return _where(w, 'will_send', *target)


def _where(w: Words, what: str, channel: Channel, to: str) -> str:
    return w(f'code.{what}', channel=w(f'code.{channel.value.lower()}'), to=masked(channel, to))


def _forms(r: Reader, standing: Standing, refused: str) -> Node:
    """The one thing to do next, and below it the other; what was read aloud can be entered at any time."""
    if standing.target is None:
        return _enter(r, standing.out)
    if out := standing.out:
        return [_enter(r, out), _send(r, 'send' if out.channel is Channel.SPOKEN else 'send_again', '.btn.ghost')]
    again = standing.failed is not None or refused in DEAD
    told = details[summary[r.w('code.told')], _enter(r, None, '.btn.ghost')]
    return [_send(r, 'send_again' if again else 'send', '.btn'), told]


def _send(r: Reader, what: str, look: str) -> Node:
    return form(method='post', action=r.at('/code/send'))[button(look, type='submit')[r.w(f'code.{what}')]]


def _enter(r: Reader, out: CodeOut | None, look: str = '.btn') -> Node:
    """What is wrong with a code we say ourselves: a browser would say it in a language of its own."""
    return form('.code', method='post', action=r.at('/code'), novalidate=True)[
        label(for_='digits')[r.w('code.digits')],
        input(
            id='digits',
            name='digits',
            inputmode='numeric',
            autocomplete='one-time-code',
            required=True,
            autofocus=out is not None,
            aria_describedby='lives' if out else None,
        ),
        small(id='lives')[_lives(r.w, out)] if out else None,
        button(look, type='submit')[r.w('code.open')],
    ]


def _lives(w: Words, out: CodeOut) -> str:
    return w('code.lives_anywhere' if out.channel is Channel.SPOKEN else 'code.lives', time=clock(out.ends_at))


def _lock(link: PortalLink) -> Refused | None:
    try:
        refuse_locked(link, now())
    except Refused as refused:
        return refused
    return None
