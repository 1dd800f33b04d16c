"""How the editor of a quote is drawn: its fields, one line, the sums. Drawn once; what changes later is patched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from functools import lru_cache

from htpy import (
    Node,
    b,
    button,
    div,
    h2,
    input,
    label,
    option,
    p,
    section,
    select,
    small,
    span,
    template,
    textarea,
)

from app.words import Words
from models import DiscountKind, LineEntry, LineKind, QuoteEntry, RateType, Totals, Withholding
from models.money import ZERO
from pages.console.quote_fields import KINDS, LINE, TICKED, value_of
from pages.console.quote_writing import days_of, follows, proposal
from pages.console.sheet import duration_words, figure
from pages.theme import icon

NEW_LINE = 'NEW-LINE'  # stands in the drawing of a new line for the id that the browser gives it
PER = {RateType.DAILY: 'daily', RateType.WEEKLY: 'weekly', RateType.MONTHLY: 'monthly'}
NOTHING = '0.00'
_NO_LINES = QuoteEntry(date.min, date.min)


def editor_sheet(w: Words) -> Node:
    """All of it, still empty: the browser copies one row for every line, and writes what stands in the fields."""
    return [
        div('.for-ears', role='status', data_announce=True),
        template[_line_row(_Pen(w, _BLANK), f'line.{NEW_LINE}')],
        template(data_undo_of=True)[_undo(w)],
        div('.detail.form')[
            div('.stack')[_about(_Pen(w)), _lines(w), _notes(_Pen(w))],
            div('.stack.sticky')[_money(_Pen(w))],
        ],
    ]


def sums_texts(w: Words, totals: Totals, entry: QuoteEntry) -> dict[str, str]:
    """What the totals come to, and what follows from the dates."""
    minus = '−' if totals.discount else ''
    days = days_of(entry)
    return {
        'sum.subtotal': w.baht(totals.subtotal),
        'sum.discount': f'{minus}{w.baht(totals.discount)}',
        'sum.vat': w.baht(totals.vat),
        'sum.grand': w.baht(totals.grand_total),
        'sum.deposit': w.baht(totals.deposit),
        'sum.due': w.baht(totals.total_due),
        'days': w('editor.one_day') if days == 1 else w('common.days', count=days) if days else '',
    }


def line_shown(w: Words, line: LineEntry, entry: QuoteEntry) -> dict[str, str]:
    """What stands beside a line's fields: its amount, and what the dates would give where another one was typed."""
    return _line_shown(w, line, replace(_NO_LINES, job_start=entry.job_start, job_end=entry.job_end))


@lru_cache(maxsize=4096)
def _line_shown(w: Words, line: LineEntry, entry: QuoteEntry) -> dict[str, str]:
    own = '' if follows(line, entry) else duration_words(w, line.rate_type, proposal(entry, line.rate_type))
    return {
        f'amount.{line.id}': figure(line.amount),
        f'unit.{line.id}': w(f'editor.{"unit_one" if line.duration == 1 else "unit"}.{line.rate_type.name.lower()}'),
        f'hint.{line.id}': w('quotes.form.proposed', count=own) if own else '',
    }


def clash_note(w: Words, who: str, path: str, theirs: str) -> Node:
    """Mine stands in the field; what the colleague wrote can be taken with one press."""
    gone = path.endswith('.gone')
    said = w('editor.they_removed', name=who) if gone else w('editor.they_wrote', name=who, text=theirs or '—')
    return div('.clash', role='alert')[
        span[said],
        button('.btn.text', type='button', data_do='theirs', data_ref=path)[
            w('editor.remove_too' if gone else 'editor.use_theirs')
        ],
        button('.btn.text', type='button', data_do='mine', data_ref=path)[w('editor.keep_mine')],
    ]


