"""How the register of links is drawn: its shelves, its rows, and everything known of one link."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import htpy
from htpy import Node, b, button, div, h2, input, li, p, small, span, tbody, td, th, thead, tr, ul

from app.browsers import browser_of
from app.words import Words
from models import BANGKOK, LinkState, Module, Scope, bangkok_day
from models.portal_link import MODULE
from models.register import MANY_DEVICES, SOON, LinkAudit, RegisteredLink, Shelf, Visit
from pages.console.sheet import facts
from pages.parts.empty import empty
from pages.parts.history import Event, sentence
from pages.parts.link_rows import by_whom
from pages.parts.listed import show_more
from pages.parts.row_menu import row_dots
from pages.parts.table import chip

COLUMNS = (
    ('scope', 'scope'),
    ('record', ''),
    ('customer', 'wide'),
    ('for_whom', 'dim for'),
    ('made_by', 'dim tight maker'),
    ('ends', 'tight'),
    ('state', 'tight'),
    ('views', 'n count'),
    ('last_seen', 'dim tight'),
)


def shelves(w: Words, counts: Sequence[tuple[Shelf, int]], chosen: Shelf) -> Node:
    return [
        button('.opt', type='button', data_do='shelf', data_ref=shelf, aria_pressed=str(shelf is chosen).lower())[
            f'{w(f"register.shelf.{shelf}")} {count}'
        ]
        for shelf, count in counts
    ]


def register(
    w: Words, links: Sequence[RegisteredLink], ticked: Collection[UUID], may: Collection[Module], at: datetime
) -> Node:
    """`may` are the modules on whose links this person may act; other rows cannot be ticked."""
    acting = [link for link in links if MODULE[link.scope] in may]
    all_ticked = bool(acting) and all(link.id in ticked for link in acting)
    every = input('.above', type='checkbox', data_do='tick-all', aria_label=w('register.tick_all'), checked=all_ticked)
    heads = [th(class_=kind or None, scope='col')[w(f'register.{name}')] for name, kind in COLUMNS]
    return div('.card.table.register')[
        htpy.table[
            thead[tr[td('.tickbox')[every if acting else None], heads, td('.dots-cell')]],
            tbody[[_row(w, link, ticked, MODULE[link.scope] in may, at) for link in links]],
        ]
    ]


def nothing(w: Words, *, sought: bool, shelf: Shelf) -> Node:
    if sought:
        return empty('unlinked', w('register.none_found'), w('register.none_found_text'))
    if shelf is not Shelf.ALL:
        return empty('unlinked', w('register.none_here'), w('register.none_here_text'))
    return empty('unlinked', w('register.empty'), w('register.empty_text'))


def ticked_bar(w: Words, count: int) -> Node:
    if not count:
        return None
    return [
        span('.dim')[w('register.ticked', count=count)],
        button('.btn.text.small', type='button', data_do='untick')[w('register.untick')],
        button('.btn.ghost.small', type='button', data_do='renew')[w('register.do.renew')],
        button('.btn.bad.small', type='button', data_do='revoke')[w('register.do.revoke')],
    ]


def state_chip(w: Words, link: RegisteredLink, at: datetime) -> Node:
    """One word for how the link stands: what matters most of all that is true."""
    state = link.state(at)
    if state is LinkState.REVOKED and link.revoked_at:
        return chip(
            'bad',
            w(
                'register.chip.revoked',
                day=w.day(bangkok_day(link.revoked_at)),
                name=called(by_whom(w, link.revoked_by)),
            ),
        )
    if state is not LinkState.LIVE:
        return chip('', w('register.chip.ended' if state is LinkState.ENDED else 'register.chip.expired'))
    if link.here:
        many = link.here > 1
        return span('.live')[w('register.chip.here_many', count=link.here) if many else w('register.chip.here')]
    return _living_chip(w, link, at)


def ends(w: Words, link: RegisteredLink, at: datetime) -> str:
    """5 Dec, in 2 days, when paid; of what is over, when and why."""
    state = link.state(at)
    if state is LinkState.REVOKED:
        return w('common.none')
    if state is LinkState.ENDED and link.ended_at:
        reason = link.end_reason.value if link.end_reason else 'expired'
        return w(f'register.ended.{reason}', day=w.day(bangkok_day(link.ended_at)))
    if state is LinkState.EXPIRED:
        return w('register.ended.expired', day=w.day(bangkok_day(link.expires_at)))
    if link.expires_at - at <= SOON:
        return _soon(w, link.expires_at, at)
    if link.scope in (Scope.INVOICE, Scope.DEPOSIT):
        return w('register.when_paid')
    # The first moment at which it is over is the end of the day before.
    return w.day(bangkok_day(link.expires_at - timedelta(seconds=1)))


def last_seen(w: Words, link: RegisteredLink, at: datetime) -> str:
    """now, 10:12, yesterday, 18 Nov; and on how many devices."""
    if link.last_viewed_at is None and not link.here:
        return w('register.previewed', name=link.previewed_by) if link.previewed_by else w('common.none')
    seen = w('register.now') if link.here else _when(w, link.last_viewed_at or at, at)
    return f'{seen} · {w("register.devices", count=link.devices)}' if link.devices > 1 else seen


def called(name: str) -> str:
    """What one calls a colleague where there is little room: the first of their names."""
    return name.split(' ', maxsplit=1)[0]


def opened_by(w: Words, link: RegisteredLink) -> str:
    return w('register.everything') if link.scope is Scope.CUSTOMER else link.record


def verbs(link: RegisteredLink, at: datetime) -> list[str]:
    """What can be done with it now, by whoever has Write on the module of its record."""
    if link.revoked_at:
        return []
    if link.state(at) is not LinkState.LIVE:
        return ['revoke']
    end = [] if link.scope is Scope.QUOTE else ['end']
    unlock = ['unlock'] if link.codes_locked(at) or link.codes_wrong else []
    return ['copy', 'share', *end, *unlock, 'aloud', 'revoke']


def audit(w: Words, known: LinkAudit, at: datetime, *, addresses: bool) -> Node:
    """Who made it, who saw it when and from where, and who ended it."""
    link = known.link
    return [
        div('.row')[b[w.pick(link.name, link.name_th)], state_chip(w, link, at)],
        facts(_made(w, known, at)),
        facts(_seen(w, known)),
        p('.note')[w('register.audit.no_addresses')] if not addresses and known.visits else None,
        [_visits(w, known.visits), show_more(w, known.visits_left)] if addresses and known.visits else None,
        h2[w('register.audit.events')],
        ul('.history')[
            [
                _event(w, Event(link.id, event.at, event.what, event.by_kind, event.by_name, event.facts))
                for event in known.events
            ]
        ],
    ]


def _row(w: Words, link: RegisteredLink, ticked: Collection[UUID], acts: bool, at: datetime) -> Node:
    name, record, reference = w.pick(link.name, link.name_th), opened_by(w, link), str(link.id)
    label = w('register.tick_one', record=record, customer=name)
    box = input(
        '.above', type='checkbox', data_do='tick', data_ref=reference, aria_label=label, checked=link.id in ticked
    )
    cells: tuple[Node, ...] = (
        w(f'links.scope_{link.scope.value}'),
        button('.row-link', type='button', data_do='audit', data_ref=reference)[record],
        span(title=name)[name],
        span(title=link.note)[link.note],
        span(title=f'{by_whom(w, link.made_by)} · {w.moment(link.created_at)}')[
            f'{called(by_whom(w, link.made_by))} · {w.day(bangkok_day(link.created_at))}'
        ],
        ends(w, link, at),
        state_chip(w, link, at),
        str(link.views),
        last_seen(w, link, at),
    )
    drawn = [
        td(class_=kind or None, data_label=w(f'register.{column}'))[cell]
        for (column, kind), cell in zip(COLUMNS, cells, strict=True)
    ]
    dots = row_dots(w('register.more'), verbs(link, at), reference) if acts else None
    over = link.state(at) is not LinkState.LIVE
    return tr(id=f'row-{reference}', class_='over' if over else None)[
        td('.tickbox')[box if acts else None], drawn, td('.dots-cell')[dots]
    ]


def _living_chip(w: Words, link: RegisteredLink, at: datetime) -> Node:
    if link.codes_locked(at):
        return chip('bad', w('register.chip.locked'))
    if link.devices >= MANY_DEVICES:
        return chip('warn', w('register.chip.forwarded', count=link.devices))
    if link.first_viewed_at is None:
        return chip('', w('register.chip.never_opened'))
    if link.expires_at - at <= SOON:
        return chip('warn', w('register.chip.ending'))
    return chip('good', w('register.chip.live'))


def _soon(w: Words, moment: datetime, at: datetime) -> str:
    # What ends with the day holds through 23:59: midnight would be read as the one that is past.
    last = moment - timedelta(seconds=1)
    days = (bangkok_day(last) - bangkok_day(at)).days
    if days <= 0:
        return w('register.today', time=f'{last.astimezone(BANGKOK):%H:%M}')
    return w('register.tomorrow') if days == 1 else w('register.in_days', count=days)


def _when(w: Words, moment: datetime, at: datetime) -> str:
    days = (bangkok_day(at) - bangkok_day(moment)).days
    if days <= 0:
        return f'{moment.astimezone(BANGKOK):%H:%M}'
    return w('common.yesterday') if days == 1 else w.day(bangkok_day(moment))


def _made(w: Words, known: LinkAudit, at: datetime) -> list[tuple[str, Node]]:
    link = known.link
    scope = w(f'links.scope_{link.scope.value}')
    revoked = ''
    if link.revoked_at:
        revoked = w('register.audit.revoked_text', at=w.moment(link.revoked_at), name=by_whom(w, link.revoked_by))
    return [
        (w('register.audit.opens'), f'{scope} · {opened_by(w, link)}'),
        (w('register.audit.note'), link.note),
        (w('register.audit.link'), known.public_id),
        (
            w('register.audit.made'),
            w('register.audit.by_whom', at=w.moment(link.created_at), name=by_whom(w, link.made_by)),
        ),
        (w('register.audit.ends'), _until(w, link) if link.state(at) is LinkState.LIVE else None),
        (
            w('register.audit.ended'),
            ends(w, link, at) if not revoked and link.state(at) is not LinkState.LIVE else None,
        ),
        (w('register.audit.revoked'), revoked),
    ]


def _until(w: Words, link: RegisteredLink) -> str:
    by_time = w.moment(link.expires_at)
    if link.scope is Scope.QUOTE:
        return w('register.with_quote', day=by_time)
    return w('register.when_paid_or', day=by_time) if link.scope in (Scope.INVOICE, Scope.DEPOSIT) else by_time


def _seen(w: Words, known: LinkAudit) -> list[tuple[str, Node]]:
    link = known.link
    name = link.previewed_by
    previews = w('register.audit.previews_by', count=known.previews, name=name) if name else str(known.previews)
    codes = w('register.audit.codes_text', asked=known.codes_asked, used=known.codes_used)
    wrong = small[w('register.audit.codes_wrong', count=link.codes_wrong)] if link.codes_wrong else None
    return [
        (w('register.audit.here'), w('register.devices', count=link.here) if link.here > 1 else _one(w, link.here)),
        (w('register.audit.first'), _from(w, link.first_viewed_at, known.first_viewed_ip)),
        (w('register.audit.last'), _from(w, link.last_viewed_at, known.last_viewed_ip)),
        (w('register.audit.views'), str(link.views)),
        (w('register.audit.devices'), str(link.devices)),
        (w('register.audit.previews'), previews),
        (w('register.audit.staff'), str(known.staff_looks)),
        (w('register.audit.codes'), span[codes, wrong] if known.codes_asked or link.codes_wrong else None),
    ]


def _one(w: Words, here: int) -> str:
    return w('register.audit.here_one') if here else ''


def _from(w: Words, moment: datetime | None, ip: str) -> str:
    if moment is None:
        return w('register.audit.never')
    return w('register.audit.from_where', at=w.moment(moment), ip=ip) if ip else w.moment(moment)


def _visits(w: Words, visits: Sequence[Visit]) -> Node:
    return [
        h2[w('register.audit.visits')],
        ul('.history')[
            [
                li[span[browser_of(visit.user_agent) or w('common.none')], small('.ref')[_from(w, visit.at, visit.ip)]]
                for visit in visits
            ]
        ],
    ]


def _event(w: Words, event: Event) -> Node:
    who = w('console.by_system') if event.by_kind == 'system' else event.by_name or w('console.by_customer')
    return li[span[sentence(w, event)], small('.ref')[w('register.audit.by_whom', at=w.moment(event.at), name=who)]]
