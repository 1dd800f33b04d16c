"""What a paper costs: processor time by part and size, beside Typst on the same content; and what the event loop feels.

Asked: a page of ten lines takes at most 200 ms of processor time (warm) and 60 KiB without a logo, two hundred lines
at most 1.5 s; and the event loop is never held up for more than 50 ms while twenty papers are made.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import qrcode
import qrcode.image.svg
import typst
from fpdf.output import OutputProducer

from app.database import connect, disconnect
from app.keys import use_keys
from app.papers import face, paging, pen, sheet, table
from app.papers.lines import line_columns, line_row
from app.papers.parties import addressed, rental
from app.papers.press import sheet_of
from app.papers.quote import set_quote, sums
from app.papers.setting import set_ordered
from app.papers.sheet import LEFT, Fact, Said
from app.settings import Settings, use_settings
from models import Document, DocumentState, LineEntry
from tests.bench._house import table as printed
from tests.cluster import Cluster, Databases, Loop
from tests.papers import a_frozen_quote, a_line
from tests.world import a_draft, a_secret, bo, nimman

TIMES = 15
PAPERS = 20
TICK = 0.001  # seconds
PAYLOAD = '00020101021229370016A000000677010111021301055400870615303764540510000.005802TH6304ABCD'
# What is timed as which part. What a part calls of another one counts there.
PARTS: tuple[tuple[str, object, str], ...] = (
    ('fonts', pen.Pen, '__init__'),
    ('fonts', face.Face, 'keep_only_used'),
    ('fonts', OutputProducer, '_add_fonts'),
    ('text', pen.Pen, 'write_at'),
    ('text', sheet, 'lines'),
    ('text', paging, 'lines'),
    ('text', table, 'lines'),
    ('table', table.Table, 'set'),
    ('QR', sheet.Sheet, 'code'),
    ('QR', pen.Pen, 'runs'),
    ('output', pen.Pen, 'finished'),
)


NAMES = (*dict.fromkeys(part for part, _, _ in PARTS), 'rest')


def main() -> int:
    cases: dict[str, tuple[Callable[[dict[str, Any]], bytes], dict[str, Any], float, float | None]] = {
        '1 page, 10 lines': (_set_page, _a_page(), 200.0, 60.0),
        '200 lines': (_set_all, a_frozen_quote(200), 1500.0, None),
    }
    bad = 0
    rows = [('processor time and size', 'measured', 'asked')]
    for name, (make, frozen, most, largest) in cases.items():
        cpu, spent, paper = measured(partial(make, frozen))
        rows.append((f'{name}: CPU', f'{cpu:.0f} ms', f'≤ {most:.0f} ms'))
        rows += [
            (f'    {part}', f'{spent[part]:.1f} ms', '') for part in ('fonts', 'text', 'table', 'QR', 'output', 'rest')
        ]
        kib = len(paper) / 1024
        rows.append((f'    size, {_pages(paper)} page(s)', f'{kib:.1f} KiB', f'≤ {largest:.0f} KiB' if largest else ''))
        bad += cpu > most or bool(largest and kib > largest)
        typst_cpu, typst_kib = typst_of(frozen)
        rows.append(('    Typst: CPU', f'{typst_cpu:.0f} ms', ''))
        rows.append(('    Typst: size', f'{typst_kib:.1f} KiB', ''))
    wall, own = held_up()
    rows.append((f'longest hold-up of the event loop, {PAPERS} papers', f'{own:.1f} ms', '≤ 50 ms'))
    rows.append(('    the same by the clock, other programs included', f'{wall:.1f} ms', ''))
    printed(rows)
    return int(bool(bad) or own > 50)


def measured(make: Callable[[], bytes]) -> tuple[float, dict[str, float], bytes]:
    """Milliseconds of processor time in all (median, by itself) and by part (of a run of its own), and the paper."""
    paper = make()
    spans = []
    for _ in range(TIMES):
        began = time.process_time()
        make()
        spans.append((time.process_time() - began) * 1000)
    with by_part() as spent:
        began = time.process_time()
        make()
        whole = (time.process_time() - began) * 1000
    spent['rest'] = whole - sum(spent.values())
    return statistics.median(spans), spent, paper


@contextlib.contextmanager
def by_part() -> Iterator[dict[str, float]]:
    """Put a watch on each part; what runs within another part is taken off that one."""
    spent: dict[str, float] = defaultdict(float)
    running: list[float] = []
    kept = [(place, name, getattr(place, name)) for _, place, name in PARTS]

    def watched(part: str, do: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **more: Any) -> Any:
            running.append(0.0)
            began = time.process_time()
            try:
                return do(*args, **more)
            finally:
                took = (time.process_time() - began) * 1000
                spent[part] += took - running.pop()
                if running:
                    running[-1] += took

        return timed

    for (part, place, name), (_, _, do) in zip(PARTS, kept, strict=True):
        setattr(place, name, watched(part, do))
    try:
        yield spent
    finally:
        for place, name, do in kept:
            setattr(place, name, do)


def _a_page() -> dict[str, Any]:
    """Ten lines, all that fits on one page beside a code."""
    return a_frozen_quote(lines=[a_line(at % 7) for at in range(10)])


def _set_page(frozen: dict[str, Any]) -> bytes:
    """Head, parties, table, totals, words and a code."""
    paper = sheet_of(frozen, 'quote.title', logo=None)
    labels = paper.labels
    paper.head(labels('quote.title'), [Fact(labels('sheet.number'), frozen['number'], strong=True)])
    paper.parties(addressed(labels, frozen['customer']), rental(labels, frozen, 'job_start', 'job_end'))
    table.Table(paper, line_columns(labels)).set(
        [line_row(labels, at, line) for at, line in enumerate(frozen['lines'], 1)]
    )
    paper.totals(sums(labels, frozen), in_words_of=Decimal(frozen['grand_total']))
    paper.code(LEFT, paper.y - 32, 30, PAYLOAD)
    return paper.finish()


def _set_all(frozen: dict[str, Any]) -> bytes:
    paper = sheet_of(frozen, 'quote.title', logo=None)
    set_quote(paper, frozen)
    paper.qr(PAYLOAD, [Said('สแกนเพื่อชำระด้วยพร้อมเพย์'), Said('Scan to pay with PromptPay')], alt='PromptPay')
    return paper.finish()


def _pages(paper: bytes) -> int:
    return paper.count(b'/Type /Page\n')


# ------------------------------------------------------------------------------------------------ Typst

TEMPLATE = """
#let q = json(bytes(sys.inputs.quote))
#set page(paper: "a4", margin: (x: 16mm, y: 15mm),
  footer: context [#q.number #h(1fr) #counter(page).display("1/1", both: true)])
#set text(font: "Sarabun", size: 9pt, lang: "th")
#let small(body) = text(size: 7.2pt, fill: luma(100), body)
#grid(columns: (1fr, auto),
  [*#q.firm.name_th* \\ #small(q.firm.name) \\ #q.firm.address_th \\ #small(q.firm.address) \\ Tax ID #q.firm.tax_id \\
   #q.firm.phone #q.firm.email],
  align(right)[#text(21pt, weight: "bold", fill: rgb(q.firm.accent))[ใบเสนอราคา] \\ Quotation \\ *#q.number* \\
   #q.quoted_on \\ #q.expires_on])
#line(length: 100%, stroke: 0.55mm + rgb(q.firm.accent))
#grid(columns: (1.4fr, 1fr),
  [*#q.customer.name_th* \\ #small(q.customer.name) \\ #q.customer.address \\ #q.customer.tax_id \\
   #q.customer.contact],
  [*#q.title_th* \\ #small(q.title) \\ #q.job_start – #q.job_end])
#table(columns: (8mm, 1fr, 15mm, 20mm, 24mm, 28mm), align: (center, left, right, right, right, right),
  stroke: (x, y) => (bottom: 0.15mm + luma(200)),
  table.header([], [*รายการ* \\ #small[Description]], [*จำนวน*], [*ระยะเวลา*], [*ราคาต่อหน่วย*], [*จำนวนเงิน*]),
  ..q.lines.enumerate().map(((at, line)) => ([#{at + 1}], [#line.name_th \\ #small(line.name)], [#line.quantity],
    [#line.duration วัน \\ #small[#line.duration days]], [#line.rate], [#line.amount])).flatten())
#align(right, table(columns: 2, stroke: none,
  [ค่าเช่าและบริการ #small[Subtotal]], [#q.subtotal], [ส่วนลด], [#q.discount],
  [ภาษีมูลค่าเพิ่ม 7%], [#q.vat], [*จำนวนเงินรวมทั้งสิ้น*], [*#q.grand_total*], [เงินประกัน], [#q.deposit],
  [*ยอดที่ต้องชำระทั้งหมด*], [*#q.total_due*]))
#q.customer_notes

#q.terms_th

#small(q.terms)
#image(bytes(sys.inputs.code), format: "svg", width: 42mm)
"""


def typst_of(frozen: dict[str, Any]) -> tuple[float, float]:
    """Milliseconds of processor time (median, warm) and KiB of the same content set by Typst as PDF/A-3B."""
    code = io.BytesIO()
    qrcode.make(PAYLOAD, image_factory=qrcode.image.svg.SvgPathImage).save(code)
    inputs = {'quote': json.dumps(frozen, ensure_ascii=False), 'code': code.getvalue().decode()}
    with tempfile.TemporaryDirectory(prefix='papers-bench-') as folder:
        for style in ('', 'B'):
            (Path(folder) / f'sarabun{style}.ttf').write_bytes(face.letters_of(style).bytes)
        written = Path(folder) / 'quote.typ'
        written.write_text(TEMPLATE, 'utf-8')
        compiler = typst.Compiler(root=folder, font_paths=[folder], ignore_system_fonts=True)
        spans = []
        for at in range(TIMES):
            began = time.process_time()
            # Typst remembers what it has set; another number each time keeps it from setting nothing at all.
            fresh = inputs | {'quote': inputs['quote'].replace('QT-2026-0042', f'QT-2026-{at:04}')}
            paper = compiler.compile(written, format='pdf', sys_inputs=fresh, pdf_standards='a-3b')
            spans.append((time.process_time() - began) * 1000)
    assert paper
    return statistics.median(spans), len(paper) / 1024


# -------------------------------------------------------------------------------------------- the event loop


def held_up() -> tuple[float, float]:
    """The longest that the event loop was held up while papers are set, in milliseconds: by the clock, by ourselves."""
    use_settings(Settings(secret=b'a secret that is only used in tests, never else', public_url='http://test'))
    use_keys(b'a secret that is only used in tests, never else')
    cluster = Cluster()
    try:
        cluster.start()
        return asyncio.run(_held_up(Databases(cluster, Loop()).take()))
    finally:
        cluster.remove()


async def _held_up(url: str) -> tuple[float, float]:

    await connect(url)
    try:
        customer = await nimman()
        lines = [LineEntry.of_json({**line, 'optional': False, 'id': None}) for line in _a_page()['lines']]
        for at in range(PAPERS + 1):
            quote = await a_draft(customer, lines=lines)
            await quote.send(secret=a_secret(), by=await bo())
            if not at:  # the worker process is there before anything is measured
                await set_ordered()
        watcher = asyncio.create_task(_watch(longest := [0.0, 0.0]))
        await set_ordered()
        watcher.cancel()
        assert await Document.filter(state=DocumentState.SET).count() == PAPERS + 1
    finally:
        await disconnect()
    return longest[0], longest[1]


async def _watch(longest: list[float]) -> None:
    """Look every millisecond; whatever ran meanwhile kept this task, and with it any visitor, waiting."""
    while True:
        wall, own = time.perf_counter(), time.thread_time()
        await asyncio.sleep(TICK)
        longest[0] = max(longest[0], (time.perf_counter() - wall - TICK) * 1000)
        longest[1] = max(longest[1], (time.thread_time() - own) * 1000)


if __name__ == '__main__':
    raise SystemExit(main())
