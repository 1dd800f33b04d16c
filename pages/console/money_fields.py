"""The fields that every movement of money asks for: how, with what reference, on which day."""

from __future__ import annotations

from datetime import date
from typing import Any

from nicegui import ui

from models import MONEY, Method, Refused, bangkok_day, now
from pages.parts.form import Field, Form


def money_fields(form: Form, area: str, *, day: str = 'day', method: Method = Method.BANK_TRANSFER) -> None:
    """Method, reference and date under the words of `area`; read again with `moved_by`."""
    w = form.desk.w
    methods = {one.name: w(f'common.method.{one.name.lower()}') for one in MONEY}
    with ui.element('div').classes('pair'):
        form.select('method', w(f'{area}.method'), methods, method.name)
        not_to_come(form, day, form.date(day, w(f'{area}.{day}'), today()))
    form.text('reference', w(f'{area}.reference'))


def not_to_come(form: Form, name: str, field: Field) -> None:
    """Money moved today at the latest: the browser offers no other day, and what is typed is refused beside it."""
    form.blames['day_to_come'] = name
    for box in field.box:
        if isinstance(box, ui.input):
            box.props['max'] = today().isoformat()


def moved_by(form: Form) -> dict[str, Any]:
    """The method and reference that were chosen, as the verbs take them."""
    if form['method'] not in Method.__members__:
        raise Refused('record_gone')
    return {'method': Method[form['method']], 'reference': form['reference']}


def today() -> date:
    return bangkok_day(now())
