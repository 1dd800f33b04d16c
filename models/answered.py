"""What the customer answers to a quote: a signature, a no, or a question; each told to staff, each exactly once."""

from datetime import datetime, timedelta
from uuid import UUID

from tortoise.expressions import Q

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Refused, bangkok_day, now, one_change
from models.business import Business
from models.device import DeviceRight, RightKind
from models.document import Document, DocumentKind, DocumentState
from models.limit import LimitCount
from models.offer import Offer, QuoteStatus
from models.outbox import Outbox
from models.quote_line import QuoteLine
from models.quote_revision import QuoteRevision
from models.quote_version import frozen_as_signed
from models.signature import Signature, SignatureEntry, evidence

QUESTIONS, QUESTIONS_WITHIN = 10, timedelta(hours=1)


class Answered(Offer):
    """Each answer locks the quote first, then its links."""

    class Meta:
        abstract = True

    async def accept(
        self, *, version: int, signature: SignatureEntry, by: Actor, device_id: UUID | None = None
    ) -> Signature:
        """The customer signs published version `version`: one acceptance, one deposit, however many phones.

        `device_id` is the device that signed: it keeps its view after the link has ended.
        Raises Refused: `signature_name_missing`, `signature_missing`, `quote_not_open`, `quote_expired`,
        `quote_replaced`, `quote_accepted_already`, `link_closed`, `quote_paper_missing` (its PDF is being made), and
        what a hostile signature is refused for: see `SignatureEntry.check`.
        """
        from models.deposit import Deposit
        from models.portal_link import EndReason, PortalLink

        if by.kind != 'customer':
            raise Refused('not_allowed')
        signature.check()
        at = now()
        async with one_change():
            quote = await type(self).select_for_update().get(id=self.id)
            quote._refuse_unless_open(at)
            await quote._refuse_closed_link(by, at)
            if version != quote.published:
                raise Refused('quote_replaced', number=self.number)
            shown = await Document.get_or_none(
                kind=DocumentKind.QUOTE, quote_id=self.id, edition=version, state=DocumentState.SET
            )
            if shown is None:
                raise Refused('quote_paper_missing', number=self.number)
            await QuoteRevision.filter(quote_id=self.id).delete()  # what was still being written is too late
            if optional := await QuoteLine.filter(quote_id=self.id, optional=True):
                for line in optional:
                    await line.set(chosen=line.id in signature.chosen)
                await quote._total(await Business.the())
            await quote.set(status=QuoteStatus.ACCEPTED, accepted_at=at)
            signed = await Signature.take(signature, shown=shown, quote_version=version, at=at, by=by)
            await PortalLink.end_all(EndReason.ACCEPTED, at=at, quote_id=self.id)
            if device_id and by.link_id:
                await DeviceRight.give(RightKind.KEPT, link_id=by.link_id, device_id=device_id, at=at)
            await Activity.note('quote_accepted', by=by, at=at, **self._where, number=self.number, name=signature.name)
            await Document.order(
                DocumentKind.SIGNED_QUOTE,
                self.number,
                customer_id=self.customer_id,
                quote_id=self.id,
                edition=version,
                issued_on=bangkok_day(at),
                frozen={
                    **await frozen_as_signed(quote, shown),
                    **await evidence(signed, shown, device_id=device_id, at_counter=signature.at_counter),
                },
            )
            if quote.deposit > 0:
                await Deposit.request(quote, at=at, by=by)
            await Outbox.queue('quote_signed', customer_id=self.customer_id, quote_id=self.id, copy_to=signature.email)
            await self._tell_owner('quote_signed', by=by, name=signature.name)
        self.update_from_dict({'status': quote.status, 'accepted_at': at})
        return signed

    async def decline(self, *, by: Actor, reason: str = '') -> None:
        """The customer says no, with a reason if they like. Raises Refused: `quote_not_open`, `quote_expired`."""
        from models.portal_link import EndReason, PortalLink

        if by.kind != 'customer':
            by.must(Module.QUOTES, Level.WRITE)
        at = now()
        async with one_change():
            quote = await type(self).select_for_update().get(id=self.id)
            quote._refuse_unless_open(at)
            await quote._refuse_closed_link(by, at)
            await quote.set(status=QuoteStatus.DECLINED, declined_at=at, decline_reason=reason.strip()[:2000])
            await PortalLink.end_all(EndReason.DECLINED, at=at, quote_id=self.id)
            await Activity.note(
                'quote_declined', by=by, at=at, **self._where, number=self.number, reason=reason.strip()[:2000] or '—'
            )
            await self._tell_owner('quote_declined', by=by, reason=reason.strip()[:300] or '—')
        self.update_from_dict({'status': quote.status, 'declined_at': at, 'decline_reason': quote.decline_reason})

    async def ask(self, question: str, *, by: Actor, line_id: UUID | None = None) -> None:
        """`Ask a question`, perhaps about one line: staff are told, and answer by mail or phone.

        Raises Refused: `question_missing`, `quote_not_open`, `quote_expired`, `too_many_questions`.
        """
        if by.kind != 'customer':
            raise Refused('not_allowed')
        text = question.strip()[:2000]
        if not text:
            raise Refused('question_missing')
        at = now()
        if await LimitCount.count(f'question:{self.id}', QUESTIONS_WITHIN) > QUESTIONS:
            raise Refused('too_many_questions')
        async with one_change():
            quote = await type(self).select_for_update().get(id=self.id)
            quote._refuse_unless_open(at)
            await quote._refuse_closed_link(by, at)
            line = await QuoteLine.get_or_none(id=line_id, quote_id=self.id) if line_id else None
            about = line.name if line else ''
            await Activity.note(
                'quote_question', by=by, at=at, **self._where, number=self.number, question=text, line=about or '—'
            )
            await self._tell_owner('question_asked', by=by, question=text[:300], line=about or '—')

    async def _refuse_closed_link(self, by: Actor, at: datetime) -> None:
        """An open page is no proof that its link still lives: it may have been revoked since the page was drawn."""
        from models.portal_link import LinkState, PortalLink

        if by.link_id:
            # With those that the verb is going to end, in the order in which everybody locks links.
            locked = PortalLink.filter(Q(id=by.link_id) | Q(quote_id=self.id)).order_by('id').select_for_update()
            if any(link.id == by.link_id and link.state(at) is not LinkState.LIVE for link in await locked):
                raise Refused('link_closed')
