"""What must be sent: noted in the transaction of the act, composed and sent later; it holds no link and no code."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import connections, fields
from tortoise.expressions import Q

from models.activity import Activity
from models.actor import SYSTEM, Actor, Level, Module
from models.base import Record, Refused, now, one_change

if TYPE_CHECKING:
    from models.portal_link import PortalLink
    from models.staff import Staff

# How long to wait after each failure; after the last the letter has failed, and staff are told.
AGAIN_AFTER = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720)]
TO_PEOPLE = ('invitation', 'reset', 'password_changed')  # letters to staff about how they sign in
STALE = timedelta(days=3)
STALE_REASON = 'no_way_out'  # a word key: the only reason that is ours and not a server's
LEASE = timedelta(minutes=3)  # a program that died while sending is given up on after this

CLAIM = """
update outbox set claimed_until = $2, tries = tries + 1 where id = (
  select id from outbox where state = 'Queued' and next_try_at <= $1 and (claimed_until is null or claimed_until <= $1)
  and medium = any($3::text[])
  order by code_id is null, next_try_at, id limit 1 for update skip locked)
returning id
"""


class OutboxState(StrEnum):
    QUEUED = 'Queued'
    SENT = 'Sent'
    FAILED = 'Failed'


class Medium(StrEnum):
    MAIL = 'Mail'
    SMS = 'SMS'


class Outbox(Record):
    medium = fields.CharEnumField(Medium, max_length=4, default=Medium.MAIL)
    template = fields.CharField(max_length=40)
    language = fields.CharField(max_length=2)
    recipient = fields.CharField(max_length=200)
    customer_id = fields.UUIDField(null=True, db_index=True)
    quote_id = fields.UUIDField(null=True)
    job_id = fields.UUIDField(null=True)
    invoice_id = fields.UUIDField(null=True)
    deposit_id = fields.UUIDField(null=True)
    receipt_id = fields.UUIDField(null=True)
    link_id = fields.UUIDField(null=True)
    code_id = fields.UUIDField(null=True)
    notice_id = fields.UUIDField(null=True)
    password_link_id = fields.UUIDField(null=True)
    owner_id = fields.UUIDField(null=True)
    state = fields.CharEnumField(OutboxState, max_length=8, default=OutboxState.QUEUED)
    tries = fields.IntField(default=0)
    next_try_at = fields.DatetimeField(default=now)
    claimed_until = fields.DatetimeField(null=True)
    sent_at = fields.DatetimeField(null=True)
    failure = fields.TextField(default='')  # in its first line a word key, below it the words of the other side

    class Meta:
        table = 'outbox'

    @classmethod
    async def queue(cls, template: str, *, customer_id: UUID, copy_to: str = '', **facts: Any) -> 'Outbox | None':
        """A letter to the customer's primary contact in the customer's language; None where there is no address.

        The same letter goes to `copy_to` when that is somebody else.
        """
        from models.customer import Contact, Customer

        customer = await Customer.get(id=customer_id)
        contact = await Contact.filter(customer_id=customer_id).order_by('position').first()
        own = contact.email if contact else ''
        recipients = {address.casefold(): address for address in (copy_to.strip(), own) if address}
        letters = [
            await cls.create(
                template=template, language=customer.language, recipient=recipient, customer_id=customer_id, **facts
            )
            for recipient in sorted(recipients.values(), key=lambda address: address != own)
        ]
        return letters[0] if letters else None

    @classmethod
    async def queue_code(cls, code_id: UUID, *, link: 'PortalLink', sms: bool, recipient: str) -> 'Outbox':
        """A code on its way; the code itself lies sealed beside the link, not here."""
        from models.customer import Customer

        return await cls.create(
            medium=Medium.SMS if sms else Medium.MAIL,
            template='code',
            language=(await Customer.get(id=link.customer_id)).language,
            recipient=recipient,
            customer_id=link.customer_id,
            link_id=link.id,
            code_id=code_id,
        )

    @classmethod
    async def queue_notice(cls, notice_id: UUID, *, staff: 'Staff') -> 'Outbox':
        return await cls.create(
            template='notice', language=staff.language, recipient=staff.email, notice_id=notice_id, owner_id=staff.id
        )

    @classmethod
    async def queue_password_link(
        cls, password_link_id: UUID, *, staff: 'Staff', template: str, owner_id: UUID | None
    ) -> 'Outbox':
        """An invitation or a reset; `owner_id` hears of it when it cannot be sent."""
        return await cls.create(
            template=template,
            language=staff.language,
            recipient=staff.email,
            password_link_id=password_link_id,
            owner_id=owner_id,
        )

    @classmethod
    async def queue_password_changed(cls, staff: 'Staff') -> 'Outbox':
        """So that whoever did not change it hears of it."""
        return await cls.create(template='password_changed', language=staff.language, recipient=staff.email)

    @classmethod
    async def drop_password_links(cls, password_link_ids: Iterable[UUID]) -> None:
        """What has not left yet carries an address that opens nothing any more: nobody has to hear of that."""
        waiting = cls.filter(password_link_id__in=list(password_link_ids), state=OutboxState.QUEUED)
        await waiting.update(state=OutboxState.FAILED, failure='password_link_over', claimed_until=None)

    @classmethod
    async def drop_receipt(cls, receipt_id: UUID) -> None:
        """It was cancelled before its letter left: the money did not come, and whoever took it back knows."""
        waiting = cls.filter(receipt_id=receipt_id, state=OutboxState.QUEUED)
        await waiting.update(state=OutboxState.FAILED, failure='receipt_cancelled', claimed_until=None)

    @classmethod
    async def claim(cls, media: Iterable['Medium'] = Medium) -> 'Outbox | None':
        """The next letter that is due and has a way out, for this program alone, however many ask at once.

        Codes first, for they live for minutes.
        """
        at = now()
        ways = [medium.value for medium in media]
        rows = await connections.get('default').execute_query_dict(CLAIM, [at, at + LEASE, ways])
        return await cls.get(id=rows[0]['id']) if rows else None

    @classmethod
    async def next_due(cls, media: Iterable['Medium'] = Medium) -> datetime | None:
        """When the next letter that has a way out is due, if any waits."""
        ways = [medium.value for medium in media]
        free = cls.filter(state=OutboxState.QUEUED, claimed_until=None, medium__in=ways)
        waiting = await free.order_by('next_try_at').first()
        return waiting.next_try_at if waiting else None

    @classmethod
    async def give_up_stale(cls) -> int:
        """What found no way out for days says yesterday's things: it fails rather than surprise its reader."""
        old = cls.filter(state=OutboxState.QUEUED, next_try_at__lt=now() - STALE)
        return await old.update(state=OutboxState.FAILED, failure=STALE_REASON, claimed_until=None)

    async def sent(self) -> None:
        from models.access_code import AccessCode
        from models.password_link import PasswordLink

        async with one_change():
            await self.set(state=OutboxState.SENT, sent_at=now(), claimed_until=None, failure='')
            # Sealed only until it was sent:
            if self.code_id:
                await AccessCode.filter(id=self.code_id).update(cipher=None)
            if self.password_link_id:
                await PasswordLink.filter(id=self.password_link_id).update(cipher=None)

    async def failed(self, reason: str, *, cause: str = 'other', for_good: bool = False) -> None:
        """It did not leave: try again later, or tell staff when it never will.

        `cause` is a word key, for whoever reads of it; `reason` says it in the words of the other side.
        """
        from models.notice import Notice

        at = now()
        failure = f'{cause}\n{reason[:500]}'
        last = for_good or self.tries > len(AGAIN_AFTER) or bool(self.code_id)
        async with one_change():
            if not last:
                again = at + AGAIN_AFTER[self.tries - 1]
                await self.set(next_try_at=again, claimed_until=None, failure=failure)
                return
            await self.set(state=OutboxState.FAILED, claimed_until=None, failure=failure)
            if self.code_id and await self._code_by_mail_instead():
                return
            told = f'letters.failure.{cause}'
            await Activity.note('letter_failed', by=SYSTEM, at=at, **self._where, recipient=self.recipient, reason=told)
            if not self.notice_id:
                await Notice.tell(
                    'letter_failed',
                    module=self.module,
                    owner_id=self.owner_id,
                    by=SYSTEM,
                    **{key: value for key, value in self._where.items() if key != 'job_id'},
                    recipient=self.recipient,
                    template=self.template,
                    cause=cause,
                )

    async def retry(self, *, by: Actor) -> None:
        """`Retry`, or `Send Now` of one that waits after a failure: once more, from the start, at once.

        Raises Refused('letter_not_failed').
        """
        by.must(self.module, Level.WRITE)
        at = now()
        waits = Q(state=OutboxState.QUEUED, claimed_until=None) & ~Q(failure='')
        failed = Outbox.filter(Q(state=OutboxState.FAILED) | waits, id=self.id)
        if not await failed.update(state=OutboxState.QUEUED, tries=0, next_try_at=at, claimed_until=None, failure=''):
            raise Refused('letter_not_failed')

    async def _code_by_mail_instead(self) -> bool:
        """A code that no gateway took goes by e-mail where there is an address; else it is erased."""
        from models.access_code import AccessCode
        from models.customer import Contact

        contact = await Contact.filter(customer_id=self.customer_id).order_by('position').first()
        if self.medium is Medium.MAIL or contact is None or not contact.email:
            await AccessCode.filter(id=self.code_id).update(cipher=None)
            return False
        kept = ('template', 'language', 'customer_id', 'link_id', 'code_id')
        await Outbox.create(medium=Medium.MAIL, recipient=contact.email, **{name: getattr(self, name) for name in kept})
        return True

    @property
    def cause(self) -> str:
        """Why it did not leave, as a word key; '' where it never failed."""
        return self.failure.partition('\n')[0]

    @property
    def module(self) -> Module:
        """Whose business this letter is."""
        if self.template in TO_PEOPLE:
            return Module.SETTINGS
        if self.quote_id:
            return Module.QUOTES
        return Module.INVOICES if self.invoice_id or self.receipt_id else Module.CUSTOMERS

    @property
    def _where(self) -> dict[str, UUID | None]:
        return {
            'customer_id': self.customer_id,
            'quote_id': self.quote_id,
            'invoice_id': self.invoice_id,
            'job_id': self.job_id,
        }
