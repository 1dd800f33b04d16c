"""The house of the tour: the demo firm, and what no demo shows: endless names, and two hundred rows."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from tortoise.connection import get_connection

from app.demo import DemoFirm, furnish
from app.keys import keys
from app.papers.setting import paper
from models import (
    SYSTEM,
    Activity,
    ContactEntry,
    Customer,
    Deposit,
    DepositStatus,
    Document,
    DocumentKind,
    EndReason,
    Invoice,
    Job,
    LineEntry,
    LinkState,
    PasswordLink,
    PortalLink,
    Quote,
    QuoteEntry,
    QuoteRevision,
    QuoteStatus,
    Receipt,
    Refused,
    Role,
    Signature,
    SignatureMethod,
    Staff,
    Stage,
    bangkok_day,
    now,
    prospect_of,
)
from tests.world import DELIVERY, SKYPANELS, in_days, ploy, typed

LONG = LineEntry(
    'Sony PMW-F55 CineAlta 4K package with viewfinder, V-mount battery kit, media, matte box and follow focus',
    Decimal('12345678.90'),
    name_th='ชุดกล้องภาพยนตร์ Sony PMW-F55 CineAlta 4K พร้อมช่องมองภาพ แบตเตอรี่วีเมาท์ การ์ดบันทึก แมตต์บ็อกซ์ และฟอลโลว์โฟกัส',
)
MANY = 200
RECORDS = ('quotes', 'jobs', 'invoices', 'deposits')
JOB_PANELS = ('extend_job', 'go_back', 'cancel_job')
SOMEBODY = '.table tr:has(.chip.good) .dots'  # not one who is only invited
MAIL_IT = '.overlay input[type=checkbox]'  # off where no mail server is set up


@dataclass(frozen=True, slots=True)
class Stop:
    """A screen to look at: where it is, and which buttons (by the keys of their words) are pressed before one looks.

    `wants` is what must have come by then.
    """

    name: str
    address: str
    press: tuple[str, ...] = ()
    signed_in: bool = True
    wants: str = ''


async def furnish_tour(base_url: str) -> DemoFirm:
    """The demo and the extremes. Wants a database without rows."""
    firm = await furnish(base_url)
    assert firm is not None
    await _somebody_with_long_names()
    await _somebody_whose_quote_was_changed()
    await _somebody_with_two_hundred_rows()
    await _quotes_half_written()
    await _somebody_forgotten()
    await _somebody_invited()
    return firm


async def portal_stops(firm: DemoFirm) -> list[Stop]:
    """Every screen and state of the portal, each under the link of a customer who has it."""
    today = bangkok_day(now())
    issued = await Invoice.exclude(number=None).order_by('id')
    by_badge = {invoice.badge(today): invoice for invoice in issued}
    return [
        *await _homes(firm),
        *[await _record(f'job {stage.value}', await _last(Job, stage=stage), 'jobs') for stage in Stage],
        *[await _record(f'invoice {badge}', invoice, 'invoices') for badge, invoice in by_badge.items()],
        *[await _record(f'quote {it.value}', await _last(Quote, status=it), 'quotes') for it in QuoteStatus][1:],
        *[await _record(f'deposit {it.value}', await _last(Deposit, status=it), 'deposits') for it in DepositStatus],
        *[await _record(f'receipt {it.kind.value}', it, 'receipts') for it in await _one_of_each_kind()],
        *await _decisions(),
        *_dead_ends(firm),
        *await _answered_links(),
        *await _checked_papers(),
    ]


async def console_stops() -> list[Stop]:
    """Every screen of the counter, its panels, and the records that are hardest to show."""
    busy, long, many = await _customer_with_most(), await Customer.get(code='LONG'), await Customer.get(code='MANY')
    at = f'/customers/{busy.id}'
    settled, forgotten = await _customer_who_may_go(), await Customer.exclude(erased_at=None).get()
    stops = [
        Stop('sign in', '/sign-in', signed_in=False),
        Stop('customers', '/customers'),
        Stop('customers archived', '/customers', ('customers.show_archived',)),
        Stop('customer new', '/customers', ('customers.new',)),
        Stop('customer', at),
        *[Stop(f'customer {tab}', f'{at}/{tab}') for tab in (*RECORDS, 'links', 'activity')],
        Stop('customer edit', at, ('common.edit',)),
        Stop('customer link', at, ('links.generate',)),
        Stop('customer revoke', at, ('jobs.more_actions', 'links.revoke')),
        Stop('customer delete', f'/customers/{settled.id}', ('jobs.more_actions', 'personal.erase'), wants='.becomes'),
        Stop('customer deleted', f'/customers/{forgotten.id}'),
        Stop('customer long names', f'/customers/{long.id}'),
        Stop('customer 200 rows', f'/customers/{many.id}/jobs'),
        *[Stop(place, f'/{place}') for place in ('jobs', 'jobs/list', 'quotes', 'invoices', 'deposits', 'settings')],
        *[Stop(place, f'/{place}') for place in ('links', 'settings/portal', 'settings/letters', 'account')],
        Stop('people', '/settings/people'),
        Stop('people invite', '/settings/people', ('people.invite',)),
        Stop('audit', '/settings/audit'),
        Stop('people role', '/settings/people', ('.dots', 'people.do.role')),
        Stop('people new password', '/settings/people', (SOMEBODY, 'people.do.hand_out'), wants='.overlay.panel'),
        Stop('password forgotten', '/forgot', signed_in=False),
        Stop('password invited', await _way_of_somebody_invited(), signed_in=False),
        Stop('password closed', '/password/closed', signed_in=False),
        Stop('account second factor', '/account', ('account.turn_on',)),
        Stop('quote new', f'/quotes/new/{busy.id}'),
        Stop('quote new for whom', '/quotes/new'),
        Stop('invoice new', '/invoices/new'),
        Stop('nothing here', '/jobs/JOB-1999-0001'),
    ]
    for model, place in ((Job, 'jobs'), (Quote, 'quotes'), (Invoice, 'invoices')):
        stops.append(Stop(f'{place} one of long names', f'/{place}/{(await _last(model, customer_id=long.id)).number}'))
    return [*stops, *await _records_at_the_counter()]


async def _way_of_somebody_invited() -> str:
    link = await PasswordLink.exclude(cipher=None).order_by('-id').first()
    assert link and link.cipher
    return f'/password/{keys().password_token(link.cipher)}'


async def _records_at_the_counter() -> list[Stop]:
    today = bangkok_day(now())
    own = await Customer.exclude(code__in=['LONG', 'MANY']).values_list('id', flat=True)
    invoices = {it.badge(today): it for it in await Invoice.filter(customer_id__in=own).exclude(number=None)}
    draft = await Invoice.filter(number=None).order_by('id').first()
    jobs = {it.stage: it for it in await Job.filter(customer_id__in=own).order_by('id')}
    quotes = {it.status: it for it in await Quote.filter(customer_id__in=own).order_by('id')}
    deposits = {it.status: it for it in await Deposit.filter(customer_id__in=own).order_by('id')}
    moving, unpaid = f'/jobs/{jobs[Stage.ON_SITE].number}', f'/invoices/{invoices["unpaid"].number}'
    held, pending = deposits[DepositStatus.HELD], deposits[DepositStatus.PENDING]
    assert draft is not None
    return [
        *[Stop(f'job {stage.value}', f'/jobs/{job.number}') for stage, job in jobs.items()],
        *[Stop(f'job {act}', moving, ('jobs.more_actions', f'common.action.{act}')) for act in JOB_PANELS],
        *[Stop(f'quote {status.value}', f'/quotes/{quote.number}') for status, quote in quotes.items()],
        *await _quotes_being_written(quotes[QuoteStatus.DRAFT]),
        *await _quotes_answered(),
        *[Stop(f'invoice {badge}', f'/invoices/{invoice.number}') for badge, invoice in invoices.items()],
        Stop('invoice draft', f'/invoices/{draft.id}'),
        Stop('invoice send', f'/invoices/{draft.id}', ('invoices.send', MAIL_IT), wants='.letter-sheet'),
        Stop('invoice payment', unpaid, ('invoices.record_payment',)),
        *[Stop(f'deposit {status.value}', f'/deposits/{it.number}') for status, it in deposits.items()],
        Stop('deposit collect', f'/deposits/{pending.number}', ('deposits.collect',)),
        Stop('deposit return', f'/deposits/{held.number}', ('deposits.return',)),
    ]


async def _quotes_being_written(draft: Quote) -> list[Stop]:
    """The editor with a draft and with a private copy, what leaves it, and the quotes that are hardest to edit."""
    edited, long = f'/quotes/{draft.number}/edit', await _last(Quote, customer__code='LONG', status=QuoteStatus.SENT)
    private = f'/quotes/{long.number}'
    many = await _last(Quote, customer__code='MANY', status=QuoteStatus.DRAFT)
    return [
        Stop('quote edit', edited),
        Stop('quote edit preview', edited, ('editor.preview',), wants='iframe.phone'),
        Stop('quote edit send', edited, ('quotes.send', MAIL_IT), wants='.letter-sheet'),
        Stop('quote edit private', f'{private}/edit'),
        Stop('quote edit publish', f'{private}/edit', ('editor.publish',), wants='.changes'),
        Stop('quote edit discard', f'{private}/edit', ('editor.discard',), wants='.question'),
        Stop('quote unpublished', private),
        Stop('quote edit 200 lines', f'/quotes/{many.number}/edit'),
    ]


async def _quotes_answered() -> list[Stop]:
    """A signature that was drawn and one that was typed, what its certificate says, and a question that waits."""
    signed = {it.method: it.quote_id for it in await Signature.all().order_by('id')}
    quotes = {method: await Quote.get(id=quote_id) for method, quote_id in signed.items()}
    drawn, typed_ = (f'/quotes/{quotes[method].number}' for method in SignatureMethod)
    asked_in: list[UUID] = await Activity.filter(what='quote_question').values_list('quote_id', flat=True)  # type: ignore[assignment]
    changed = await QuoteRevision.filter(quote_id__in=asked_in).first()
    assert changed
    asked = await Quote.get(id=changed.quote_id)
    return [
        Stop('quote signed drawn', drawn, wants='.signature img'),
        Stop('quote signed typed', typed_, wants='.signature em'),
        Stop('quote signed certificate', drawn, ('.certificate summary',), wants='.certificate[open]'),
        Stop('quote asked and unpublished', f'/quotes/{asked.number}', wants='.questions'),
    ]


async def _quotes_half_written() -> None:
    """Changes that nobody published yet, and a draft of two hundred lines."""
    by = await _owner()
    sent = await _last(Quote, customer__code='LONG', status=QuoteStatus.SENT)
    entry = await sent.entry()
    lines = (*entry.lines[1:], replace(LONG, id=uuid4(), quantity=Decimal('2.5')))
    await sent.write(replace(entry, lines=lines, deposit=Decimal(1000)), version=0, by=by)
    lights = tuple(replace(LONG, name=f'Light {number}') for number in range(MANY))
    await Quote.draft(await Customer.get(code='MANY'), QuoteEntry(in_days(1), in_days(60), lights), by=by)


async def _somebody_invited() -> None:
    """Who has not come yet, under a long name, and who came and left."""
    by, name = await _owner(), 'Montakarn Phithakphaibun-Wattanasirichaikul (Mon)'
    gone = await PasswordLink.invite(
        name='Gone', email='gone@siamlight.example', role=Role.CREW, secret=keys().new_password_secret(), by=by
    )
    await (await gone.staff).leave(by=by)
    email = 'montakarn.phithakphaibun-wattanasirichaikul@siamlight.example'
    await PasswordLink.invite(name=name, email=email, role=Role.OPERATIONS, secret=keys().new_password_secret(), by=by)


async def _homes(firm: DemoFirm) -> list[Stop]:
    stops = []
    busy = await _customer_with_most()
    busied = await Job.all().values_list('customer_id', flat=True)
    idle = (await Customer.filter(wants_code=False, erased_at=None, id__not_in=busied).order_by('-id'))[0]
    long, many = await Customer.get(code='LONG'), await Customer.get(code='MANY')
    for who, customer in (('full', busy), ('caught up', idle), ('long names', long), ('200 rows', many)):
        link = await _way_in(customer)
        stops.append(Stop(f'home {who}', link))
        places = ('jobs', 'invoices', 'receipts', 'documents', 'quotes', 'deposits')
        stops += [Stop(f'{place} {who}', f'{link}/{place}') for place in places]
    for model, place in ((Job, 'jobs'), (Invoice, 'invoices'), (Quote, 'quotes')):
        stops.append(await _record(f'{place} one of long names', await _last(model, customer_id=long.id), place))
    link = await _way_in(busy)
    return [*stops, Stop('privacy', f'{link}/privacy'), Stop('nothing here', f'{link}/jobs/JOB-1999-0001')]


async def _decisions() -> list[Stop]:
    """The three answers to a quote, and a quote that was changed after it had been sent."""
    stops = []
    for who, code in (('', 'NEWS'), (' of long names', 'LONG')):
        page = await _record(f'quote anew{who}', await _last(Quote, customer__code=code, status='Sent'), 'quotes')
        at = page.address
        stops += [
            page,
            Stop(f'quote sign{who}', at, ('signing.accept',), wants='.sheet canvas'),
            Stop(f'quote sign typed{who}', at, ('signing.accept', 'signing.form.Typed'), wants='.written'),
            Stop(f'quote ask{who}', at, ('signing.ask',), wants='.sheet .form'),
            Stop(f'quote decline{who}', at, ('signing.decline',), wants='.sheet .form'),
        ]
    return stops


async def _answered_links() -> list[Stop]:
    """What the second phone reads, once somebody has answered the quote."""
    stops = []
    for reason in (EndReason.ACCEPTED, EndReason.DECLINED):
        link = await PortalLink.filter(end_reason=reason, cipher__not_isnull=True, revoked_at=None).first()
        assert link and link.cipher
        stops.append(Stop(f'link of a quote {reason}', f'/p/{keys().link_token(link.cipher)}'))
    return stops


async def _checked_papers() -> list[Stop]:
    """What anybody reads who checks a paper, before a file is chosen."""
    known = await Document.filter(kind=DocumentKind.QUOTE, verification__not_isnull=True).first()
    assert known
    return [
        Stop('verify', '/verify'),
        Stop('verify issued', f'/verify?id={known.verification}'),
        Stop('verify unknown', f'/verify?id={"e" * 32}'),
    ]


def _dead_ends(firm: DemoFirm) -> list[Stop]:
    def path(scope: str, state: str, language: str = 'en') -> str:
        found = [link for link in firm.links if (link['scope'], link['state']) == (scope, state)]
        found.sort(key=lambda link: link['language'] != language)
        return '/p/' + found[0]['url'].rpartition('/')[2]

    return [
        Stop('quote link', path('quote', 'live')),
        Stop('invoice link', path('invoice', 'live')),
        Stop('link revoked', path('customer', 'revoked')),
        Stop('link ended', path('customer', 'expired')),
        Stop('link unknown', f'/p/{"2" * 22}'),
    ]


async def _record(name: str, record: Any, place: str) -> Stop:
    if record is None:
        raise LookupError(f'the demo has no {name}')
    customer = await Customer.get(id=record.customer_id)
    return Stop(name, f'{await _way_in(customer)}/{place}/{record.number}')


async def _last(model: Any, **facts: Any) -> Any:
    return await model.filter(**facts).exclude(number=None).order_by('-id').first()


async def _one_of_each_kind() -> Iterable[Receipt]:
    return {receipt.kind: receipt for receipt in await Receipt.all().order_by('id')}.values()


async def _somebody_forgotten() -> None:
    """A customer whose personal data was deleted."""
    by = await _owner()
    contact = ContactEntry('Kanya Thongdee', '081 555 0147')
    customer = await Customer.enrol(name='Lumphini Garden Concerts', contacts=[contact], language='th', by=by)
    prospect = await prospect_of(customer, by=by)
    await customer.erase(typed='Lumphini Garden Concerts', seen=prospect.seen, by=by)


async def _customer_who_may_go() -> Customer:
    """Of whom nothing is open, but something must be kept."""
    for customer in await Customer.filter(erased_at=None).order_by('id'):
        with suppress(Refused):
            if (await prospect_of(customer, by=SYSTEM)).keeps:
                return customer
    raise LookupError('everybody has something open')


async def _customer_with_most() -> Customer:
    """Whose Home has the most to say."""
    counts = {
        customer.id: await Job.filter(customer_id=customer.id).exclude(stage__in=['Closed', 'Cancelled']).count()
        + await Quote.filter(customer_id=customer.id, status='Sent').count() * 2
        + await Deposit.filter(customer_id=customer.id, status__in=['Pending', 'Held']).count()
        + await Invoice.filter(customer_id=customer.id, status__in=['Sent', 'Partial', 'Overdue']).count()
        for customer in await Customer.exclude(code__in=['LONG', 'MANY'])
    }
    return await Customer.get(id=max(counts, key=lambda key: counts[key]))


async def _way_in(customer: Customer) -> str:
    secret = keys().new_link_secret()
    link = await PortalLink.copy(customer, secret=secret, by=await _owner())
    token = keys().link_token(link.cipher) if link.cipher else None
    assert token and link.state(now()) is LinkState.LIVE
    return f'/p/{token}'


async def _owner() -> Any:
    return (await Staff.filter(role=Role.OWNER).order_by('id'))[0].actor


async def _somebody_with_long_names() -> None:
    by = await _owner()
    name = 'The Incorporated Association of Independent Documentary Cinematographers of Greater Bangkok Co., Ltd.'
    customer = await Customer.enrol(
        name=name,
        name_th='บริษัท สมาคมผู้กำกับภาพยนตร์สารคดีอิสระแห่งกรุงเทพมหานครและปริมณฑล จำกัด (มหาชน) สำนักงานใหญ่',
        code='LONG',
        language='en',
        contacts=[
            ContactEntry(
                'Wongsathornpipattanakul Chotirattanasirikul',
                '081 234 5678',
                'wongsathornpipattanakul.chotirattanasirikul@documentary-cinematographers.example',
                'Wongsathornpipattanakulchai',
                'คุณวงศธรพิพัฒนกุลชัยรัตนศิริ',
            )
        ],
        billing_address='1234/567 Soi Sukhumvit 101/1, Bang Chak Sub-district, Phra Khanong District, Bangkok 10260',
        delivery_address='เลขที่ 1234/567 ซอยสุขุมวิท 101/1 แขวงบางจาก เขตพระโขนง กรุงเทพมหานคร 10260 ทางเข้าด้านหลังโกดัง',
        by=by,
    )
    lines = [LONG, replace(LONG, rate=Decimal(0), quantity=Decimal(3)), replace(LONG, optional=True)]
    facts = {
        'title': 'Feature documentary on the restoration of Wat Arun, second unit, night exteriors and river plates',
        'title_th': 'ภาพยนตร์สารคดีการบูรณะวัดอรุณราชวราราม กองถ่ายที่สอง ฉากกลางคืนภายนอกและภาพริมแม่น้ำเจ้าพระยา',
        'lines': lines,
        'by': by,
        'deposit': Decimal('9999999.99'),
        'job_start': in_days(1),
    }
    await _sent(customer, **facts)
    accepted = await _sent(customer, **facts)
    await accepted.accept(version=1, signature=typed(), by=ploy())
    job = await accepted.create_job(by=by)
    await job.advance(Stage.PICKING, by=by)
    await job.advance(Stage.LOADED, by=by)
    invoice = await Invoice.get(job_id=job.id)
    await invoice.issue(by=by)


async def _somebody_whose_quote_was_changed() -> None:
    """Version 2 has one line more, one fewer and one changed, and two that may be ticked."""
    by = await _owner()
    customer = await Customer.enrol(
        name='Ari Wedding Planner',
        code='NEWS',
        language='th',
        contacts=[ContactEntry('พิม อารีย์', '081 555 0199')],
        by=by,
    )
    offered = [SKYPANELS, DELIVERY, replace(SKYPANELS, optional=True), replace(DELIVERY, optional=True)]
    quote = await _sent(
        customer, title='Garden wedding', title_th='งานแต่งในสวน', lines=offered, by=by, job_start=in_days(20),
        deposit=Decimal(20000), customer_notes='เข้าพื้นที่ได้ตั้งแต่ 05.00 น.',
    )  # fmt: skip
    entry = await quote.entry()
    lines = (replace(entry.lines[0], quantity=Decimal(6)), *entry.lines[2:], replace(DELIVERY, name='Night crew'))
    await quote.write(replace(entry, lines=lines), version=0, by=by)
    await quote.publish(secret=keys().new_link_secret(), by=by, mail=False)
    await _print(quote)


async def _sent(customer: Customer, **facts: Any) -> Quote:
    by = facts.pop('by')
    lines = tuple(facts.pop('lines'))
    quote = await Quote.draft(customer, QuoteEntry(job_end=in_days(60), lines=lines, **facts), by=by)
    await quote.send(secret=keys().new_link_secret(), by=by, mail=False)
    await _print(quote)
    return quote


async def _print(quote: Quote) -> None:
    if shown := await quote.paper():
        await paper(shown)


async def _somebody_with_two_hundred_rows() -> None:
    by = await _owner()
    customer = await Customer.enrol(
        name='Two Hundred Rows', code='MANY', language='en', contacts=[ContactEntry('Nok', '081 000 0000')], by=by
    )
    quote = await _sent(
        customer, title='Weekly shoot', title_th='ถ่ายประจำสัปดาห์', lines=[LONG], by=by, job_start=in_days(1)
    )
    await quote.accept(version=1, signature=typed(), by=ploy())
    job = await quote.create_job(by=by)
    invoice = await Invoice.get(job_id=job.id)
    await invoice.issue(by=by)
    await _copies('quote', quote.id, 'QT-2001-')
    the_copy = "(select id from quote where number = 'QT-2001-' || lpad(n::text, 4, '0'))"
    await _copies('job', job.id, 'JOB-2001-', f"'quote_id', {the_copy}")
    await _copies('invoice', invoice.id, 'INV-2001-', "'job_id', null")


async def _copies(table: str, record_id: UUID, prefix: str, *others: str) -> None:
    fresh = ', '.join(["'id', gen_random_uuid()", f"'number', '{prefix}' || lpad(n::text, 4, '0')", *others])
    await get_connection('default').execute_query(
        f'insert into {table} select (jsonb_populate_record(null::{table}, to_jsonb(kept) || '
        f'jsonb_build_object({fresh}))).* from {table} kept, generate_series(1, {MANY - 1}) n where kept.id = $1',
        [record_id],
    )


async def words_of_records() -> list[str]:
    """What people have typed, in whatever language: on a Thai page it may stand in English."""
    connection = get_connection('default')
    columns = await connection.execute_query_dict(
        "select table_name, column_name from information_schema.columns where table_schema = 'public'"
        " and data_type in ('text', 'character varying') and column_name not in ('search', 'stage', 'status')"
    )
    found: set[str] = set()
    for column in columns:
        name, table = column['column_name'], column['table_name']
        rows = await connection.execute_query_dict(f'select distinct "{name}" as it from "{table}"')
        found |= {line.strip() for row in rows if row['it'] for line in row['it'].splitlines()}
    told = await connection.execute_query_dict(
        'select distinct told.value as it from activity, jsonb_each_text(activity.facts) told'
    )
    found |= {line.strip() for row in told for line in row['it'].splitlines()}
    return sorted((text for text in found if ' ' in text), key=len, reverse=True)
