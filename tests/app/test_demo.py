"""The demo firm: told whole, adding up, moved to today at every start, and never told into somebody else's records."""

import asyncio
import json
import stat
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
import time_machine
from PIL import Image
from stdnum.th import tin
from tortoise import connections

from app.database import connect, disconnect
from app.demo import DemoFirm, furnish
from app.demo.links import TO_TRY
from app.demo.moving import AHEAD, COLUMNS, LEFT_ALONE, STILL
from app.keys import TOKEN_LENGTH, keys, use_keys
from app.papers.setting import paper, set_ordered
from app.passwords import person_of
from app.settings import Settings
from app.slips import slip_of
from app.welcome import Welcome
from models import (
    SYSTEM,
    Activity,
    AuditSeal,
    Business,
    Claim,
    Customer,
    Deposit,
    DepositStatus,
    Document,
    DocumentKind,
    DocumentState,
    Invoice,
    InvoiceStatus,
    Job,
    LinkState,
    Notice,
    Outbox,
    OutboxState,
    Payment,
    PortalLink,
    PortalVisit,
    Quote,
    QuoteRevision,
    QuoteStatus,
    Receipt,
    ReceiptKind,
    Role,
    Slip,
    Staff,
    Stage,
    StageMove,
    bangkok_day,
    credit_of,
    now,
    tax_id_doubtful,
)
from tests.cluster import Cluster, Databases
from tests.conftest import Psql
from tests.ledger import must_add_up, must_be_gapless
from tests.world import a_firm, in_days, nimman, pay, today

KEPT = (
    Activity, Customer, Deposit, Document, Invoice, Job, Payment, PortalLink, PortalVisit, Quote, Receipt, StageMove,
)  # fmt: skip
HOUSE = 'https://rent.siamlight.test'
SECRET = b'the secret of this demo, which opens nothing else'
MORNING = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)  # 10:30 in Bangkok


