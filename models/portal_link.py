"""A portal link: the customer's only credential. Scoped, ending, revocable at once, and never told to a log."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q
from tortoise.queryset import QuerySet

from models.activity import Activity
from models.actor import Actor, Level, Module
from models.base import Record, Refused, end_of_day, now, one_change
from models.bill import OPEN
from models.customer import Customer
from models.deposit import Deposit
from models.device import DeviceRight
from models.grant import Grant, Scope
from models.invoice import Invoice
from models.quote import Quote, QuoteStatus

__all__ = ['MODULE', 'EndReason', 'Grant', 'LinkSecret', 'LinkState', 'PortalLink', 'Scope']

LIFETIME = timedelta(days=30)  # 30 x 24 hours after it was made
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=365)
ASK_AGAIN = timedelta(hours=1)


MODULE = {
    Scope.CUSTOMER: Module.CUSTOMERS,
    Scope.QUOTE: Module.QUOTES,
    Scope.INVOICE: Module.INVOICES,
    Scope.DEPOSIT: Module.INVOICES,
}


class LinkState(StrEnum):
    LIVE = 'live'
    EXPIRED = 'expired'
    ENDED = 'ended'
    REVOKED = 'revoked'


class EndReason(StrEnum):
    ACCEPTED = 'accepted'
    DECLINED = 'declined'
    PAID = 'paid'
    VOID = 'void'
    HELD = 'held'


# After these the device that brought it about keeps its view.
KEEPING = (EndReason.ACCEPTED, EndReason.PAID, EndReason.HELD)


@dataclass(frozen=True, slots=True)
class LinkSecret:
    """A token and its two stored forms: the keyed digest that finds it, the cipher from which it is copied again."""

    token: str
    digest: bytes
    cipher: bytes


class PortalLink(Record):
    scope = fields.CharEnumField(Scope, max_length=8)
    customer: fields.ForeignKeyRelation[Customer] = fields.ForeignKeyField(
        'models.Customer', related_name='links', on_delete=fields.RESTRICT
    )
    customer_id: UUID
    quote_id = fields.UUIDField(null=True, db_index=True)
    invoice_id = fields.UUIDField(null=True, db_index=True)
    deposit_id = fields.UUIDField(null=True, db_index=True)
    public_id = fields.CharField(max_length=12, unique=True)
    digest = fields.BinaryField()
    cipher = fields.BinaryField(null=True)
    note = fields.CharField(max_length=200, default='')
    made_by = fields.CharField(max_length=200)
    staff_id = fields.UUIDField(null=True)
    expires_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    end_reason = fields.CharEnumField(EndReason, max_length=8, null=True)
    revoked_at = fields.DatetimeField(null=True)
    revoked_by = fields.CharField(max_length=200, default='')
    views = fields.IntField(default=0)
    first_viewed_at = fields.DatetimeField(null=True)
    first_viewed_ip = fields.CharField(max_length=45, default='')
    last_viewed_at = fields.DatetimeField(null=True)
    last_viewed_ip = fields.CharField(max_length=45, default='')
    previewed_by = fields.CharField(max_length=40, default='')
    requested_at = fields.DatetimeField(null=True)
    codes_wrong = fields.IntField(default=0)
    codes_wrong_in_row = fields.IntField(default=0)
    codes_locked_until = fields.DatetimeField(null=True)

    class Meta:
        table = 'portal_link'

    @classmethod
    async def issue(
        cls,
        record: Customer | Quote | Invoice | Deposit,
        *,
        secret: LinkSecret,
        by: Actor,
        expires_at: datetime | None = None,
        note: str = '',
    ) -> 'PortalLink':
        """`Generate`: a new live link to this record. A quote's link ends with the quote's expiry day in Bangkok; a
        deposit's shows its quote and its signed PDF as the device does that signed it, and ends once it is held.

        Raises Refused: `link_end_out_of_range` (1 hour to 365 days), `quote_not_open`, `quote_expired`,
        `invoice_not_open`, `deposit_not_awaited`, `customer_erased`.
        """
        scope = _scope(record)
        by.must(MODULE[scope], Level.WRITE)
        at = now()
        if expires_at is not None and not SHORTEST <= expires_at - at <= LONGEST:
            raise Refused('link_end_out_of_range')
        async with one_change():
            await _hold(record)  # what ends it may be happening at this moment
            end = await _end_of(record, at)
            link = await cls.create(
                scope=scope,
                customer_id=record.id if isinstance(record, Customer) else record.customer_id,
                quote_id=_quote_of(record),
                invoice_id=record.id if isinstance(record, Invoice) else None,
                deposit_id=record.id if isinstance(record, Deposit) else None,
                public_id=secrets.token_hex(5).upper(),
                digest=secret.digest,
                cipher=secret.cipher,
                note=note.strip()[:200],
                made_by=by.name,
                staff_id=by.staff_id,
                expires_at=end if isinstance(record, Quote) or expires_at is None else expires_at,
            )
            await Customer.must_be_known(link.customer_id)
            await Activity.note(
                'link_issued', by=by, at=at, **link.where, public_id=link.public_id, scope=scope, note=link.note
            )
        return link

    @classmethod
    async def copy(cls, record: Customer | Quote | Invoice | Deposit, *, secret: LinkSecret, by: Actor) -> 'PortalLink':
        """`Copy Portal Link`: the record's live link without a note that ends last, else a new one made of `secret`.

        The record is locked, so that two clerks who copy at once get one link.
        """
        by.must(MODULE[_scope(record)], Level.WRITE)
        at = now()
        async with one_change():
            await _hold(record)
            live = cls.of(record).filter(
                note='', ended_at=None, revoked_at=None, expires_at__gt=at, cipher__not_isnull=True
            )
            if link := await live.order_by('-expires_at').first():
                await Activity.note('link_copied', by=by, at=at, **link.where, public_id=link.public_id)
                return link
            return await cls.issue(record, secret=secret, by=by)

    async def hand_out(self, *, by: Actor, way: str = '') -> bytes:
        """What its token is read from, to be given to somebody once more; who did so, and by which `way`, is on record.

        The share sheet shows it (`sheet`) before it leaves by `line`, `mail` or `sms`; without a way it is copied.

        Raises Refused('link_not_live').
        """
        by.must(MODULE[self.scope], Level.WRITE)
        at = now()
        if self.cipher is None or self.state(at) is not LinkState.LIVE:
            raise Refused('link_not_live')
        where, public_id = self.where, self.public_id
        if not way:
            await Activity.note('link_copied', by=by, at=at, **where, public_id=public_id)
        elif way == 'sheet':
            await Activity.note('link_shown', by=by, at=at, **where, public_id=public_id)
        else:
            await Activity.note('link_shared', by=by, at=at, **where, public_id=public_id, way=way)
        return self.cipher

    @classmethod
    async def find(cls, digest: bytes) -> 'PortalLink | None':
        return await cls.get_or_none(digest=digest)

    @classmethod
    def of(cls, record: Customer | Quote | Invoice | Deposit) -> QuerySet['PortalLink']:
        """The links made for this very record."""
        scope = _scope(record)
        return cls.filter(scope=scope, **{f'{scope.value}_id': record.id})

    async def change_end(self, expires_at: datetime, *, by: Actor) -> None:
        """Another end while it lives, 1 hour to 365 days from now. A quote's link ends with its quote, always.

        Raises Refused: `link_end_out_of_range`, `link_not_live`, `link_ends_with_quote`.
        """
        by.must(MODULE[self.scope], Level.WRITE)
        at = now()
        if self.scope is Scope.QUOTE:
            raise Refused('link_ends_with_quote')
        if not SHORTEST <= expires_at - at <= LONGEST:
            raise Refused('link_end_out_of_range')
        async with one_change():
            living = PortalLink.filter(id=self.id, ended_at=None, revoked_at=None, expires_at__gt=at)
            if not await living.update(expires_at=expires_at):
                raise Refused('link_not_live')
            await Activity.note(
                'link_end_changed', by=by, at=at, **self.where, public_id=self.public_id, until=expires_at
            )
        self.expires_at = expires_at

    async def revoke(self, *, by: Actor) -> None:
        """At once, for good, whether it still lives or has ended: the secret is erased, the audit stays."""
        by.must(MODULE[self.scope], Level.WRITE)
        await self._revoke(by)

    @classmethod
    async def revoke_all_of(cls, customer: Customer, *, by: Actor) -> None:
        """Every link of a customer, quote and invoice links included: whoever may archive a customer may close them."""
        by.must(Module.CUSTOMERS, Level.WRITE)
        async with one_change():
            for link in await _held(cls.filter(customer_id=customer.id, revoked_at=None)):
                await link._revoke(by)

    async def _revoke(self, by: Actor) -> None:
        at = now()
        async with one_change():
            untouched = PortalLink.filter(id=self.id, revoked_at=None)
            if not await untouched.update(revoked_at=at, revoked_by=by.name, cipher=None):
                raise Refused('link_revoked_already')
            await DeviceRight.end_all(link_id=self.id, at=at)
            await Activity.note('link_revoked', by=by, at=at, **self.where, public_id=self.public_id)
        self.update_from_dict({'revoked_at': at, 'revoked_by': by.name, 'cipher': None})

    async def ask_for_new(self) -> None:
        """`Request a new link`, from whoever holds one that ended: staff are told, the asker learns nothing.

        Raises Refused: `link_requested_already` (once an hour), `link_live`.
        """
        from models.notice import Notice

        at = now()
        if self.state(at) is LinkState.LIVE:
            raise Refused('link_live')
        asker = Actor('customer', '', link_id=self.id)
        async with one_change():
            calm = PortalLink.filter(Q(requested_at=None) | Q(requested_at__lte=at - ASK_AGAIN), id=self.id)
            if not await calm.update(requested_at=at):
                raise Refused('link_requested_already')
            await Activity.note('link_requested', by=asker, at=at, **self.where, public_id=self.public_id)
            module, place = MODULE[self.scope], self.where
            await Notice.tell(
                'link_requested', module=module, owner_id=self.staff_id, by=asker, **place, link_id=self.id
            )

    @classmethod
    async def end_all(
        cls,
        reason: EndReason,
        *,
        at: datetime,
        quote_id: UUID | None = None,
        invoice_id: UUID | None = None,
        deposit_id: UUID | None = None,
    ) -> None:
        """What ended never lives again: the verb that ends a record stamps its own links in its transaction."""
        of = {'quote_id': quote_id, 'invoice_id': invoice_id, 'deposit_id': deposit_id}
        scope = {name: record_id for name, record_id in of.items() if record_id}
        living = await _held(cls.filter(**scope, ended_at=None, revoked_at=None))
        await cls.filter(id__in=[link.id for link in living]).update(ended_at=at, end_reason=reason)

    @classmethod
    async def end_with_quote(cls, quote_id: UUID, *, until: datetime, at: datetime) -> None:
        """A quote's living links end when the quote does, also after its expiry was moved; ended ones stay ended."""
        living = await _held(cls.filter(quote_id=quote_id, ended_at=None, revoked_at=None, expires_at__gt=at))
        await cls.filter(id__in=[link.id for link in living]).update(expires_at=until)

    @property
    def keeps(self) -> bool:
        """Whether its end is one after which the device that brought it about keeps its view."""
        return self.revoked_at is None and self.end_reason in KEEPING

    def state(self, at: datetime) -> LinkState:
        """Computed at every use; no job has to have run."""
        if self.revoked_at:
            return LinkState.REVOKED
        if self.ended_at:
            return LinkState.ENDED
        return LinkState.EXPIRED if at >= self.expires_at else LinkState.LIVE

    def grant(self, *, kept: bool = False) -> 'Grant':
        """What it shows; `kept` on the device that signed or paid: what came of it as well, for a while."""
        if self.scope is Scope.DEPOSIT:  # what the device shows that signed: the quote, its PDF, the deposit
            return Grant(Scope.QUOTE, self.id, self.customer_id, self.quote_id, None, kept=True)
        return Grant(self.scope, self.id, self.customer_id, self.quote_id, self.invoice_id, kept)

    @property
    def where(self) -> dict[str, UUID | None]:
        return {
            'customer_id': self.customer_id,
            'quote_id': self.quote_id,
            'invoice_id': self.invoice_id,
        }


