"""How the register of links is drawn: its shelves, its rows, and everything known of one link."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

import htpy
from htpy import Node, b, button, div, h2, input, li, p, small, span, tbody, td, th, thead, tr, ul

from app.browsers import browser_of
from app.words import Words
from models import BANGKOK, LinkState, Module, Scope, bangkok_day, end_of_day
from models.portal_link import MODULE
from models.register import MANY_DEVICES, SOON, LinkAudit, RegisteredLink, Shelf, Visit
from pages.console.sheet import facts
from pages.parts.empty import empty
from pages.parts.history import Event, sentence
from pages.parts.link_rows import A_MOMENT, by_whom, called, ended_by, over, until, viewing
from pages.parts.listed import show_more
from pages.parts.row_menu import row_dots
from pages.parts.table import chip

COLUMNS = (
    ('scope', 'scope'),
    ('record', 'opens'),
    ('customer', 'wide'),
    ('for_whom', 'dim for'),
    ('made_by', 'dim tight maker'),
    ('ends', 'tight ends'),
    ('state', 'tight'),
    ('views', 'n count'),
    ('last_seen', 'dim tight'),
)
A_LINE = 24  # letters and marks that a line of the customer's column holds at least
OF_ONE = tuple((name, 'dim for wide' if name == 'for_whom' else kind) for name, kind in COLUMNS if name != 'customer')


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
    rows = []
    for link in links:
        acts = MODULE[link.scope] in may
        box = td('.tickbox')[_tick(w, link, link.id in ticked) if acts else None]
        rows.append(_row(w, link, COLUMNS, at, acts=acts, before=box))
    return div('.card.table.register')[
        htpy.table[thead[tr[td('.tickbox')[every if acting else None], _heads(w, COLUMNS)]], tbody[rows]]
    ]


def of_customer(w: Words, links: Sequence[RegisteredLink], may: Collection[Module], at: datetime) -> Node:
    """The same rows on the page of their customer, who need not be named in each."""
    if not links:
        return empty('unlinked', w('links.none'), w('links.none_text'))
    rows = [_row(w, link, OF_ONE, at, acts=MODULE[link.scope] in may) for link in links]
    return div('.card.table.register.of-one')[htpy.table[thead[tr[_heads(w, OF_ONE)]], tbody[rows]]]


def nothing(w: Words, *, sought: bool, shelf: Shelf) -> Node:
    if sought:
        return empty('unlinked', w('register.none_found'), w('register.none_found_text'))
    if shelf is not Shelf.ALL:
        return empty('unlinked', w('register.none_here'), w('register.none_here_text'))
    return empty('unlinked', w('register.empty'), w('register.empty_text'))


def ticked_bar(w: Words, count: int, fresh: int) -> Node:
    """What can be done with the ticked; else that there are rows which have not been let in between the others."""
    if not count:
        label = w('register.fresh_one') if fresh == 1 else w('register.fresh', count=fresh)
        return button('.btn.ghost.small', type='button', data_do='fresh')[label] if fresh else None
    return [
        span('.dim')[w('register.ticked', count=count)],
        button('.btn.text.small', type='button', data_do='untick')[w('register.untick')],
        button('.btn.ghost.small', type='button', data_do='renew')[w('register.do.renew')],
        button('.btn.bad.small', type='button', data_do='revoke')[w('register.do.revoke')],
    ]


def state_chip(w: Words, link: RegisteredLink, at: datetime) -> Node:
    """One word for how the link stands: what matters most of all that is true. A lock hides nobody who is on it."""
    state = link.state(at)
    if state is LinkState.REVOKED:
        return chip('bad', w('register.chip.revoked'))
    if state is not LinkState.LIVE:
        return chip('', w('register.chip.ended' if state is LinkState.ENDED else 'register.chip.expired'))
    if link.codes_locked(at):
        return div('.chips')[chip('bad', w('register.chip.locked')), viewing(w, link.here)]
    return viewing(w, link.here) or _living_chip(w, link, at)


def ends(w: Words, link: RegisteredLink, at: datetime) -> Node:
    """5 Dec, in 2 days, when paid; of what is over, when and why."""
    if link.state(at) is not LinkState.LIVE:
        by = ended_by(w, link)
        return [over(w, link, at), ' ', small('.under')[by]] if by else over(w, link, at)
    if link.expires_at - at <= SOON:
        return _soon(w, link.expires_at, at)
    if link.scope in (Scope.INVOICE, Scope.DEPOSIT):
        return w('register.when_paid')
    return w.day(bangkok_day(link.expires_at - A_MOMENT))


def last_seen(w: Words, link: RegisteredLink, at: datetime) -> Node:
    """now, 10:12, yesterday, 18 Nov; and under it on how many devices."""
    if link.last_viewed_at is None and not link.here:
        return w('register.previewed', name=link.previewed_by) if link.previewed_by else w('common.none')
    seen = w('register.now') if link.here else _when(w, link.last_viewed_at or at, at)
    return [seen, ' ', small('.under')[w('register.devices', count=link.devices)]] if link.devices > 1 else seen


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
    aloud = ['aloud'] if link.asks_code else []
    return ['copy', 'share', *end, *unlock, *aloud, 'revoke']


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


def _heads(w: Words, columns: Sequence[tuple[str, str]]) -> Node:
    return [[th(class_=kind, scope='col')[w(f'register.{name}')] for name, kind in columns], td('.dots-cell')]


def _row(
    w: Words,
    link: RegisteredLink,
    columns: Sequence[tuple[str, str]],
    at: datetime,
    *,
    acts: bool,
    before: Node = None,
) -> Node:
    cells = _cells(w, link, at)
    drawn = [td(class_=kind, data_label=w(f'register.{column}'))[cells[column]] for column, kind in columns]
    dots = row_dots(w('register.more'), verbs(link, at), str(link.id)) if acts else None
    is_over = link.state(at) is not LinkState.LIVE
    return tr(id=f'row-{link.id}', class_='over' if is_over else None)[before, drawn, td('.dots-cell')[dots]]


def _cells(w: Words, link: RegisteredLink, at: datetime) -> dict[str, Node]:
    name, maker, scope = w.pick(link.name, link.name_th), by_whom(w, link.made_by), w(f'links.scope_{link.scope.value}')
    return {
        'scope': scope,
        # Where there is no room for the scope's own column it stands under the record.
        'record': [
            button('.row-link', type='button', data_do='audit', data_ref=str(link.id))[opened_by(w, link)],
            small('.under')[scope],
        ],
        'customer': span(title=name)[[[_whole(word), ' '] for word in name.split()]],
        'for_whom': span(title=link.note)[link.note],
        'made_by': span(title=f'{maker} · {w.moment(link.created_at)}')[
            f'{called(maker)} · {w.day(bangkok_day(link.created_at))}'
        ],
        'ends': ends(w, link, at),
        'state': state_chip(w, link, at),
        'views': str(link.views),
        'last_seen': last_seen(w, link, at),
    }


def _whole(word: str) -> Node:
    """A name breaks between its words: no dictionary knows where one of a firm may be broken."""
    return span('.whole')[word] if len(word) <= A_LINE else word


def _tick(w: Words, link: RegisteredLink, ticked: bool) -> Node:
    label = w('register.tick_one', record=opened_by(w, link), customer=w.pick(link.name, link.name_th))
    return input('.above', type='checkbox', data_do='tick', data_ref=str(link.id), aria_label=label, checked=ticked)


def _living_chip(w: Words, link: RegisteredLink, at: datetime) -> Node:
    if link.devices >= MANY_DEVICES:
        return chip('warn', w('register.chip.forwarded', count=link.devices))
    if link.first_viewed_at is None:
        return chip('', w('register.chip.never_opened'))
    if link.expires_at - at <= SOON:
        return chip('warn', w('register.chip.ending'))
    return chip('good', w('register.chip.live'))


def _soon(w: Words, moment: datetime, at: datetime) -> str:
    days = (bangkok_day(moment - A_MOMENT) - bangkok_day(at)).days
    if days <= 0:
        whole = moment == end_of_day(bangkok_day(at))
        return w('register.today_end') if whole else w('register.today', time=f'{moment.astimezone(BANGKOK):%H:%M}')
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
        (w('register.audit.ends'), until(w, link) if link.state(at) is LinkState.LIVE else None),
        (
            w('register.audit.ended'),
            ends(w, link, at) if not revoked and link.state(at) is not LinkState.LIVE else None,
        ),
        (w('register.audit.revoked'), revoked),
    ]


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
