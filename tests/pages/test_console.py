"""At the counter: customers are found, made, edited, archived; links are made, copied, revoked; all of it live."""

from __future__ import annotations

from datetime import timedelta

import pytest
from nicegui import ui
from nicegui.testing import User

from models import Contact, ContactEntry, Customer, LinkState, Module, PortalLink, Role, Staff, now
from pages.console.customer_view import live_customers
from tests.conftest import Psql
from tests.pages.counter import choose, choose_of, counter, sees, sit_down, tap
from tests.pages.work import links_to
from tests.world import KEYS, a_job, a_link, a_sent_quote, a_stranger, an_invoice, bo, in_days, nimman

__all__ = ['counter']


async def test_the_list_tells_who_owes_what_and_whose_link_lives(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    await a_job(customer)
    await an_invoice(customer)
    await a_link(customer)
    await a_stranger()
    await counter.open('/customers')
    await sees(counter, 'Nimman Film Co., Ltd.')
    await sees(counter, 'Khun Ploy · 081 234 5678')
    await sees(counter, '107,000.00')
    await sees(counter, 'Never opened')
    await sees(counter, 'No link')


async def test_the_list_changes_while_it_is_looked_at(counter: User, psql: Psql) -> None:
    await sit_down(counter)
    await counter.open('/customers')
    await sees(counter, 'No customers yet')
    customer = await nimman()
    await sees(counter, 'Nimman Film')
    await psql(f"update customer set name = 'Nimman Pictures' where id = '{customer.id}'")
    await sees(counter, 'Nimman Pictures')


async def test_search_finds_by_phone_and_leaves_out_the_rest(counter: User) -> None:
    await sit_down(counter)
    await nimman()
    await a_stranger()
    await counter.open('/customers')
    await sees(counter, 'Ladprao Studio')
    counter.find(marker='search').type('0812345678')
    await sees(counter, 'Nimman Film')
    await counter.should_not_see('Ladprao Studio')


async def test_the_figures_of_a_customer_lead_to_what_they_count(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman(contacts=[ContactEntry('Ploy', '02 123 4567 ต่อ 101')])
    await counter.open(f'/customers/{customer.id}')
    for path in (f'/customers/{customer.id}/jobs', f'/customers/{customer.id}/invoices', 'tel:021234567'):
        await links_to(counter, path)


async def test_a_new_customer_is_typed_and_shown(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/customers')
    counter.find('New Customer').click()
    await sees(counter, 'Name (as printed)')
    counter.find(marker='name').type('Andaman Weddings')
    counter.find(marker='save').click()
    await sees(counter, 'Please enter the contact’s full name.'.replace('’', "'"))
    counter.find(marker='full_name0').type('Sarah Lim')
    counter.find(marker='email0').type('sarah@andaman.test')
    counter.find(marker='save').click()
    await sees(counter, 'Primary contact')
    customer = await Customer.get(name='Andaman Weddings')
    assert (await Contact.get(customer_id=customer.id)).email == 'sarah@andaman.test'


async def test_a_doubtful_tax_id_is_warned_of_and_saved(counter: User) -> None:
    await sit_down(counter)
    await counter.open('/customers')
    counter.find('New Customer').click()
    await sees(counter, 'Name (as printed)')
    counter.find(marker='name').type('Esan Documentary')
    counter.find(marker='full_name0').type('Noi')
    counter.find(marker='phone0').type('086 555 0199')
    counter.find(marker='tax_id').type('0-1055-40087-06-2')
    await sees(counter, 'The check digit does not fit')
    counter.find(marker='save').click()
    await sees(counter, 'Primary contact')
    assert (await Customer.get(name='Esan Documentary')).tax_id == '0105540087062'


async def test_an_edit_that_came_second_keeps_what_was_typed(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    await counter.open(f'/customers/{customer.id}')
    counter.find('Edit').click()
    await sees(counter, 'Edit Customer')
    counter.find(marker='code').type('C-77')
    await (await Customer.get(id=customer.id)).amend(version=1, by=await bo(), notes='Pays on Fridays.')
    counter.find(marker='save').click()
    await sees(counter, 'Somebody else just saved a change here')
    [code] = counter.find(marker='code').elements
    assert isinstance(code, ui.input)
    assert code.value == 'C-77'
    assert (await Customer.get(id=customer.id)).notes == 'Pays on Fridays.'


async def test_a_contact_that_a_colleague_took_away_does_not_come_back_with_the_next_save(counter: User) -> None:
    await sit_down(counter)
    first, second = ContactEntry('Ployphan Srisuk', '081 234 5678'), ContactEntry('Bank Wongsa', '089 111 2222')
    customer = await nimman(contacts=[first, second])
    await counter.open(f'/customers/{customer.id}')
    await sees(counter, 'Edit')
    counter.find('Edit').click()
    await counter.should_see(marker='full_name1', retries=50)
    counter.find(marker='code').clear().type('N-7')
    await (await Customer.get(id=customer.id)).amend(version=1, contacts=[first], by=await bo())
    counter.find(marker='save').click()
    await sees(counter, 'Somebody else just saved a change here')
    await counter.should_not_see(marker='full_name1')
    counter.find(marker='save').click()
    await sees(counter, 'Saved')
    assert [contact.full_name for contact in await Contact.filter(customer_id=customer.id)] == ['Ployphan Srisuk']
    assert (await Customer.get(id=customer.id)).code == 'N-7'


async def test_archiving_asks_about_the_links_and_can_revoke_them(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    link, _ = await a_link(customer)
    await counter.open(f'/customers/{customer.id}')
    await choose(counter, 'archive')
    await sees(counter, 'Live portal links: 1')
    counter.find('Archive and Revoke Links').click()
    await sees(counter, 'Archived')
    assert (await PortalLink.get(id=link.id)).state(now()) is LinkState.REVOKED
    await counter.open('/customers')
    await counter.should_not_see('Nimman Film')
    tap(counter, 'archived')
    await sees(counter, 'Nimman Film')


async def test_archiving_may_leave_the_links_alive(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    link, _ = await a_link(customer)
    await counter.open(f'/customers/{customer.id}')
    await choose(counter, 'archive')
    await sees(counter, 'Archive, Keep Links')
    counter.find('Archive, Keep Links').click()
    await sees(counter, 'Take Out of Archive')
    assert (await PortalLink.get(id=link.id)).state(now()) is LinkState.LIVE


async def test_generate_makes_a_link_shows_it_and_lists_it(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    await counter.open(f'/customers/{customer.id}')
    counter.find('Generate Portal Link').click()
    await sees(counter, 'Everything of this customer')
    counter.find('90 days').click()
    counter.find(marker='note').type('Accounting, Khun Fah')
    _press_generate(counter)
    await sees(counter, 'New link')
    link = await PortalLink.get(customer_id=customer.id)
    assert link.note == 'Accounting, Khun Fah'
    assert timedelta(days=89) < link.expires_at - now() <= timedelta(days=90)
    token = KEYS.link_token(bytes(link.cipher or b''))
    await sees(counter, f'http://localhost:8080/p/{token}')
    await sees(counter, 'Live links')


async def test_a_link_to_a_day_that_is_too_far_away_is_refused_beside_the_day(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    await counter.open(f'/customers/{customer.id}')
    counter.find('Generate Portal Link').click()
    await sees(counter, 'Ends after')
    counter.find('Date…').click()
    await sees(counter, 'Last day')
    _press_generate(counter)
    await sees(counter, 'Please choose a date.')
    counter.find(marker='until').type(in_days(400).isoformat())
    _press_generate(counter)
    await sees(counter, 'A link can last from 1 hour to 365 days.')
    assert not await PortalLink.exists()


async def test_copy_gives_the_same_link_twice(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    await counter.open(f'/customers/{customer.id}')
    counter.find('Copy Portal Link').click()
    await sees(counter, 'Live · 30 days')
    await sees(counter, 'Link copied')
    await counter.open(f'/customers/{customer.id}/activity')
    counter.find('Copy Portal Link').click()
    await sees(counter, 'copied')
    assert await PortalLink.filter(customer_id=customer.id).count() == 1


async def test_revoke_lists_the_live_links_asks_and_revokes(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    link, _ = await a_link(customer, note='Accounting')
    await counter.open(f'/customers/{customer.id}')
    await choose(counter, 'revoke')
    await sees(counter, 'Everything · Accounting')
    counter.find(marker='save').click()
    await sees(counter, 'Revoke this link?')
    counter.find(marker='answer-yes').click()
    await sees(counter, 'Link revoked')
    await sees(counter, 'Revoked')
    assert (await PortalLink.get(id=link.id)).revoked_by == 'Nok'


async def test_one_link_is_revoked_from_the_list(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    link, _ = await a_link(customer)
    await counter.open(f'/customers/{customer.id}/links')
    await sees(counter, 'Never opened')
    choose_of(counter, 'revoke', str(link.id))
    await sees(counter, 'Revoke this link?')
    counter.find(marker='answer-yes').click()
    await sees(counter, 'Revoked')


async def test_a_forged_tap_revokes_no_link_of_a_module_that_the_role_may_not_write(counter: User) -> None:
    await sit_down(counter, Role.SALES)
    customer = await nimman()
    await a_link(customer)
    link, _ = await a_link(await an_invoice(customer))
    await counter.open(f'/customers/{customer.id}/links')
    await sees(counter, 'Everything')
    choose_of(counter, 'revoke', str(link.id))
    await sees(counter, 'Your role does not allow this')
    choose_of(counter, 'revoke', 'nonsense')
    assert (await PortalLink.get(id=link.id)).revoked_at is None


async def test_revoking_a_customers_links_names_those_of_its_quotes_too(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    await a_link(customer)
    quote = await a_sent_quote(customer)
    await counter.open(f'/customers/{customer.id}')
    await choose(counter, 'revoke')
    await sees(counter, quote.number)
    counter.find(marker='save').click()
    await sees(counter, 'Revoke 2 links?')
    counter.find(marker='answer-yes').click()
    await sees(counter, '2 links revoked')
    assert await PortalLink.filter(revoked_at=None).count() == 0


async def test_tabs_show_what_the_customer_has(counter: User) -> None:
    await sit_down(counter)
    customer = await nimman()
    job = await a_job(customer)
    await counter.open(f'/customers/{customer.id}/jobs')
    await sees(counter, job.number)
    await counter.open(f'/customers/{customer.id}/deposits')
    await sees(counter, '20,000.00')
    await counter.open(f'/customers/{customer.id}/activity')
    await sees(counter, 'Customer created')


async def test_whoever_is_given_another_role_sees_no_more_of_what_was_open(counter: User) -> None:
    session = await sit_down(counter, Role.BILLING)
    await an_invoice(await nimman())
    await counter.open('/invoices')
    await sees(counter, '107,000.00')
    await (await Staff.get(id=session.staff_id)).change_role(Role.CREW, by=await bo())
    await counter.should_not_see('107,000.00', retries=50)  # though this browser does not load again


async def test_a_tab_that_is_open_all_day_keeps_nothing_of_the_screens_that_were_left(counter: User) -> None:
    await sit_down(counter)
    customer, quote = await nimman(), await a_sent_quote()
    await counter.open('/customers')

    async def there_and_back() -> tuple[int, ...]:
        for path, mark in ((f'/customers/{customer.id}', 'Overview'), (f'/quotes/{quote.number}/edit', 'Preview')):
            counter.navigate.to(path)
            await sees(counter, mark)
        counter.navigate.to('/customers')
        await sees(counter, 'Show Archived')
        client = counter.client
        assert client
        heard = (client.sub_pages_router._path_changed_handlers, client.connect_handlers, client.disconnect_handlers)
        return tuple(len(handlers) for handlers in heard)

    once = await there_and_back()
    assert [await there_and_back() for _ in range(3)] == [once] * 3


async def test_an_address_of_nothing_says_so(counter: User) -> None:
    await sit_down(counter)
    for address in ('/customers/nonsense', '/customers/00000000-0000-0000-0000-000000000000'):
        await counter.open(address)
        await sees(counter, 'Nothing here')


async def test_many_customers_take_as_many_queries_as_one(live_db: str, caplog: pytest.LogCaptureFixture) -> None:
    by = await bo()
    everything = live_customers(tuple(Module), '', 'en', archived=False, most=50)
    asked = []
    for _ in range(2):
        for n in range(6):
            contact = ContactEntry(f'Person {n}', '081 000 0000')
            await a_link(await Customer.enrol(name=f'Firm {n}', contacts=[contact], by=by))
        with caplog.at_level('DEBUG', logger='tortoise.db_client'):
            caplog.clear()
            await everything.reload()
            asked.append(len([line for line in caplog.records if line.getMessage().startswith('SELECT')]))
    assert 0 < asked[0] == asked[1]


async def test_thai_staff_read_thai(counter: User) -> None:
    await sit_down(counter, language='th')
    await nimman()
    await counter.open('/customers')
    await sees(counter, 'เพิ่มลูกค้า')
    await sees(counter, 'บริษัท นิมมานฟิล์ม จำกัด')


def _press_generate(user: User) -> None:
    user.find(marker='save').click()
