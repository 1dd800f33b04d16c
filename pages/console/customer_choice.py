"""Choosing the customer of a new quote or invoice from those that are not archived."""

from __future__ import annotations

from models import Actor, Customer, Refused
from pages.console.find import find, id_in
from pages.frame import Desk
from pages.parts.form import Field, Form


async def customer_choice(form: Form, chosen: str = '') -> Field:
    """A select of all customers by name; nobody is chosen before a person chose."""
    w = form.desk.w
    customers = await Customer.filter(archived_at=None).only('id', 'name', 'name_th')
    names = sorted((w.pick(customer.name, customer.name_th), str(customer.id)) for customer in customers)
    options = {'': w('quotes.form.choose'), **{customer_id: name for name, customer_id in names}}
    return form.select('customer', w('quotes.form.customer'), options, chosen if chosen in options else '')


async def chosen_customer(desk: Desk, form: Form) -> tuple[Customer, Actor]:
    """Raises Refused('customer_not_chosen')."""
    if not form['customer']:
        raise Refused('customer_not_chosen')
    return await find(desk, Customer, id=id_in(form['customer']))