def _scope(record: Customer | Quote | Invoice | Deposit) -> Scope:
    return Scope(type(record).__name__.lower())


def _quote_of(record: Customer | Quote | Invoice | Deposit) -> UUID | None:
    if isinstance(record, Deposit):
        return record.quote_id
    return record.id if isinstance(record, Quote) else None


async def _hold(record: Customer | Quote | Invoice | Deposit) -> None:
    """Raises Refused('record_gone') when it was deleted since it was looked up."""
    if await type(record).select_for_update().get_or_none(id=record.id) is None:
        raise Refused('record_gone')


async def _held(links: QuerySet[PortalLink]) -> list[PortalLink]:
    """Locked in the order of their making, always: two who end the same links never wait for each other in a ring."""
    return await links.select_for_update().order_by('id')


async def _end_of(record: Customer | Quote | Invoice | Deposit, at: datetime) -> datetime:
    if isinstance(record, Quote):
        quote = await Quote.get(id=record.id)
        if quote.status_at(at) is QuoteStatus.EXPIRED:
            raise Refused('quote_expired', number=quote.number)
        if quote.status is not QuoteStatus.SENT:
            raise Refused('quote_not_open', number=quote.number)
        return end_of_day(quote.expires_on)
    if isinstance(record, Invoice) and (await Invoice.get(id=record.id)).status not in OPEN:
        raise Refused('invoice_not_open', number=record.number)
    if isinstance(record, Deposit) and (await Deposit.get(id=record.id)).awaited <= 0:
        raise Refused('deposit_not_awaited', number=record.number)
    return at + LIFETIME
