"""The sheet in which a quote is signed: drawn or typed, bound to the version that was read, confirmed once."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from htpy import Node, a, b, button, div, p, small, span

from models import Refused, SignatureEntry, SignatureMethod
from pages.parts.script import call
from pages.parts.sheet import Sheet
from pages.parts.sheet_form import Sent, SheetField, SheetForm
from pages.portal.lines import line_name
from pages.portal.quote_changes import change_list, has_changes
from pages.portal.quote_view import QuoteView
from pages.portal.reader import Reader

if TYPE_CHECKING:
    from pages.portal.deciding import Deciding

BLAMES = {
    'signature_name_missing': 'name',
    'signature_name_malformed': 'name',
    'signature_text_malformed': 'position',
    'email_malformed': 'email',
}
FORGET = '(key) => { try { sessionStorage.removeItem(key) } catch { /* nothing was kept */ } }'
# The page below is drawn anew in a moment; whoever listens to it instead of looking is taken to the thanks.
GO_TO_THANKS = """() => {
  const until = performance.now() + 8000;
  const look = () => {
    const thanks = document.querySelector('.thanks h2');
    thanks?.focus({ preventScroll: true });
    // Drawn already, it cannot have the focus for as long as the sheet lies above it.
    if (thanks && document.activeElement === thanks) scrollTo(0, 0);
    else if (performance.now() < until) setTimeout(look, 50);
  };
  look();
}"""


class Signing:
    """Lies outside of the views: whatever changes below, what was drawn and typed stays."""

    def __init__(
        self, r: Reader, deciding: Deciding, view: QuoteView, ticked: frozenset[UUID], *, name: str, strokes: object
    ) -> None:
        self.r, self.deciding, self.view, self.ticked = r, deciding, view, ticked
        self.read = view.version  # the version that the signer has before them, and will have signed
        self.draft = f'sign:{view.card.number}'
        w = r.w
        self.sheet = Sheet(deciding.layer, w, w('signing.title'), self._left)
        with self.sheet:
            self.form = SheetForm(
                w,
                head=_head(r, view, ticked),
                fields=(SheetField('name', w('signing.name'), name, autocomplete='name'),),
                more=(
                    SheetField('position', w('signing.position'), autocomplete='organization-title'),
                    SheetField('company', w('signing.company'), autocomplete='organization'),
                    SheetField('email', w('signing.email'), kind='email', autocomplete='email'),
                ),
                foot=_foot(r, view),
                submit=w('signing.confirm'),
                draft=self.draft,
                send=self._sign,
                blames=BLAMES,
                signed=True,
                strokes=strokes,
                act=self._act,
            )
        self.follow(view, ticked)

    def follow(self, view: QuoteView, ticked: frozenset[UUID]) -> None:
        """What is true now; nothing is confirmed that was not read."""
        self.view, self.ticked = view, ticked
        self.form.tell(
            head=_head(self.r, view, ticked),
            notice=_replaced(self.r, view) if view.card.waits and view.version != self.read else '',
            foot=_foot(self.r, view),
            wait=self._why_not_yet(),
        )

    def _why_not_yet(self) -> str:
        w, view = self.r.w, self.view
        if not view.card.waits:
            return w.refusal(Refused(_over(view), number=view.card.number))
        if view.version != self.read:
            return w('signing.read_first')
        if view.paper is None or not view.paper.ready:
            return w('signing.paper_first')
        return ''

    async def _sign(self, sent: Sent) -> None:
        quote = await self.deciding.quote()
        who, text = self.deciding.entry.who, sent.values.get
        drawn = sent.method != SignatureMethod.TYPED.value
        entry = SignatureEntry(
            name=text('name', ''),
            method=SignatureMethod.DRAWN if drawn else SignatureMethod.TYPED,
            consent=consent(self.r, self.view),
            language=self.r.language,
            strokes=sent.strokes if drawn else [],
            chosen=self.ticked,
            position=text('position', ''),
            company=text('company', ''),
            email=text('email', ''),
            ip=who.ip,
            user_agent=who.user_agent,
            terms_version=self.view.terms.version,
            at_counter=who.staff,
        )
        by = self.deciding.grant.actor
        await quote.accept(version=self.read, signature=entry, by=by, device_id=who.device_id)
        with self.deciding.layer:  # the sheet may be gone by now: the page has heard of the signature itself
            call(FORGET, self.draft)
            call(GO_TO_THANKS)
        self.sheet.leave()

    def _act(self, verb: str, reference: str) -> None:
        if verb == 'read' and reference == str(self.view.version):
            self.read = self.view.version
            self.follow(self.view, self.ticked)

    def _left(self) -> None:
        self.deciding.left(self.form.strokes)


def consent(r: Reader, view: QuoteView) -> str:
    """What the signer agrees to, word for word; kept with the signature."""
    if view.terms.text or view.terms.text_th:
        return r.w('signing.consent', version=view.terms.version)
    return r.w('signing.consent_without_terms')


def _head(r: Reader, view: QuoteView, ticked: frozenset[UUID]) -> Node:
    w = r.w
    taken = [line_name(r, line) for line in view.lines if line.id in ticked]
    version = w('signing.version', version=view.version) if view.version > 1 else ''
    return [
        div('.row')[
            span('.ref')[f'{view.card.number} {version}'.strip()],
            span[small[w('common.totals.total_due')], ' ', b('.n')[w.baht(view.totals(ticked).total_due)]],
        ],
        p('.sub')[w('signing.with_options', names=', '.join(taken))] if taken else None,
    ]


def _foot(r: Reader, view: QuoteView) -> Node:
    privacy = a(href=r.at('/privacy'), target='_blank', rel='noopener')[r.w('portal.privacy')]
    return [p('.sub')[consent(r, view)], p('.sub')[privacy]]


def _replaced(r: Reader, view: QuoteView) -> Node:
    return [
        b[r.w('signing.replaced', version=view.version)],
        change_list(r, view) if has_changes(r, view) else None,
        p[r.w('signing.replaced_text')],
        button('.btn.ghost', type='button', data_do='read', data_ref=str(view.version))[
            r.w('signing.go_on', version=view.version)
        ],
    ]


def _over(view: QuoteView) -> str:
    status = view.card.status.name
    if status == 'EXPIRED':
        return 'quote_expired'
    return 'quote_not_open' if status == 'DECLINED' else 'quote_accepted_already'
