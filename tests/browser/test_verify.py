"""A PDF is dropped on the verify page of a real browser, and judged without leaving the device if that can be."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable

from playwright.sync_api import Page, expect

from app.papers.setting import paper
from models import Document
from tests.browser.people import Person
from tests.browser.program import Backstage, Program
from tests.world import a_draft, a_secret, bo

Meet = Callable[..., Person]
DROP = """([name, encoded]) => {
  const bytes = Uint8Array.from(atob(encoded), (sign) => sign.charCodeAt(0));
  const carried = new DataTransfer();
  carried.items.add(new File([bytes], name, { type: "application/pdf" }));
  document.querySelector(".drop").dispatchEvent(new DragEvent("drop", { dataTransfer: carried, bubbles: true }));
}"""


async def a_paper() -> tuple[str, str, bytes]:
    quote = await a_draft()
    await quote.send(secret=a_secret(), by=await bo())
    document = await paper(await Document.get(quote_id=quote.id))
    return document.number, document.verification or '', bytes(document.content or b'')


def drop(page: Page, content: bytes, name: str = 'QT.pdf') -> None:
    page.evaluate(DROP, [name, b64encode(content).decode()])


def test_a_dropped_file_is_judged_on_the_device_or_sent_where_that_cannot_be(
    backstage: Backstage, house: Program, meet: Meet
) -> None:
    number, verification, content = backstage.do(a_paper())
    someone = meet('desktop', locale='en-GB')
    page, sent = someone.page, list[str]()
    page.on('request', lambda request: sent.append(request.post_data or '') if request.method == 'POST' else None)
    page.goto(f'{house.url}/verify?id={verification}')
    expect(page.get_by_role('heading', name='Issued by us')).to_be_visible()
    drop(page, content, 'from a mail.pdf')
    expect(page.get_by_role('heading', name='Genuine')).to_be_focused()
    expect(page.locator('.verdict')).to_contain_text(number)
    expect(page.locator('.verdict')).to_contain_text('from a mail.pdf')
    middle = len(content) // 2
    drop(page, content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    expect(page.get_by_role('heading', name='Altered')).to_be_visible()
    drop(page, b'%PDF-1.7 of somebody else')
    expect(page.get_by_role('heading', name='Unknown')).to_be_visible()
    assert len(sent) == 3
    assert all(len(asked) < 500 for asked in sent)
    drop(page, b'PK no pdf at all')
    expect(page.get_by_text('This is not a PDF file.')).to_be_visible()
    drop(page, b'')
    expect(page.get_by_text('This file is empty.')).to_be_visible()
    assert len(sent) == 3
    someone.context.set_offline(True)
    drop(page, content)
    expect(page.get_by_text('We could not be reached.')).to_be_visible()

    page = meet('phone', locale='th-TH').page
    page.add_init_script("Object.defineProperty(window, 'isSecureContext', { value: false })")
    page.goto(f'{house.url}/verify')
    expect(page.get_by_text('ไฟล์จะถูกส่งมาให้เราคำนวณแล้วทิ้งทันที')).to_be_visible()
    page.locator('#file').set_input_files({'name': 'QT.pdf', 'mimeType': 'application/pdf', 'buffer': content})
    expect(page.get_by_role('heading', name='ของแท้')).to_be_visible()
    expect(page.locator('.verdict')).to_contain_text(number)