class _Pen:
    """Draws fields with what stands in them."""

    def __init__(self, w: Words, texts: Mapping[str, str] = {}) -> None:
        self.w, self.texts = w, texts

    def field(self, path: str, name: str, *, kind: str = 'text', beside: Node = None, longest: int = 300) -> Node:
        """A boxed field with its label, room for a hint and for what is wrong."""
        typed = input(
            id=f'f-{path}', type=kind, value=self.texts.get(path, ''), data_field=path, data_hint=f'proposed.{path}',
            autocomplete='off', maxlength=str(longest), aria_describedby=f'e-{path}',
        )  # fmt: skip
        return self.group(path, div('.field')[label(for_=f'f-{path}')[name, beside], typed])

    def group(self, path: str, drawn: Node) -> Node:
        return div('.field-group')[
            drawn, p('.note', data_show=f'hint.{path}'), _why(path), div(data_note=path),
        ]  # fmt: skip

    def area(self, path: str, name: str) -> Node:
        box = textarea(id=f'f-{path}', data_field=path, rows='2', maxlength='10000')[self.texts.get(path, '')]
        return self.group(path, div('.field')[label(for_=f'f-{path}')[name], box])

    def cell(self, path: str, name: str, kind: str, *, mode: str = 'text', hint: str = '') -> Node:
        """A field of a row: its name stands in the head of the column, and beside it on a narrow screen."""
        return label(class_=f'cell {kind}')[
            span('.cap')[name],
            input(
                type='text', value=self.texts.get(path, ''), data_field=path, inputmode=mode, autocomplete='off',
                placeholder=hint or None, maxlength='24',
            ),
            small(data_show=f'unit.{path.split(".")[1]}') if kind == 'duration' else None,
        ]  # fmt: skip

    def pick(self, path: str, name: str, options: Mapping[str, str], kind: str) -> Node:
        chosen = self.texts.get(path)
        return label(class_=f'cell {kind}')[
            span('.cap')[name],
            select(data_field=path, aria_label=name)[
                [option(value=key, selected=key == chosen)[text] for key, text in options.items()]
            ],
        ]

    def tick(self, path: str, name: str) -> Node:
        ticked = self.texts.get(path) == TICKED
        return label('.tick')[input(type='checkbox', checked=ticked, data_field=path), span[name]]


def _about(pen: _Pen) -> Node:
    w = pen.w
    return section('.card.group', aria_label=w('editor.about'))[
        div('.pair')[
            pen.field('title', w('quotes.form.title_en')),
            pen.field('title_th', w('quotes.form.title_th')),
        ],
        div('.three')[
            pen.field('job_start', w('quotes.form.job_start'), kind='date'),
            pen.field('job_end', w('quotes.form.job_end'), kind='date', beside=b('.days', data_show='days')),
            pen.field('expires_on', w('quotes.form.expires_on'), kind='date'),
        ],
    ]


def _lines(w: Words) -> Node:
    heads = ('name', 'quantity', 'duration', 'rate', 'per', 'amount')
    return section('.card.group.sheet-lines', aria_label=w('quotes.form.lines'))[
        div('.row-heads', aria_hidden='true')[[span(class_=name)[w(f'editor.head.{name}')] for name in heads]],
        div(data_lines=True),
        p('.dim.nothing-yet')[w('editor.no_lines')],
        div('.add-line')[
            [
                button('.btn.ghost', type='button', data_do='add', data_ref=kind.name)[
                    icon('plus'), w(f'quotes.form.add_{kind.name.lower()}')
                ]
                for kind in KINDS
            ],
            small('.keys')[w('editor.keys')],
        ],
    ]


def _line_row(pen: _Pen, at: str) -> Node:
    w = pen.w
    return div('.typed-row', role='group', data_line=NEW_LINE, data_kind=LineKind.EQUIPMENT.name)[
        button('.grip', type='button', aria_label=w('editor.move'), title=w('editor.move_hint'))[icon('grip')],
        div('.names')[
            _name(pen, f'{at}.name', 'name_en', w('editor.name_hint')),
            _name(pen, f'{at}.name_th', 'name_th', w('editor.name_th_hint')),
        ],
        pen.cell(f'{at}.quantity', w('quotes.form.quantity'), 'quantity', mode='decimal'),
        pen.cell(f'{at}.duration', w('quotes.form.duration'), 'duration', mode='decimal'),
        pen.cell(f'{at}.rate', w('quotes.form.rate'), 'rate', mode='decimal', hint=NOTHING),
        pen.pick(f'{at}.rate_type', w('quotes.form.rate_type'), _rate_types(w), 'rate_type'),
        b('.n.amount', data_show=f'amount.{NEW_LINE}'),
        button('.remove', type='button', data_do='remove', aria_label=w('editor.remove'), title=w('editor.remove'))[
            icon('cross')
        ],
        _row_foot(pen, at),
    ]


