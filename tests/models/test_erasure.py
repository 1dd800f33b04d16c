"""Personal data is deleted whole or not at all; papers and books stay; nobody works with who was deleted."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from decimal import Decimal
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
import time_machine
from tortoise import connections

from models import (
    Activity,
    Claim,
    Contact,
    Customer,
    Deposit,
    Device,
    Document,
    Editing,
    Invoice,
    InvoiceStatus,
    Job,
    LinkState,
    Method,
    Outbox,
    PortalLink,
    PortalVisit,
    Program,
    Quote,
    Refused,
    Role,
    Slip,
    Stage,
    VisitOrigin,
    draft_again,
    make_statement,
    now,
    one_change,
    prospect_of,
)
from tests.conftest import Psql
from tests.kept import SLIP, everything_of_nimman, looked
from tests.world import (
    SKYPANELS,
    a_draft,
    a_held_deposit,
    a_job,
    a_link,
    a_person,
    a_secret,
    a_sent_quote,
    an_accepted_quote,
    an_invoice,
    bo,
    in_days,
    nimman,
    pay,
    ploy,
    set_all_papers,
    today,
)

pytestmark = pytest.mark.usefixtures('db')
NAME = 'Nimman Film Co., Ltd.'


async def erased(customer: Customer, typed: str = NAME) -> Customer:
    prospect = await prospect_of(customer, by=await bo())
    await customer.erase(typed=typed, seen=prospect.seen, by=await bo())
    return await Customer.get(id=customer.id)


async def refusal(work: Awaitable[object]) -> str:
    with pytest.raises(Refused) as refused:
        await work
    return refused.value.reason


async def rows_with(text: str) -> dict[str, int]:
    """In which tables this still stands, and in how many of their rows."""
    database = connections.get('default')
    tables = await database.execute_query_dict("select tablename as name from pg_tables where schemaname = 'public'")
    found = {}
    for table in [row['name'] for row in tables]:
        asked = f'select count(*) as n from "{table}" as one where position(lower($1) in lower(one::text)) > 0'
        [counted] = await database.execute_query_dict(asked, [json.dumps(text)[1:-1]])
        [plain] = await database.execute_query_dict(asked, [text])
        if most := max(counted['n'], plain['n']):
            found[table] = most
    return found


async def everything_there() -> dict[str, list[str]]:
    """Every row of every table."""
    database = connections.get('default')
    tables = await database.execute_query_dict("select tablename as name from pg_tables where schemaname = 'public'")
    return {
        row['name']: sorted(
            one['said']
            for one in await database.execute_query_dict(f'select one::text as said from "{row["name"]}" as one')
        )
        for row in tables
    }


async def a_running_job(customer: Customer) -> None:
    await a_job(customer, Stage.ON_SITE)


async def a_closed_job_never_billed(customer: Customer) -> None:
    await a_job(customer, Stage.CLOSED)


async def an_unpaid_invoice(customer: Customer) -> None:
    await pay(await an_invoice(customer), 1000)


async def a_deposit_asked_for(customer: Customer) -> None:
    job = await a_job(customer, Stage.CLOSED)
    await (await Invoice.get(job_id=job.id)).discard(by=await bo())


async def a_deposit_held(customer: Customer) -> None:
    deposit = await a_held_deposit(customer)
    job = await (await Quote.get(id=deposit.quote_id)).create_job(by=await bo())
    await job.cancel(reason='Rain', by=await bo())


async def credit_left(customer: Customer) -> None:
    await pay(await an_invoice(customer), 108000, keep_rest_as_credit=True)


async def paid_for_a_cancelled_job(customer: Customer) -> None:
    job = await a_job(customer, deposit=Decimal(0))
    await job.record_prepayment(amount=Decimal(500), method=Method.CASH, paid_on=today(), key=uuid4(), by=await bo())
    await job.cancel(reason='Rain', by=await bo())


async def a_claim_waiting(customer: Customer) -> None:
    invoice = await an_invoice(customer)
    link, _ = await a_link(invoice)
    await Claim.make(invoice, amount=Decimal(107000), key=uuid4(), by=ploy(link), slip=SLIP)
    await pay(invoice, 107000)


async def a_quote_waiting(customer: Customer) -> None:
    await a_sent_quote(customer)


async def an_accepted_quote_without_a_job(customer: Customer) -> None:
    await an_accepted_quote(customer, deposit=Decimal(0))


async def a_draft_being_written(customer: Customer) -> None:
    quote, program = await a_draft(customer), uuid4()
    await Program.alive(program)
    await Editing.begin(quote, by=await bo(), program_id=program)


@pytest.mark.parametrize(
    ('there_is', 'reason'),
    [
        (a_running_job, 'erasure_job'),
        (a_closed_job_never_billed, 'erasure_not_billed'),
        (an_unpaid_invoice, 'erasure_invoice'),
        (a_deposit_asked_for, 'erasure_deposit'),
        (a_deposit_held, 'erasure_deposit'),
        (credit_left, 'erasure_credit'),
        (paid_for_a_cancelled_job, 'erasure_paid_before'),
        (a_claim_waiting, 'erasure_claim'),
        (a_quote_waiting, 'erasure_quote_sent'),
        (an_accepted_quote_without_a_job, 'erasure_quote_accepted'),
        (a_draft_being_written, 'erasure_quote_written'),
    ],
)
async def test_while_something_is_open_nothing_is_deleted(
    there_is: Callable[[Customer], Awaitable[None]], reason: str
) -> None:
    customer = await nimman()
    await there_is(customer)
    before = await everything_there()
    assert await refusal(prospect_of(customer, by=await bo())) == reason
    seen = await Activity.filter(customer_id=customer.id).count()
    assert await refusal(customer.erase(typed=NAME, seen=seen, by=await bo())) == reason
    assert await everything_there() == before


async def test_a_quote_whose_time_is_over_keeps_nobody() -> None:
    customer = await nimman()
    await a_sent_quote(customer)
    with time_machine.travel(now().replace(year=now().year + 1)):
        assert (await erased(customer)).erased_at
    assert not await Quote.exists()


@pytest.mark.parametrize('typed', ['', '   ', 'Nimman', 'C-7', '—'])
async def test_the_name_or_the_code_must_be_typed(typed: str) -> None:
    customer = await nimman(code='C-77')
    assert await refusal(erased(customer, typed)) == 'erasure_not_confirmed'
    assert (await Customer.get(id=customer.id)).erased_at is None


@pytest.mark.parametrize('typed', [' nimman film co., ltd.', 'บริษัท นิมมานฟิล์ม จำกัด', 'c-77'])
async def test_either_name_or_the_code_will_do(typed: str) -> None:
    assert (await erased(await nimman(code='C-77'), typed)).erased_at


@pytest.mark.parametrize('role', [Role.CREW, Role.BILLING, Role.OPERATIONS])
async def test_only_who_manages_customers_may(role: Role) -> None:
    customer, person = await nimman(), (await a_person(role, 'Nok')).actor
    assert await refusal(prospect_of(customer, by=person)) == 'not_allowed'
    assert await refusal(customer.erase(typed=NAME, seen=1, by=person)) == 'not_allowed'


async def test_what_the_law_makes_a_firm_keep_stays_as_it_was() -> None:
    kept = await everything_of_nimman()
    papers = {one.id: bytes(one.content or b'') for one in await Document.filter(customer_id=kept.customer.id)}
    unsigned = {one.id for one in await Document.filter(quote_id=kept.declined.id)}
    books = ('invoice', 'invoice_line', 'payment', 'receipt', 'deposit', 'deposit_move', 'signature', 'job_line')
    before = {table: rows for table, rows in (await everything_there()).items() if table in books}
    assert (await prospect_of(kept.customer, by=await bo())).keeps
    customer = await erased(kept.customer, 'C-77')
    after = await everything_there()
    assert {table: after[table] for table in books} == before
    assert (customer.name, customer.name_th) == (NAME, 'บริษัท นิมมานฟิล์ม จำกัด')
    assert (customer.tax_id, customer.billing_address) == ('0105540087061', '1 Nimman Rd')
    assert {one.id: bytes(one.content or b'') for one in await Document.filter(customer_id=customer.id)} == {
        known: content for known, content in papers.items() if known not in unsigned
    }
    assert unsigned and (await Claim.get(id=kept.claim.id)).slip_reference == SLIP.reference


async def test_everything_else_of_them_goes() -> None:
    kept = await everything_of_nimman()
    customer = await erased(kept.customer)
    assert customer.archived_at and (customer.code, customer.notes, customer.delivery_address) == ('', '', '')
    assert [one.status for one in await Quote.all()] == ['Job Created']
    for model in (Contact, Slip, VisitOrigin, Outbox):
        assert not await model.exists(), model.__name__
    assert await PortalVisit.all().count() == 2
    assert [device.user_agent for device in await Device.all()] == ['']
    for link in await PortalLink.all():
        assert link.state(now()) is LinkState.REVOKED
        assert (link.note, link.first_viewed_ip, link.last_viewed_ip, link.cipher) == ('', '', '', None)
    assert (await Claim.get(id=kept.claim.id)).has_slip is False
    # What a person may have written or been called stands where it must, and nowhere else.
    evidence = {'activity', 'document', 'signature'}
    for text in (
        'ploy@nimman.test',
        '081 234 5678',
        'Khun Ploy',
        'Ployphan Srisuk',
        'Her mother is ill',
        'Khun Somsri',
    ):
        assert (await rows_with(text)).keys() <= evidence, text
    for text in (
        '203.0.113.9',
        'iPhone',
        'Pays on Fridays',
        'Ask her brother first',
        'Studio 4',
        'Wedding of her sister',
    ):
        assert (await rows_with(text)).keys() <= {'document'}, text
    for text in ('203.0.113.9', 'iPhone', 'Pays on Fridays', 'Ask her brother first', 'Wedding of her sister'):
        assert await rows_with(text) == {}, text


async def test_of_whom_nothing_must_be_kept_only_what_happened_stays() -> None:
    customer = await nimman(
        code='ZQ-77', notes='Pays on Fridays.', tax_id='0105561000001', billing_address='1 Nimman Rd'
    )  # fmt: skip
    quote = await a_sent_quote(customer, title='Wedding of her sister')
    link, _ = await a_link(quote)
    await looked(link)
    await quote.decline(by=ploy(link))
    await a_draft(customer)
    invoice = await Invoice.draft(customer, lines=[SKYPANELS], by=await bo())
    await make_statement(customer, first=today(), last=today(), by=await bo())
    assert not (await prospect_of(customer, by=await bo())).keeps
    customer = await erased(customer)
    assert (customer.name, customer.name_th, customer.tax_id, customer.billing_address) == ('—', '', '', '')
    assert not await Quote.exists() and not await Document.exists() and not await Invoice.exists(id=invoice.id)
    gone = (
        'nimman', 'นิมมาน', 'ploy', '081 234 5678', 'ZQ-77', '0105561000001', '203.0.113.9', 'iPhone', 'Wedding',
    )  # fmt: skip
    for text in gone:
        assert (await rows_with(text)).keys() <= {'activity'}, text
    line = await Activity.get(what='customer_erased')
    assert (line.customer_id, line.by_name, line.facts) == (customer.id, 'Bo', {})


async def test_what_happened_is_not_touched() -> None:
    kept = await everything_of_nimman()
    before = await everything_there()
    await erased(kept.customer)
    after = await everything_there()
    for table in ('activity', 'portal_visit', 'audit_seal'):
        assert set(before[table]) <= set(after[table])


async def test_nothing_of_another_customer_is_touched() -> None:
    other = await nimman(name='Andaman Weddings', name_th='')
    await a_sent_quote(other)
    link, _ = await a_link(other, note='for Sarah')
    await PortalVisit.view(link, device_id=(await Device.known(b'2' * 32)).id, ip='198.51.100.1', user_agent='Firefox')
    theirs = {'quote': Quote, 'document': Document, 'contact': Contact, 'outbox': Outbox, 'portal_link': PortalLink}
    before = {
        name: [str(vars(one)) for one in await model.filter(customer_id=other.id)] for name, model in theirs.items()
    }
    kept = await everything_of_nimman()
    await erased(kept.customer)
    for name, model in theirs.items():
        assert len(await model.filter(customer_id=other.id)) == len(before[name]) > 0, name
    link = await PortalLink.get(id=link.id)
    assert (link.state(now()), link.note, link.last_viewed_ip) == (LinkState.LIVE, 'for Sarah', '198.51.100.1')
    assert await VisitOrigin.filter(ip='198.51.100.1').count() == 1


async def test_nobody_works_with_who_was_deleted() -> None:
    kept = await everything_of_nimman()
    by, customer = await bo(), await erased(kept.customer)
    new: list[Awaitable[object]] = [
        a_draft(customer),
        (await Quote.get(id=kept.job.quote_id)).duplicate(by=by),
        Invoice.draft(customer, lines=[SKYPANELS], by=by),
        draft_again(kept.job, by=by),
        PortalLink.issue(customer, secret=a_secret(), by=by),
        PortalLink.copy(customer, secret=a_secret(), by=by),
        make_statement(customer, first=today(), last=today(), by=by),
        customer.amend(version=customer.version, by=by, name='Nimman again'),
        customer.archive(revoke_links=True, by=by),
        customer.unarchive(by=by),
        kept.job.go_back(by=by),
        prospect_of(customer, by=by),
        customer.erase(typed=NAME, seen=0, by=by),
    ]
    before = await everything_there()
    for work in new:
        assert await refusal(work) == 'customer_erased'
    assert await everything_there() == before


async def test_the_database_itself_lets_nothing_go_that_is_kept(psql: Psql) -> None:
    kept = await everything_of_nimman()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await psql("delete from document where kind = 'Quote'")
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await psql('delete from slip')
    await make_statement(kept.customer, first=today(), last=today(), by=await bo())
    await set_all_papers()
    customer = await erased(kept.customer)
    for kind in {str(one.kind) for one in await Document.filter(customer_id=customer.id)}:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await psql(f"delete from document where kind = '{kind}'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await psql(f"update document set content = 'x' where kind = '{kind}' and state = 'Set'")
    for statement in (
        "update customer set name = 'Somebody'",
        'update customer set erased_at = null',
        'delete from portal_link',
        'delete from signature',
        'delete from activity',
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await psql(statement)


async def test_nothing_is_half_done(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = await everything_of_nimman()
    before, note = await everything_there(), Activity.note

    async def torn(what: str, **facts: Any) -> None:
        if what == 'customer_erased':
            raise RuntimeError('torn')
        await note(what, **facts)

    monkeypatch.setattr(Activity, 'note', torn)
    with pytest.raises(RuntimeError, match='torn'):
        await erased(kept.customer)
    assert await everything_there() == before


async def a_quote(customer: Customer) -> object:
    return await a_draft(customer)


async def a_new_invoice(customer: Customer) -> object:
    return await Invoice.draft(customer, lines=[SKYPANELS], by=await bo())


async def a_new_link(customer: Customer) -> object:
    return await PortalLink.issue(customer, secret=a_secret(), by=await bo())


Make = Callable[[Customer], Coroutine[Any, Any, object]]
MAKES: list[Make] = [a_quote, a_new_invoice, a_new_link]


@pytest.mark.parametrize('make', MAKES)
async def test_who_makes_something_first_loses_nothing(make: Make) -> None:
    customer = await nimman()
    seen, made, go_on = (await prospect_of(customer, by=await bo())).seen, asyncio.Event(), asyncio.Event()

    async def clerk() -> None:
        async with one_change():
            await make(customer)
            made.set()
            await go_on.wait()

    work = asyncio.create_task(clerk())
    await made.wait()
    deleting = asyncio.create_task(customer.erase(typed=NAME, seen=seen, by=await bo()))
    await until_somebody_waits()
    go_on.set()
    await work
    assert await refusal(deleting) == 'erasure_changed'
    assert (await Customer.get(id=customer.id)).erased_at is None
    assert await Quote.all().count() + await Invoice.all().count() + await PortalLink.all().count() == 1


@pytest.mark.parametrize('make', MAKES)
async def test_who_makes_something_second_is_told_and_leaves_nothing(
    make: Make,
) -> None:
    customer = await nimman()
    seen, gone, go_on = (await prospect_of(customer, by=await bo())).seen, asyncio.Event(), asyncio.Event()

    async def colleague() -> None:
        async with one_change():
            await customer.erase(typed=NAME, seen=seen, by=await bo())
            gone.set()
            await go_on.wait()

    deleting = asyncio.create_task(colleague())
    await gone.wait()
    work = asyncio.create_task(make(customer))
    await until_somebody_waits()
    go_on.set()
    await deleting
    assert await refusal(work) == 'customer_erased'
    assert await Quote.all().count() + await Invoice.all().count() + await PortalLink.all().count() == 0


async def until_somebody_waits() -> None:
    waits = 'select exists (select from pg_locks where not granted) as one'
    async with asyncio.timeout(60):
        while not (await connections.get('default').execute_query_dict(waits))[0]['one']:
            await asyncio.to_thread(bool)


@pytest.mark.parametrize('table', ['invoice', 'quote', 'portal_link', 'job', 'deposit', 'claim', 'outbox', 'document'])
async def test_whoever_works_on_a_record_just_now_is_not_waited_for(table: str, psql: Psql) -> None:
    kept = await everything_of_nimman()
    seen = (await prospect_of(kept.customer, by=await bo())).seen
    before = await everything_there()
    await psql('begin')
    await psql(f'select from {table} for update')
    assert await refusal(kept.customer.erase(typed=NAME, seen=seen, by=await bo())) == 'erasure_busy'
    await psql('rollback')
    assert await everything_there() == before
    await kept.customer.erase(typed=NAME, seen=seen, by=await bo())


async def test_a_letter_that_leaves_at_this_moment_is_waited_for() -> None:
    customer = await nimman()
    await Outbox.queue('link', customer_id=customer.id)
    letter = await Outbox.claim()
    assert letter and await refusal(erased(customer)) == 'erasure_busy'
    await letter.sent()
    assert (await erased(customer)).erased_at and not await Outbox.exists()


async def test_a_clerk_who_sends_a_draft_that_was_just_deleted_is_told() -> None:
    customer = await nimman()
    draft = await a_draft(customer)
    await erased(customer)
    for work in (
        draft.send(secret=a_secret(), by=await bo()),
        PortalLink.issue(draft, secret=a_secret(), by=await bo()),
    ):
        assert await refusal(work) == 'record_gone'


async def test_a_payment_that_bounces_later_can_still_be_taken_back() -> None:
    customer = await nimman()
    invoice = await an_invoice(customer)
    payment = await pay(invoice, 107000)
    await erased(customer)
    await payment.reverse(reason='The cheque bounced', by=await bo())
    assert (await Invoice.get(id=invoice.id)).status is InvoiceStatus.SENT
    assert await refusal(PortalLink.issue(await Invoice.get(id=invoice.id), secret=a_secret(), by=await bo())) == (
        'customer_erased'
    )


async def test_a_cancelled_job_keeps_its_papers_and_loses_where_it_went() -> None:
    customer = await nimman(delivery_address='Studio 4, back door')
    job = await a_job(customer, deposit=Decimal(0))
    await job.plan_delivery(version=job.version, by=await bo(), site_contact='Khun Nid')
    await job.cancel(reason='She cannot pay', by=await bo())
    assert (await erased(customer)).name == NAME
    job = await Job.get(id=job.id)
    assert (job.delivery_address, job.site_contact, job.cancel_reason) == ('', '', '')
    assert await rows_with('She cannot pay') == {} and not await Deposit.exists()
    assert job.end_on == in_days(16)
