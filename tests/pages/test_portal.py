"""The customer's phone: what is shown, in which language, and that it stays true without a reload."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from uuid import uuid4

import pytest
from htpy import fragment
from nicegui.testing import User

from app.words import words
from models import (
    Business,
    Customer,
    Deposit,
    Grant,
    Invoice,
    Job,
    KeptEntry,
    KeptKind,
    LineEntry,
    Method,
    PortalLink,
    Quote,
    Stage,
)
from pages.portal.home import Greeted, hello
from pages.portal.quote_view import QuoteCard
from pages.portal.quotes import waiting
from pages.portal.reader import Firm, Reader
from tests.conftest import Psql
from tests.world import (
    DELIVERY,
    SKYPANELS,
    a_draft,
    a_held_deposit,
    a_job,
    a_link,
    a_sent_quote,
    an_accepted_quote,
    an_invoice,
    bo,
    in_days,
    nimman,
    pay,
    ploy,
    today,
    typed,
)

PATIENCE = 300  # tenths of a second: three are too few for a live page on a busy machine


async def path_to(record: Customer | Quote | Invoice) -> str:
    _, token = await a_link(record)
    return f'/p/{token}'


async def sees(phone: User, *texts: str) -> None:
    for text in texts:
        await phone.should_see(text, retries=PATIENCE)


async def misses(phone: User, *texts: str) -> None:
    for text in texts:
        await phone.should_not_see(text, retries=PATIENCE)


async def test_home_greets_by_call_name_and_shows_all_that_is_open(portal: User) -> None:
    customer = await nimman()
    await a_job(customer, Stage.DELIVERING)
    await a_sent_quote(customer, title='Fashion week')
    invoice = await an_invoice(customer)
    await pay(invoice, 50000)
    await a_held_deposit(customer)
    await portal.open(await path_to(customer))
    await sees(portal, 'Hello, Khun Ploy', 'Nimman Film Co., Ltd.', 'Up to date')
    await sees(portal, 'Quote waiting for you', 'Fashion week', 'On the way to you')
    await sees(portal, '฿57,000.00', 'of ฿107,000.00', 'Partial', 'Pay')
    await sees(portal, 'Deposits to pay', 'Deposits held', '฿20,000.00')
    await misses(portal, 'You are all caught up')


async def test_home_says_what_several_invoices_come_to_and_stays_true_as_they_are_paid(portal: User) -> None:
    customer = await nimman()
    first, second = await an_invoice(customer), await an_invoice(customer)
    await pay(first, 50000)
    await portal.open(await path_to(customer))
    await sees(portal, '2 invoices, ฿164,000.00 in all')
    await pay(second, 107000)
    await misses(portal, 'in all')
    await sees(portal, '฿57,000.00')


async def test_home_shows_the_longest_due_of_very_many_invoices_and_the_way_to_the_others(
    portal: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr('pages.portal.invoices.AT_ONCE', 2)
    customer = await nimman()
    late, later, last = await an_invoice(customer), await an_invoice(customer), await an_invoice(customer)
    await Invoice.filter(id=last.id).update(due_on=in_days(90))
    await portal.open(await path_to(customer))
    await sees(portal, str(late.number), str(later.number), '3 invoices, ฿321,000.00 in all', 'All 3 invoices to pay')
    await misses(portal, str(last.number))


async def test_nothing_is_left_hanging_where_the_line_of_the_greeting_breaks(portal: User) -> None:
    await bo()
    firm = await Firm.of_this_house()
    assert firm is not None
    reader = Reader(words('th'), 'th', '/p/x', firm, whole=True)
    greeted = Greeted('Khun Ploy', 'คุณพลอย', 'Nimman Film Co., Ltd.', 'บริษัท นิมมาน ฟิล์ม จำกัด')
    line = str(fragment[hello(reader, greeted)])
    assert re.sub(r'<[^>]*>', '|', line).strip('|').split('|')[-1] == 'ข้อมูลเป็นปัจจุบัน'
    assert '·' not in line


async def test_nothing_is_left_hanging_where_the_line_of_a_waiting_quote_breaks(portal: User) -> None:
    customer = await nimman()
    quote = await a_sent_quote(customer)
    firm = await Firm.of_this_house()
    assert firm is not None
    reader = Reader(words('th'), 'th', '/p/x', firm, whole=True)
    card = str(fragment[waiting(reader, (QuoteCard.of(quote),))])
    assert '·' not in card and '฿127,000.00' in card


async def test_a_contact_without_a_call_name_is_greeted_by_the_full_name(portal: User) -> None:
    customer = await nimman()
    await customer.contacts.all().update(call_name='', call_name_th='')
    await portal.open(await path_to(customer))
    await sees(portal, 'Hello, Ployphan Srisuk')


async def test_who_has_nothing_open_is_told_so_warmly(portal: User) -> None:
    customer = await nimman()
    await portal.open(await path_to(customer))
    await sees(portal, 'You are all caught up', 'Thank you for renting with Siam Light & Grip Co., Ltd.')
    await a_sent_quote(customer)
    await sees(portal, 'Quote waiting for you')
    await misses(portal, 'You are all caught up')


@pytest.mark.parametrize(
    ('language', 'before', 'after'),
    [
        ('en', 'Preparing your equipment', 'Loaded — ready to leave our warehouse'),
        ('th', 'กำลังจัดเตรียมอุปกรณ์', 'จัดอุปกรณ์ขึ้นรถเรียบร้อยแล้ว — พร้อมออกจากคลัง'),
    ],
)
async def test_a_moved_job_is_told_in_the_customers_words(
    portal: User, another: Callable[[], User], language: str, before: str, after: str
) -> None:
    customer = await nimman(language=language)
    job = await a_job(customer, Stage.PICKING)
    path, second_phone = await path_to(customer), another()
    await portal.open(path)
    await second_phone.open(f'{path}/jobs/{job.number}')
    await sees(portal, before)
    await job.advance(Stage.LOADED, by=await bo())
    await sees(portal, after)
    await sees(second_phone, after)
    await misses(portal, before)


async def test_a_stage_set_from_outside_is_shown_without_a_time(portal: User, psql: Psql) -> None:
    customer = await nimman()
    job = await a_job(customer, Stage.PICKING)
    await portal.open(f'{await path_to(customer)}/jobs/{job.number}')
    await sees(portal, 'Preparing your equipment Since')
    await psql("update job set stage = 'On Site'")
    await sees(portal, 'Active rental — equipment delivered Booked')
    await misses(portal, 'Delivered ')


async def test_every_stage_has_the_words_of_both_languages(portal: User, psql: Psql) -> None:
    customer = await nimman()
    job = await a_job(customer)
    path = f'{await path_to(customer)}/jobs/{job.number}'
    said = {
        'New': ('Booked — we are getting ready', 'ยืนยันการจองแล้ว — กำลังเตรียมงาน'),
        'Returning': ('Equipment on its way back', 'อยู่ระหว่างรับอุปกรณ์คืน'),
        'Closed': ('Completed — thank you', 'เสร็จสิ้น — ขอบคุณที่ใช้บริการ'),
        'Cancelled': (
            'Cancelled — please contact us with any question',
            'ยกเลิกแล้ว — หากมีข้อสงสัยกรุณาติดต่อเรา',
        ),
    }
    for language, place in (('en', 0), ('th', 1)):
        portal.http_client.cookies.set('lang', language)
        await portal.open(path)
        for stage, step in said.items():
            await psql(f"update job set stage = '{stage}'")
            await sees(portal, step[place])


async def test_a_job_shows_where_when_with_whom_and_what(portal: User) -> None:
    customer, by = await nimman(), await bo()
    job = await a_job(customer, Stage.LOADED, lines=[SKYPANELS, DELIVERY])
    facts = {'delivery_address': 'Nimman Soi 9', 'site_contact': 'Khun Ploy', 'driver_name': 'Khun Somchai'}
    await job.plan_delivery(version=job.version, by=by, **facts)
    await portal.open(f'{await path_to(customer)}/jobs/{job.number}')
    await sees(portal, 'Commercial shoot, Chiang Mai', 'ARRI SkyPanel S60-C 4', 'Nimman Soi 9', 'Contact us')
    await misses(portal, 'Khun Somchai', 'Extended until')
    await job.advance(Stage.DELIVERING, by=by)
    await sees(portal, 'driver Khun Somchai', 'Delivery manifest')
    await job.extend(end_on=in_days(18), lines=[LineEntry('Two more days', Decimal(20000))], by=by)
    await sees(portal, 'Last day as booked', 'Extended until')


async def test_why_a_job_was_cancelled_stays_internal_unless_it_is_to_be_shown(portal: User) -> None:
    customer, by = await nimman(), await bo()
    hidden, shown = await a_job(customer), await a_job(customer)
    await hidden.cancel(reason='Customer pays badly', by=by)
    await shown.cancel(reason='Flooded site', shown=True, by=by)
    path = await path_to(customer)
    await portal.open(f'{path}/jobs/{hidden.number}')
    await sees(portal, 'Cancelled — please contact us with any question')
    await misses(portal, 'Customer pays badly')
    await portal.open(f'{path}/jobs/{shown.number}')
    await sees(portal, 'Flooded site')


async def test_jobs_stand_under_active_upcoming_and_past(portal: User) -> None:
    customer = await nimman()
    path = await path_to(customer)
    await portal.open(f'{path}/jobs')
    await sees(portal, 'No jobs yet')
    await a_job(customer, title='Next month', job_start=in_days(20), job_end=in_days(22), deposit=Decimal(0))
    await sees(portal, 'Upcoming Next month')
    await a_job(customer, Stage.ON_SITE, title='Right now')
    await a_job(customer, Stage.CLOSED, title='Long ago')
    await sees(portal, 'Active Right now', 'Past Long ago')


async def test_an_invoice_shows_sums_payments_and_how_to_pay(portal: User) -> None:
    customer = await nimman()
    invoice = await an_invoice(customer)
    firm = await Business.the()
    await firm.set(promptpay_id='0105540087061', promptpay_kind='tax_id', bank_accounts='Kasikornbank 123-4-56789-0')
    await portal.open(f'{await path_to(customer)}/invoices/{invoice.number}')
    await sees(portal, 'Unpaid', '4 × 10 days at ฿2,500.00', 'Subtotal (rental) ฿100,000.00', 'VAT 7% ฿7,000.00')
    await sees(portal, 'Grand Total ฿107,000.00', 'tax ID ending 7061', 'Kasikornbank 123-4-56789-0')
    await misses(portal, '0105540087061')
    await pay(invoice, 50000)
    await sees(portal, 'Partial', 'Received −฿50,000.00', 'Still to pay ฿57,000.00')
    await pay(invoice, Decimal('54336.45'), withheld=Decimal('2663.55'))
    await sees(portal, 'Paid in full. Thank you.', '฿2,663.55 tax withheld')
    await misses(portal, 'How to pay')


async def test_an_overdue_invoice_says_since_when_and_what_was_paid(portal: User, psql: Psql) -> None:
    customer = await nimman(language='th')
    await pay(await an_invoice(customer), 50000)
    await portal.open(await path_to(customer))
    await sees(portal, 'ชำระบางส่วน')
    await psql("update invoice set due_on = (now() at time zone 'Asia/Bangkok')::date - 3")
    await sees(portal, 'เกินกำหนดชำระ 3 วัน', '฿57,000.00', 'จาก ฿107,000.00')


async def test_a_new_invoice_appears_and_a_draft_never_does(portal: User) -> None:
    customer, by = await nimman(), await bo()
    await portal.open(f'{await path_to(customer)}/invoices')
    await sees(portal, 'No invoices yet')
    draft = await Invoice.draft(customer, lines=[SKYPANELS], by=by)
    await a_draft(customer, title='Not to be seen')
    issued = await an_invoice(customer, lines=[DELIVERY])
    await sees(portal, str(issued.number), '฿3,745.00')
    await misses(portal, '฿107,000.00', 'Not to be seen')
    await draft.issue(by=by)
    await sees(portal, '฿107,000.00')


async def test_a_quote_shows_its_totals_under_the_words_of_the_trade(portal: User) -> None:
    customer = await nimman(language='th')
    quote = await a_sent_quote(customer)
    await portal.open(await path_to(quote))
    await sees(portal, 'ใบเสนอราคา', 'ถ่ายโฆษณา เชียงใหม่', 'รอลงนาม', 'ยืนราคาถึง')
    await sees(portal, 'ค่าเช่าและบริการ ฿100,000.00', 'ภาษีมูลค่าเพิ่ม 7% ฿7,000.00', 'จำนวนเงินรวมทั้งสิ้น ฿107,000.00')
    await sees(portal, 'เงินประกัน (คืนได้) ฿20,000.00', 'ยอดที่ต้องชำระทั้งหมด ฿127,000.00')


async def test_an_accepted_quote_asks_for_its_deposit_at_once(portal: User) -> None:
    customer = await nimman()
    quote = await a_sent_quote(customer)
    await portal.open(await path_to(customer))
    await sees(portal, 'Quote waiting for you')
    await quote.accept(version=1, signature=typed(), by=ploy())
    await sees(portal, 'Deposits to pay', 'To be paid')
    await misses(portal, 'Quote waiting for you')


async def test_the_deposit_of_a_cancelled_job_is_no_longer_asked_for(portal: User) -> None:
    customer = await nimman()
    job = await a_job(customer)
    await portal.open(await path_to(customer))
    await sees(portal, 'Deposits to pay', 'To be paid')
    await job.cancel(reason='Rain', by=await bo())
    await misses(portal, 'Deposits to pay')
    await portal.open(f'{await path_to(customer)}/deposits')
    await sees(portal, 'No longer needed')
    await misses(portal, 'To be paid')


async def test_a_returned_deposit_says_what_was_kept_and_why(portal: User) -> None:
    customer, by = await nimman(), await bo()
    deposit = await a_held_deposit(customer)
    path = await path_to(customer)
    await portal.open(f'{path}/deposits/{deposit.number}')
    await sees(portal, 'Held', 'Held by us ฿20,000.00')
    kept = [KeptEntry(KeptKind.COMPENSATION, 'Broken stand', Decimal(1800))]
    await deposit.give_back(method=Method.BANK_TRANSFER, returned_on=today(), key=uuid4(), by=by, kept=kept)
    await sees(portal, 'Partly returned', 'Returned to you ฿18,200.00', 'Broken stand Compensation for damage')
    await sees(portal, '฿1,800.00 ฿18,200.00 held', 'Ledger of the deposit', f'DEPRR-{today().year}-0001')
    await portal.open(f'{path}/receipts/DEPRR-{today().year}-0001')
    await sees(portal, 'Deposit returned', 'Kept ฿1,800.00')


async def test_what_a_charge_kept_of_a_deposit_has_of_vat_is_said_once(portal: User) -> None:
    customer, by = await nimman(), await bo()
    deposit = await a_held_deposit(customer)
    kept = [KeptEntry(KeptKind.CHARGE, 'Late by a day', Decimal(535))]
    await deposit.give_back(method=Method.CASH, returned_on=today(), key=uuid4(), by=by, kept=kept)
    await portal.open(f'{await path_to(customer)}/deposits/{deposit.number}')
    await sees(portal, f'Late by a day Charge · ฿35.00 VAT inside · {words("en").day(today())}')


async def test_a_receipt_names_the_day_of_the_money_where_it_is_not_its_own(portal: User) -> None:
    customer, by = await nimman(), await bo()
    deposit = await a_held_deposit(customer)
    await deposit.give_back(method=Method.CASH, returned_on=in_days(-1), key=uuid4(), by=by)
    await pay(await an_invoice(customer), 1000, paid_on=in_days(-4))
    path, year = await path_to(customer), today().year
    await portal.open(f'{path}/receipts/RC-{year}-0001')
    await sees(portal, f'Received on {words("en").day(in_days(-4))}')
    await portal.open(f'{path}/receipts/DEPRR-{year}-0001')
    await sees(portal, f'Returned on {words("en").day(in_days(-1))}')
    await portal.open(f'{path}/receipts/DEPR-{year}-0001')
    await sees(portal, 'Method Cash')
    await misses(portal, 'Received on')


async def test_receipts_of_all_kinds_and_their_papers_are_found(portal: User) -> None:
    customer = await nimman()
    job = await a_job(customer)
    await pay(await an_invoice(customer), 107000, reference='KB-77')
    await job.record_prepayment(amount=Decimal(5000), method='Cash', paid_on=today(), key=uuid4(), by=await bo())
    deposit = await Deposit.get()
    await deposit.collect(amount=Decimal(20000), method=Method.CASH, collected_on=today(), key=uuid4(), by=await bo())
    path, year = await path_to(customer), today().year
    await portal.open(f'{path}/receipts')
    await sees(portal, f'RC-{year}-0001', f'PREREC-{year}-0001', f'DEPR-{year}-0001')
    await portal.open(f'{path}/receipts/RC-{year}-0001')
    await sees(
        portal, 'Payment of an invoice', 'VAT included ฿7,000.00', f'TI-{year}-0001', 'KB-77', f'INV-{year}-0001'
    )
    await portal.open(f'{path}/documents')
    await sees(portal, 'Signed quote', 'Deposit request', 'Invoice', 'Receipt', 'Tax invoice', str(year))


async def test_money_paid_above_an_invoice_is_the_customers_credit(portal: User) -> None:
    customer = await nimman()
    invoice = await an_invoice(customer)
    await portal.open(await path_to(customer))
    await pay(invoice, 108000, keep_rest_as_credit=True)
    await sees(portal, 'Your credit', '฿1,000.00', 'You are all caught up', 'Contact us')


async def test_the_first_visit_is_in_the_customers_language_and_the_choice_stays_on_the_device(portal: User) -> None:
    customer = await nimman(language='th')
    path = await path_to(customer)
    await portal.open(path)
    await sees(portal, 'สวัสดี คุณพลอย', 'บริษัท นิมมานฟิล์ม จำกัด', 'ไม่มีรายการค้าง')
    await portal.open(f'{path}/language/en?at={path}/jobs')
    await sees(portal, 'No jobs yet')
    await portal.open(path)
    await sees(portal, 'Hello, Khun Ploy')


async def test_an_address_of_which_the_link_shows_nothing_says_so(portal: User) -> None:
    path = await path_to(await nimman())
    for inner in ('nope', 'jobs/JOB-1', 'jobs/JOB-1/more', 'invoices/x', 'receipts/x', 'deposits/x', 'quotes/x'):
        await portal.open(f'{path}/{inner}')
        await sees(portal, 'Nothing to show here')
        await misses(portal, 'Hello, Khun Ploy')


async def test_a_view_that_fails_says_what_to_do_next(
    portal: User, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: Grant) -> None:
        raise RuntimeError('the database is on fire')

    monkeypatch.setattr('models.portal_link.Grant.jobs', fail)
    await portal.open(f'{await path_to(await nimman())}/jobs')
    await sees(portal, 'This could not be shown', 'Try again', 'Call 02 123 4567')
    assert 'the database is on fire' in caplog.text
    caplog.clear()


async def test_a_tab_opens_over_the_open_connection(portal: User) -> None:
    customer = await nimman()
    path = await path_to(customer)
    await portal.open(path)
    await sees(portal, 'Hello, Khun Ploy')
    portal.navigate.to(f'{path}/receipts')
    await sees(portal, 'No receipts yet')
    await misses(portal, 'Hello, Khun Ploy')


async def test_a_revoked_link_empties_the_open_page_and_is_gone(portal: User) -> None:
    customer = await nimman()
    link, token = await a_link(customer)
    await portal.open(f'/p/{token}')
    await sees(portal, 'Hello, Khun Ploy')
    await link.revoke(by=await bo())
    await misses(portal, 'Hello, Khun Ploy')
    assert (await portal.http_client.get(f'/p/{token}')).status_code == 410


async def test_a_link_whose_time_runs_out_empties_the_open_page(portal: User, psql: Psql) -> None:
    customer = await nimman()
    _, token = await a_link(customer)
    await portal.open(f'/p/{token}')
    await sees(portal, 'Hello, Khun Ploy')
    await psql("update portal_link set expires_at = now() + interval '1 second'")
    await misses(portal, 'Hello, Khun Ploy')
    assert (await portal.http_client.get(f'/p/{token}')).status_code == 410


async def test_a_link_that_was_given_more_time_keeps_its_page_open(portal: User, psql: Psql) -> None:
    customer = await nimman()
    link, token = await a_link(customer)
    await portal.open(f'/p/{token}')
    await psql("update portal_link set expires_at = now() + interval '2 seconds'")
    await psql("update portal_link set expires_at = now() + interval '1 day'")
    await a_sent_quote(customer)
    await sees(portal, 'Quote waiting for you')
    assert (await PortalLink.get(id=link.id)).ended_at is None


async def test_the_mail_to_the_firm_names_the_document(portal: User) -> None:
    quote = await an_accepted_quote(await nimman())
    response = await portal.http_client.get(f'{await path_to(await Customer.get())}/quotes/{quote.number}')
    assert f'mailto:hello@siamlight.test?subject=About%20{quote.number}' in response.text
    assert 'href="tel:021234567"' in response.text
    assert await Job.all().count() == 0
