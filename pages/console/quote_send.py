"""What leaves the house with a quote: `Send to Client`, `Publish Changes` and `Discard`, seen before it is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from htpy import b, li, p, section, ul

from app.keys import keys
from app.words import Words
from models import Business, Customer, Level, Module, Quote, QuoteEntry, QuoteRevision, Refused
from pages.console.change_words import change_lines
from pages.console.find import find
from pages.console.letter_choice import letter_choice
from pages.console.quote_preview import changes_to_publish
from pages.console.quote_shown import faults
from pages.frame import Desk
from pages.parts.clipboard import copy_text
from pages.parts.confirm import confirm
from pages.parts.form import Form
from pages.parts.link_rows import address
from pages.parts.panel import open_panel
from pages.parts.region import Region

After = Callable[[], Awaitable[None]]


async def open_send(desk: Desk, number: str, after: After | None = None) -> None:
    """`Send to Client`: the mail is seen first, then it goes; the link is copied for whoever would rather paste it."""
    w = desk.w
    quote, actor = await find(desk, Quote, number=number)
    actor.must(Module.QUOTES, Level.WRITE)
    entry = await _ready(quote)
    with open_panel(desk, w('quotes.send')) as panel:
        mails = await letter_part(desk, quote, entry)

        async def send() -> None:
            found, by = await find(desk, Quote, number=number)
            link = await found.send(secret=keys().new_link_secret(), by=by, mail=mails())
            panel.close()
            await _say_sent(desk, link.cipher, w('quotes.sent', number=number))
            await _after(after)

        form = Form(desk)
        form.save_button(w('editor.send_now'), send)


async def open_publish(desk: Desk, number: str, after: After | None = None) -> None:
    """`Publish Changes`: what changed is shown, and whether a mail goes is asked."""
    w = desk.w
    quote, actor = await find(desk, Quote, number=number)
    actor.must(Module.QUOTES, Level.WRITE)
    if not await QuoteRevision.exists(quote_id=quote.id):
        raise Refused('nothing_to_publish', number=number)
    entry = await _ready(quote)
    changes = change_lines(w, await changes_to_publish(quote, entry), entry)
    with open_panel(desk, w('editor.publish')) as panel:
        Region(
            section[
                b[w('editor.changes', version=quote.published + 1)],
                ul('.changes')[[li[line] for line in changes]] if changes else p('.dim')[w('editor.no_changes')],
            ]
        )
        mails = await letter_part(desk, quote, entry)

        async def publish() -> None:
            found, by = await find(desk, Quote, number=number)
            link = await found.publish(secret=keys().new_link_secret(), by=by, mail=mails())
            panel.close()
            said = w('editor.published', number=number, version=found.published)
            await _say_sent(desk, link.cipher, said)
            await _after(after)

        form = Form(desk)
        form.save_button(w('editor.publish'), publish)


async def discard_changes(desk: Desk, number: str, after: After | None = None) -> None:
    """`Discard`: what the customer sees stays, what was written privately is gone."""
    w = desk.w
    if await confirm(desk, w('editor.discard_title'), w('editor.discard_text'), yes=w('editor.discard'), tone='bad'):
        quote, actor = await find(desk, Quote, number=number)
        await quote.discard(by=actor)
        desk.say(w('editor.discarded', number=number))
        await _after(after)


async def letter_part(desk: Desk, quote: Quote, entry: QuoteEntry) -> Callable[[], bool]:
    """The mail as it would go, were it sent now."""
    customer, firm = await Customer.get(id=quote.customer_id), await Business.the()

    def facts(w: Words) -> dict[str, str]:
        return {
            'number': quote.number,
            'title': w.pick(entry.columns['title'], entry.columns['title_th']),
            'amount': w.baht(entry.totals(quote.vat_percent, firm.vat_rounding).total_due),
            'until': w.day(entry.expiry(quote.quoted_on), year=True),
        }

    return await letter_choice(desk, customer, 'quote', facts)


async def _ready(quote: Quote) -> QuoteEntry:
    """What would leave. Raises Refused before anything is shown for what could not be sent."""
    revision = await QuoteRevision.get_or_none(quote_id=quote.id)
    entry = revision.entry if revision else await quote.entry()
    if not entry.lines:
        raise Refused('quote_empty')
    for refused in faults(entry).values():
        raise refused
    return entry.checked()


async def _say_sent(desk: Desk, cipher: bytes | None, said: str) -> None:
    await copy_text(desk, address(keys().link_token(cipher or b'')), said=said)


async def _after(after: After | None) -> None:
    if after:
        await after()
