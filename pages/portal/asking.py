"""Two answers that are not a signature: a question, which goes to staff with its line, and a no."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from htpy import Node, button, p

from models import Channel, Contact
from pages.parts.script import call
from pages.parts.sheet import Sheet
from pages.parts.sheet_form import Sent, SheetField, SheetForm
from pages.portal.code import masked
from pages.portal.lines import line_name
from pages.portal.quote_view import QuoteView
from pages.portal.reader import Reader

if TYPE_CHECKING:
    from pages.portal.deciding import Deciding

WHOLE = ''  # a question about no line in particular
# What became of the quote is said at its top, once the sheet has closed and the page below is drawn anew.
GO_TO_STATUS = """() => {
  const until = performance.now() + 8000;
  const look = () => {
    if (!document.querySelector('.sheet, .decide') && !history.state?.sheet) scrollTo(0, 0);
    else if (performance.now() < until) setTimeout(look, 50);
  };
  look();
}"""


def ask(r: Reader, deciding: Deciding, view: QuoteView, contact: Contact | None) -> Sheet:
    """`Ask a question`, about the whole quote or one of its lines."""
    w = r.w
    sheet = Sheet(deciding.layer, w, w('signing.ask'), deciding.left)
    lines = tuple((str(line.id), line_name(r, line)) for line in view.lines)
    known = {line.id for line in view.lines}

    async def send(sent: Sent) -> None:
        line_id = next((one for one in known if str(one) == sent.values.get('line')), None)
        await _asked(deciding, sent.values.get('question', ''), line_id)
        form.tell(done=[p(tabindex='-1')[_how_answered(r, contact)], _close(r)])

    with sheet:
        form = SheetForm(
            w,
            fields=(
                SheetField('line', w('signing.about'), kind='choice', options=((WHOLE, w('signing.whole')), *lines)),
                SheetField('question', w('signing.question'), kind='long'),
            ),
            submit=w('signing.send_question'),
            draft=f'ask:{view.card.number}',
            send=send,
            blames={'question_missing': 'question', 'too_many_questions': ''},
            act=lambda verb, _: sheet.leave() if verb == 'close' else None,
        )
    return sheet


def decline(r: Reader, deciding: Deciding) -> Sheet:
    """`Decline`, with a reason if one likes; pressed once more in the sheet, since it cannot be taken back."""
    w = r.w
    number = deciding.view.card.number if deciding.view else ''
    sheet = Sheet(deciding.layer, w, w('signing.decline_title', number=number), deciding.left)

    async def send(sent: Sent) -> None:
        quote = await deciding.quote()
        await quote.decline(by=deciding.grant.actor, reason=sent.values.get('reason', ''))
        with deciding.layer:
            call(GO_TO_STATUS)
        sheet.leave()

    with sheet:
        SheetForm(
            w,
            head=p[w('signing.decline_text')],
            fields=(SheetField('reason', w('signing.reason'), kind='long'),),
            submit=w('signing.decline_quote'),
            tone='bad',
            draft=f'decline:{number}',
            send=send,
        )
    return sheet


async def _asked(deciding: Deciding, question: str, line_id: UUID | None) -> None:
    quote = await deciding.quote()
    await quote.ask(question, by=deciding.grant.actor, line_id=line_id)


def _how_answered(r: Reader, contact: Contact | None) -> str:
    w = r.w
    ways = []
    if contact and contact.email:
        ways.append(w('signing.by_mail', to=masked(Channel.MAIL, contact.email)))
    if contact and contact.phone:
        # With hyphens at which no line breaks.
        ways.append(w('signing.by_phone', to=masked(Channel.SMS, contact.phone).replace('-', '‑')))
    return w('signing.asked', how=w('signing.or').join(ways) or w('signing.by_us'))


def _close(r: Reader) -> Node:
    return button('.btn.ghost', type='button', data_do='close')[r.w('common.close')]