@pytest.fixture
async def owner_db(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Connected as at a demo's start. Papers that must be there before somebody signs are a few bytes: the story that
    `demo` tells has real ones."""

    async def set_in_few_bytes(document_id: UUID) -> bool:
        document = await Document.get(id=document_id)
        return await document.keep(f'%PDF-1.7 {document.number}'.encode())

    monkeypatch.setattr('app.demo.acts.set_one', set_in_few_bytes)
    monkeypatch.setattr('app.demo.moving.set_one', set_in_few_bytes)
    use_keys(SECRET)
    await connect(database_url, as_owner=True)
    yield database_url
    await disconnect()


@pytest.fixture(scope='module')
def told_once(cluster: Cluster, databases: Databases) -> tuple[str, DemoFirm]:
    """The name of a database in which the story has been told, to be copied."""

    async def tell() -> DemoFirm:
        await connect(url, as_owner=True)
        try:
            return await told()
        finally:
            await disconnect()

    url = databases.take()
    use_keys(SECRET)
    firm = asyncio.run(tell())
    return url.partition('@/')[2].partition('?')[0], firm


@pytest.fixture
async def demo(cluster: Cluster, told_once: tuple[str, DemoFirm]) -> AsyncIterator[DemoFirm]:
    """The story, told a moment ago, in a database of the test's own."""
    name, firm = told_once
    server = await asyncpg.connect(cluster.url())
    await server.execute(f'create database demo template {name} strategy file_copy')
    use_keys(SECRET)
    await connect(cluster.url('demo'), as_owner=True)
    yield firm
    await disconnect()
    await server.execute('drop database demo with (force)')
    await server.close()


@pytest.fixture
def this_morning() -> Iterator[None]:
    with time_machine.travel(MORNING, tick=True):
        yield


async def told() -> DemoFirm:
    firm = await furnish(HOUSE)
    assert firm is not None
    return firm


async def found(url: str) -> PortalLink | None:
    return await PortalLink.find(keys().link_digest(url.removeprefix(f'{HOUSE}/p/')))


async def states(firm: DemoFirm) -> list[tuple[str, str]]:
    """What each link is said to be, and what it is."""
    links = [(told['state'], await found(told['url'])) for told in firm.links]
    return [(said, link.state(now()).value if link else 'unknown') for said, link in links]


async def test_the_story_is_as_long_as_promised(owner_db: str) -> None:
    await told()
    assert await Customer.all().count() == 12
    assert await Quote.all().count() == 22
    assert await Job.all().count() == 15
    assert await Invoice.all().count() == 25
    assert {person.role for person in await Staff.all()} == set(Role)


async def test_every_status_occurs(demo: DemoFirm) -> None:
    assert {quote.status for quote in await Quote.all()} == set(QuoteStatus)
    assert {job.stage for job in await Job.all()} == set(Stage)
    assert {invoice.status_on(today()) for invoice in await Invoice.all()} == set(InvoiceStatus)
    assert {deposit.status for deposit in await Deposit.all()} == set(DepositStatus)
    assert {receipt.kind for receipt in await Receipt.all()} == set(ReceiptKind)
    assert {job.group(today()) for job in await Job.all()} == {'active', 'upcoming', 'past'}
    assert any(job.end_on > job.first_end_on for job in await Job.all())
    assert any(invoice.badge(today()) == 'overdue' and invoice.received for invoice in await Invoice.all())
    assert await Receipt.exclude(cancelled_at=None).exists()


async def test_tax_ids_have_right_check_digits_and_belong_to_nobody(demo: DemoFirm) -> None:
    firm = await Business.the()
    used = [firm.tax_id, *[customer.tax_id for customer in await Customer.exclude(tax_id='')]]
    assert len(set(used)) == len(used) > 6
    assert all(tin.is_valid(tax_id) and tax_id.startswith('0999') for tax_id in used)
    assert not tax_id_doubtful(firm.promptpay_id)


async def test_the_firm_has_a_sign_for_light_and_for_dark(demo: DemoFirm, tmp_path: Path) -> None:
    firm = await Business.the()
    for place, sign in enumerate((firm.logo_light, firm.logo_dark)):
        assert sign is not None
        path = tmp_path / f'{place}.png'
        path.write_bytes(sign)
        with Image.open(path) as picture:
            assert picture.format == 'PNG' and picture.size == (192, 192) and picture.getextrema()[0] != (0, 0)


async def test_some_customers_are_special(demo: DemoFirm) -> None:
    quotes = Counter(quote.customer_id for quote in await Quote.all())
    names = {customer.name: customer for customer in await Customer.all()}
    assert quotes[names['Suan Ngoen Shadow Puppet Troupe'].id] == 0
    assert max(len(name) for name in names) > 150
    finished = names['Baan Krajok Photo Studio Ltd., Part.']
    assert {job.stage for job in await Job.filter(customer_id=finished.id)} == {Stage.CLOSED}
    assert {invoice.status for invoice in await Invoice.filter(customer_id=finished.id)} == {InvoiceStatus.PAID}
    assert await credit_of(names['Klong Kaeo Pictures Co., Ltd.'].id) == Decimal('1500.00')


async def test_the_books_add_up(demo: DemoFirm) -> None:
    for customer in await Customer.all():
        await must_add_up(customer.id)
    await must_be_gapless()
    for receipt in await Receipt.filter(kind=ReceiptKind.PAYMENT):
        payment = await Payment.get(id=receipt.payment_id)
        assert receipt.amount == payment.amount + payment.withheld
    for deposit in await Deposit.all():
        moved = sum(move.amount if move.kind == 'Collected' else -move.amount for move in await deposit.moves.all())
        assert moved == deposit.held + deposit.kept


async def test_every_paper_of_the_story_can_be_set(demo: DemoFirm) -> None:
    owed = await Document.ordered().count()
    assert owed > 50
    assert await set_ordered() == owed
    for signed in await Document.filter(kind=DocumentKind.SIGNED_QUOTE):
        shown = await Document.get(kind=DocumentKind.QUOTE, quote_id=signed.quote_id, edition=signed.edition)
        assert signed.frozen['signature']['shown_sha256'] == bytes(shown.sha256 or b'').hex()


async def test_numbers_have_no_gaps_and_rise_with_time(demo: DemoFirm) -> None:
    quotes = await Quote.all().order_by('quoted_on', 'id')
    by_year: dict[int, list[str]] = {}
    for quote in quotes:
        by_year.setdefault(quote.quoted_on.year, []).append(quote.number)
    for year, numbers in by_year.items():
        assert numbers == [f'QT-{year}-{place:04d}' for place in range(1, len(numbers) + 1)]


async def test_nobody_tells_the_future_and_no_letter_leaves(demo: DemoFirm) -> None:
    assert await what_lies_ahead() == []
    assert not await Outbox.exclude(state=OutboxState.SENT).exists()
    moves = await StageMove.all().order_by('id')
    assert [move.at for move in moves] == sorted(move.at for move in moves)


async def what_lies_ahead() -> list[str]:
    """Columns that say what has happened, with a moment that has not come."""
    database = connections.get('default')
    wrong = []
    for row in await database.execute_query_dict(COLUMNS):
        table, column = row['table_name'], row['column_name']
        if table not in LEFT_ALONE and column not in AHEAD | STILL:
            latest = (await database.execute_query_dict(f'select max("{column}") as latest from "{table}"'))[0][
                'latest'
            ]
            is_day = isinstance(latest, date) and not isinstance(latest, datetime)
            if latest and latest > (today() if is_day else now()):
                wrong.append(f'{table}.{column}')
    return wrong


async def test_customers_wait_for_their_payments_to_be_confirmed(demo: DemoFirm) -> None:
    with_slip, without = await Claim.waiting().order_by('-has_slip')
    invoice, deposit = await Invoice.get(id=with_slip.invoice_id), await Deposit.get(id=without.deposit_id)
    assert with_slip.amount + with_slip.withheld == invoice.balance
    assert (with_slip.slip_bank, with_slip.has_slip, without.has_slip) == ('014', True, False)
    assert without.amount == deposit.awaited
    drawn = await slip_of(bytes((await Slip.get(claim_id=with_slip.id)).picture))
    assert (drawn.bank, drawn.reference) == (with_slip.slip_bank, with_slip.slip_reference)


async def test_links_are_what_they_are_said_to_be(demo: DemoFirm) -> None:
    assert all(said == really for said, really in await states(demo))
    live = {(link['scope'], link['language']) for link in demo.links if link['state'] == 'live'}
    assert live == {(scope.value, language) for scope in TO_TRY for language in ('en', 'th')}
    assert {'live', 'expired', 'revoked'} == {link['state'] for link in demo.links}
    assert all(len(link['url']) == len(f'{HOUSE}/p/') + TOKEN_LENGTH for link in demo.links)


async def test_the_first_links_lead_to_a_customer_for_whom_something_is_about_to_happen(demo: DemoFirm) -> None:
    everything, quote, invoice = demo.to_try(3)
    assert [everything['scope'], quote['scope'], invoice['scope']] == ['customer', 'quote', 'invoice']
    assert everything['customer'] == quote['customer'] == invoice['customer'] == 'Nimman Film Co., Ltd.'
    customer = await Customer.get(name='Nimman Film Co., Ltd.')
    assert await Job.filter(customer_id=customer.id, stage=Stage.PICKING).count() == 1
    assert (await Quote.get(number=quote['record'])).total_due == Decimal('127000.00')
    bill = await Invoice.get(number=invoice['record'])
    assert (bill.balance, bill.badge(today())) == (Decimal('57000.00'), 'overdue')


async def test_offers_wait_with_a_question_and_with_a_change_that_nobody_has_published(demo: DemoFirm) -> None:
    assert demo.links
    asked = await Activity.filter(what='quote_question').order_by('id')
    languages = {(await Customer.get(id=one.customer_id)).language for one in asked}
    assert languages == {'en', 'th'}
    assert await Notice.filter(what='question_asked', read_at=None).count() == len(asked)
    [kept] = await QuoteRevision.all()
    quote = await Quote.get(id=kept.quote_id)
    assert quote.status is QuoteStatus.SENT and kept.entry.lines != (await quote.entry()).lines
    with time_machine.travel(now() + timedelta(days=3), tick=True):
        await told()
        [moved], quote = await QuoteRevision.all(), await Quote.get(id=kept.quote_id)
        assert (moved.entry.job_start, moved.entry.expires_on) == (quote.job_start, quote.expires_on)
        assert moved.entry.job_start == kept.entry.job_start + timedelta(days=3)


async def test_everybody_can_sign_in(demo: DemoFirm) -> None:
    assert {person['role'] for person in demo.staff} == {role.value for role in Role}
    for person in demo.staff:
        assert (await person_of(person['email'], person['password'])).role == person['role']


async def test_a_start_on_the_same_day_changes_nothing(demo: DemoFirm) -> None:
    before = await Activity.all().count()
    assert await told() == demo
    assert await Activity.all().count() == before


@pytest.mark.usefixtures('this_morning')
async def test_the_next_day_all_is_a_day_later_and_what_people_did_is_kept(owner_db: str) -> None:
    demo = await told()
    invoice = await Invoice.get(number=demo.to_try(3)[2]['record'])
    await pay(invoice, 7000, by=SYSTEM)
    job = await Job.get(stage=Stage.PICKING)
    await job.advance(Stage.LOADED, by=SYSTEM)
    before = await everything_kept()
    with time_machine.travel(MORNING + timedelta(hours=22), tick=True):  # 08:30 in Bangkok, earlier than yesterday
        next_demo = await told()
        assert await everything_kept() == before
        assert next_demo == demo
        assert all(said == really for said, really in await states(next_demo))
        moved = await Job.get(id=job.id)
        assert (moved.stage, moved.start_on) == (Stage.LOADED, in_days(1))
        assert moved.start_on == job.start_on + timedelta(days=1)
        kept = await Invoice.get(id=invoice.id)
        assert (kept.due_on, kept.balance) == (in_days(-3), Decimal('50000.00'))
        assert await what_lies_ahead() == []
        bill = await Document.get(kind='Invoice', number=kept.number)
        assert bill.frozen['due_on'] == str(kept.due_on) and bill.issued_on == kept.issued_on
        signed = await Document.filter(kind=DocumentKind.SIGNED_QUOTE).order_by('-id').first()
        assert signed and (await paper(signed)).state is DocumentState.SET  # what was shown was moved with it
        extension = await Activity.get(what='job_extended')
        assert extension.facts['until'] == str((await Job.get(id=extension.job_id)).end_on)


async def everything_kept() -> dict[str, int]:
    """How many rows of every kind there are."""
    return {kind.__name__: await kind.all().count() for kind in KEPT}


@pytest.mark.usefixtures('this_morning')
async def test_weeks_later_links_that_ran_out_stay_ended_and_have_followers(owner_db: str) -> None:
    demo = await told()
    with time_machine.travel(MORNING + timedelta(days=40), tick=True):
        renewed = await told()
        assert {link['url'] for link in demo.links if link['state'] != 'live'} <= {
            link['url'] for link in renewed.links
        }
        for link in demo.links:
            old = await found(link['url'])
            assert old is not None and old.state(now()) is not LinkState.LIVE
        wanted = Counter((link['record'], link['state']) for link in demo.links if link['state'] == 'live')
        assert Counter((link['record'], link['state']) for link in renewed.links if link['state'] == 'live') == wanted
        assert all(said == really for said, really in await states(renewed))
        assert {invoice.status_on(today()) for invoice in await Invoice.all()} == set(InvoiceStatus)


async def test_links_that_people_used_up_are_replaced(demo: DemoFirm) -> None:
    for quote in await Quote.filter(status=QuoteStatus.SENT):
        await quote.decline(by=SYSTEM)
    for link in await PortalLink.filter(revoked_at=None):
        await link.revoke(by=SYSTEM)
    again = await told()
    live = {(link['scope'], link['language']) for link in again.links if link['state'] == 'live'}
    assert live == {(scope.value, language) for scope in TO_TRY for language in ('en', 'th')}
    assert {link['state'] for link in again.links} == {'live', 'expired', 'revoked'}
    assert all(said == really for said, really in await states(again))


async def test_another_secret_gets_links_and_sign_ins_of_its_own(demo: DemoFirm) -> None:
    use_keys(b'another secret, with which nothing of the old can be read')
    again = await told()
    assert all(said == really for said, really in await states(again))
    assert {link['url'] for link in again.links}.isdisjoint({link['url'] for link in demo.links})
    person = again.staff[0]
    assert person['password'] != demo.staff[0]['password']
    assert await person_of(person['email'], person['password'])


async def test_after_a_move_the_record_of_what_happened_is_guarded_again(owner_db: str, psql: Psql) -> None:
    with time_machine.travel(now() - timedelta(days=2), tick=True):
        await told()
        assert await AuditSeal.add()
    await told()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await psql("update activity set what = 'nothing'")
    assert await AuditSeal.add()
    assert (await AuditSeal.look_through()).whole


async def test_the_records_of_a_real_firm_are_left_alone(owner_db: str) -> None:
    await a_firm()
    customer = await nimman()
    with time_machine.travel(now() + timedelta(days=3), tick=True):
        assert await furnish(HOUSE) is None
    assert (await Customer.all().count(), await Quote.all().count()) == (1, 0)
    assert (await Customer.get(id=customer.id)).created_at == customer.created_at


@pytest.mark.parametrize(
    'moment',
    [
        datetime(2027, 1, 2, 17, 4, tzinfo=UTC),  # four minutes past midnight, with last year's numbers behind
        datetime(2028, 2, 29, 16, 59, tzinfo=UTC),
        datetime(2026, 12, 31, 22, 0, tzinfo=UTC),
    ],
)
async def test_it_can_be_told_at_any_hour_of_any_day(owner_db: str, moment: datetime) -> None:
    with time_machine.travel(moment, tick=True):
        firm = await told()
        assert all(said == really for said, really in await states(firm))
        assert await what_lies_ahead() == []
        assert {job.stage for job in await Job.all()} == set(Stage)
        assert {invoice.status_on(bangkok_day(now())) for invoice in await Invoice.all()} == set(InvoiceStatus)


async def test_two_programs_that_start_at_once_tell_it_once(owner_db: str) -> None:
    first, second = await asyncio.gather(told(), told())
    assert first == second
    assert await Business.all().count() == 1


async def test_a_start_writes_down_where_to_find_what(database_url: str, tmp_path: Path) -> None:
    use_keys(SECRET)
    chosen = Settings(secret=SECRET, public_url=HOUSE, data=tmp_path, demo=True)
    heard: list[str] = []
    welcome = Welcome(chosen, database_url, say=heard.append)
    await welcome.prepare()
    path = tmp_path / 'demo.json'
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    written = json.loads(path.read_text())
    assert (written['base_url'], written['database_url']) == (HOUSE, database_url)
    assert {frozenset(person) for person in written['staff']} == {frozenset({'role', 'email', 'password'})}
    keys_of_links = frozenset({'scope', 'record', 'customer', 'language', 'state', 'url'})
    assert {frozenset(link) for link in written['links']} == {keys_of_links}
    await welcome.greet()
    assert sum(f'{HOUSE}/p/' in line for line in heard) == 3
    assert any('owner@siamlight.example' in line for line in heard)