def _notes(pen: _Pen) -> Node:
    w = pen.w
    return section('.card.group', aria_label=w('quotes.notes'))[
        div('.pair')[
            pen.area('customer_notes', w('quotes.form.customer_notes')),
            pen.area('internal_notes', w('quotes.form.internal_notes')),
        ]
    ]


def _money(pen: _Pen) -> Node:
    w = pen.w
    return section('.card.money', aria_label=w('editor.totals'))[
        h2[w('editor.totals')],
        _sum(w('common.totals.subtotal'), 'subtotal'),
        div('.sum.asks')[
            label(for_='f-discount_value')[w('common.totals.discount')],
            span('.asked')[
                _amount(pen, 'discount_value'),
                pen.pick(
                    'discount_kind', w('quotes.form.discount_in'), {it.name: it.value for it in DiscountKind}, 'in'
                ),
            ],
            span('.n', data_show='sum.discount'),
        ],
        _about_field('discount_value'),
        div('.sum')[span(data_show='vat'), span('.n', data_show='sum.vat')],
        _sum(w('common.totals.grand_total'), 'grand', 'strong'),
        div('.sum.asks')[
            label(for_='f-deposit')[w('common.totals.deposit')],
            span('.asked')[_amount(pen, 'deposit')],
            span('.n', data_show='sum.deposit'),
        ],
        _about_field('deposit'),
        _sum(w('common.totals.total_due'), 'due', 'strong due'),
        p('.note', data_show='options'),
    ]


def _amount(pen: _Pen, path: str) -> Node:
    return input(
        '.figure-typed', id=f'f-{path}', type='text', inputmode='decimal', value=pen.texts.get(path, ''),
        data_field=path, placeholder=NOTHING, maxlength='24', autocomplete='off',
    )  # fmt: skip


def _about_field(path: str) -> Node:
    return [_why(path), div(data_note=path)]


def _sum(name: str, key: str, tone: str = '') -> Node:
    return div(class_=f'sum {tone}'.strip())[span[name], span('.n', data_show=f'sum.{key}')]


def _name(pen: _Pen, path: str, key: str, hint: str) -> Node:
    return div('.name-cell')[
        input(
            type='text', value=pen.texts.get(path, ''), data_field=path, placeholder=hint, maxlength='300',
            class_=key, aria_label=pen.w(f'quotes.form.{key}'), role='combobox', aria_expanded='false',
            aria_autocomplete='list', aria_haspopup='listbox', autocomplete='off',
        )
    ]  # fmt: skip


def _row_verbs(w: Words) -> Node:
    return div('.row-verbs')[
        [
            button(type='button', data_do=verb, aria_label=w(f'editor.{verb}'), title=w(f'editor.{verb}'))[icon(verb)]
            for verb in ('up', 'down')
        ]
    ]


def _row_foot(pen: _Pen, at: str) -> Node:
    w = pen.w
    kinds = {kind.name: w(f'quotes.kind.{kind.name.lower()}') for kind in KINDS}
    withheld = {kind.name: w(f'editor.withholding.{kind.name.lower()}') for kind in Withholding}
    return div('.row-foot')[
        pen.pick(f'{at}.kind', w('editor.kind'), kinds, 'quiet'),
        pen.pick(f'{at}.withholding', w('editor.withholding_class'), withheld, 'quiet'),
        pen.tick(f'{at}.optional', w('quotes.form.optional')),
        small('.note', data_show=f'hint.{NEW_LINE}'),
        _row_verbs(w),
        [_why(f'{at}.{name}') for name in ('name', 'quantity', 'duration', 'rate')],
        [div(data_note=f'{at}.{name}') for name in (*LINE, 'gone')],
    ]


def _why(path: str) -> Node:
    return p('.error', id=f'e-{path}', role='alert', data_show=f'why.{path}')


def _undo(w: Words) -> Node:
    return div('.undo', data_undo='')[
        span, button('.btn.ghost.small', type='button', data_do='restore')[w('editor.undo')]
    ]


def _rate_types(w: Words) -> dict[str, str]:
    return {one.name: w(f'editor.per.{key}') for one, key in PER.items()}


_BLANK = {f'line.{NEW_LINE}.{name}': way.write(value_of(LineEntry('', ZERO), name)) for name, way in LINE.items()}
