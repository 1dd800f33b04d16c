"""The six digits that a link may ask for before it opens: sent on a press, few tries, short life, bound to a device."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hmac import compare_digest
from typing import TYPE_CHECKING
from uuid import UUID

from tortoise import fields

from models.activity import Activity
from models.actor import SYSTEM, Actor, Level
from models.base import Record, Refused, now, one_change
from models.business import Business, CodePolicy
from models.customer import Contact, Customer
from models.device import DeviceRight, RightKind
from models.portal_link import MODULE, PortalLink

if TYPE_CHECKING:
    from models.outbox import OutboxState

LIFETIME = timedelta(minutes=10)
TRIES = 5
BETWEEN = timedelta(minutes=1)
AN_HOUR, PER_HOUR = timedelta(hours=1), 5
A_DAY, PER_DAY = timedelta(days=1), 8
WRONG_IN_A_ROW, LOCKED_FOR = 10, timedelta(hours=1)
WRONG_IN_ALL = 20


class Channel(StrEnum):
    SMS = 'SMS'
    MAIL = 'Mail'
    SPOKEN = 'Spoken'


@dataclass(frozen=True, slots=True)
class CodeSecret:
    """A code and its stored forms: the keyed digest that checks it, the cipher that lives only until it was sent."""

    id: UUID
    digits: str
    digest: bytes
    cipher: bytes


@dataclass(frozen=True, slots=True)
class CodeOut:
    """A code that a device can enter at this moment: by which way it went, to whom, how far it came, and its end."""

    channel: Channel
    recipient: str
    state: 'OutboxState'
    ends_at: datetime


class AccessCode(Record):
    link_id = fields.UUIDField(db_index=True)
    device_id = fields.UUIDField(null=True)
    channel = fields.CharEnumField(Channel, max_length=6)
    digest = fields.BinaryField()
    cipher = fields.BinaryField(null=True)
    asked_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    wrong = fields.IntField(default=0)
    used_at = fields.DatetimeField(null=True)
    replaced_at = fields.DatetimeField(null=True)

    class Meta:
        table = 'access_code'

    @classmethod
    async def needed(cls, link: PortalLink, device_id: UUID | None) -> bool:
        """Whether the code page stands before this link on this device."""
        if not await cls._asked_for(link):
            return False
        return not await DeviceRight.holds(RightKind.UNLOCKED, link_id=link.id, device_id=device_id)

    @classmethod
    async def target(cls, link: PortalLink, *, ways: Iterable[Channel] = Channel) -> tuple[Channel, str] | None:
        """Where a code goes: the primary contact's phone, else e-mail; None leaves only the telephone call.

        `ways` are those by which this installation can send at all.
        """
        contact = await Contact.filter(customer_id=link.customer_id).order_by('position').first()
        if contact and contact.phone and Channel.SMS in ways:
            return Channel.SMS, contact.phone
        return (Channel.MAIL, contact.email) if contact and contact.email and Channel.MAIL in ways else None

    @classmethod
    async def out(cls, link: PortalLink, device_id: UUID | None) -> CodeOut | None:
        """The code that was sent to this device or read aloud, as long as it can be entered."""
        from models.outbox import Outbox, OutboxState

        code = await cls._current(link.id, device_id)
        if code is None or code.used_at or code.wrong >= TRIES or now() > code.ends_at:
            return None
        if code.channel is Channel.SPOKEN:
            return CodeOut(code.channel, '', OutboxState.SENT, code.ends_at)
        # Where no gateway took it, it went on by e-mail: the last letter knows.
        letter = await Outbox.filter(code_id=code.id).order_by('-id').first()
        if letter is None:
            return None
        return CodeOut(Channel(letter.medium.value), letter.recipient, letter.state, code.ends_at)

    @classmethod
    async def ask(
        cls, link: PortalLink, *, device_id: UUID, secret: CodeSecret, ways: Iterable[Channel] = Channel
    ) -> 'AccessCode':
        """A press on `Send code`: a new code kills the one before.

        Raises Refused: `code_locked`, `code_locked_for_good`, `code_no_target`, `code_too_soon`, `code_hourly`,
        `code_daily`.
        """
        from models.outbox import Outbox

        at = now()
        async with one_change():
            link = await PortalLink.select_for_update().get(id=link.id)
            refuse_locked(link, at)
            target = await cls.target(link, ways=ways)
            if target is None:
                raise Refused('code_no_target')
            await cls._refuse_too_many(link.id, at)
            code = await cls._make(link.id, target[0], secret, device_id=device_id, at=at)
            await Outbox.queue_code(code.id, link=link, sms=target[0] is Channel.SMS, recipient=target[1])
        return code

    @classmethod
    async def read_aloud(cls, link: PortalLink, *, secret: CodeSecret, by: Actor) -> 'AccessCode':
        """A fresh code for staff to say on the telephone: any device may use it, and the reading is on record.

        Raises Refused: `codes_not_asked`, `codes_locked`.
        """
        by.must(MODULE[link.scope], Level.WRITE)
        at = now()
        async with one_change():
            link = await PortalLink.select_for_update().get(id=link.id)
            await cls.refuse_aloud(link, at)
            code = await cls._make(link.id, Channel.SPOKEN, secret, device_id=None, at=at)
            await code.set(cipher=None)
            await Activity.note('code_read_aloud', by=by, at=at, **link.where, public_id=link.public_id)
        return code

    @classmethod
    async def refuse_aloud(cls, link: PortalLink, at: datetime) -> None:
        """Raises Refused where a code that staff read aloud would open nothing: `codes_not_asked`, `codes_locked`."""
        if not await cls._asked_for(link):
            raise Refused('codes_not_asked')
        if _locked(link, at):
            raise Refused('codes_locked')

    @classmethod
    async def enter(cls, link: PortalLink, *, device_id: UUID, digest_of: Callable[[UUID], bytes]) -> None:
        """A code was typed on this device; the right one unlocks it for 12 hours.

        Raises Refused: `code_locked`, `code_locked_for_good`, `code_none`, `code_over`, `code_used`, `code_wrong`,
        `code_spent`. What is written down about wrong tries stays written: it is not undone by the refusal.
        """
        at = now()
        async with one_change():
            link = await PortalLink.select_for_update().get(id=link.id)
            refuse_locked(link, at)
            code = await cls._current(link.id, device_id)
            # The digest is always computed and compared, so that time tells nothing about whether a code exists.
            given = digest_of(code.id if code else link.id)
            refusal = _refusal_of(code, at, right=compare_digest(given, bytes(code.digest) if code else b''))
            if refusal is None and code is not None:
                await code.set(used_at=at)
                await link.set(codes_wrong_in_row=0, codes_wrong=0, codes_locked_until=None)
                await DeviceRight.give(RightKind.UNLOCKED, link_id=link.id, device_id=device_id, at=at)
                return
            if refusal is not None and refusal.reason in {'code_wrong', 'code_spent'} and code is not None:
                await code.set(wrong=code.wrong + 1)
                refusal = await cls._count_wrong(link, at) or refusal
        if refusal is not None:
            raise refusal

    @classmethod
    async def unlock(cls, link: PortalLink, *, by: Actor) -> None:
        """Staff let codes be tried again after a lock."""
        by.must(MODULE[link.scope], Level.WRITE)
        at = now()
        async with one_change():
            await link.set(codes_wrong_in_row=0, codes_wrong=0, codes_locked_until=None)
            await Activity.note('code_unlocked', by=by, at=at, **link.where, public_id=link.public_id)

    @classmethod
    async def _asked_for(cls, link: PortalLink) -> bool:
        """Whether the firm has this customer's links ask for a code."""
        policy = (await Business.the()).code_policy
        if policy is CodePolicy.FLAGGED:
            return (await Customer.get(id=link.customer_id)).wants_code
        return policy is CodePolicy.EVERYONE

    @classmethod
    async def _refuse_too_many(cls, link_id: UUID, at: datetime) -> None:
        asked = await cls.filter(link_id=link_id, asked_at__gt=at - A_DAY).exclude(channel=Channel.SPOKEN)
        moments = [code.asked_at for code in asked]
        if any(at - moment < BETWEEN for moment in moments):
            raise Refused('code_too_soon')
        if sum(at - moment < AN_HOUR for moment in moments) >= PER_HOUR:
            raise Refused('code_hourly')
        if len(moments) >= PER_DAY:
            raise Refused('code_daily')

    @classmethod
    async def _make(
        cls, link_id: UUID, channel: Channel, secret: CodeSecret, *, device_id: UUID | None, at: datetime
    ) -> 'AccessCode':
        await cls.filter(link_id=link_id, used_at=None, replaced_at=None).update(replaced_at=at, cipher=None)
        return await cls.create(
            id=secret.id,
            link_id=link_id,
            device_id=device_id,
            channel=channel,
            digest=secret.digest,
            cipher=secret.cipher,
            asked_at=at,
            ends_at=at + LIFETIME,
        )

    @classmethod
    async def _current(cls, link_id: UUID, device_id: UUID | None) -> 'AccessCode | None':
        """The newest code, if it was asked for on this device or read aloud."""
        code = await cls.filter(link_id=link_id, replaced_at=None).order_by('-asked_at', '-id').first()
        return code if code and code.device_id in (None, device_id) else None

    @classmethod
    async def _count_wrong(cls, link: PortalLink, at: datetime) -> Refused | None:
        from models.notice import Notice

        in_row, in_all = link.codes_wrong_in_row + 1, link.codes_wrong + 1
        await link.set(codes_wrong_in_row=in_row, codes_wrong=in_all)
        if in_all < WRONG_IN_ALL and in_row < WRONG_IN_A_ROW:
            return None
        for_good = in_all >= WRONG_IN_ALL
        await link.set(codes_locked_until=None if for_good else at + LOCKED_FOR, codes_wrong_in_row=0)
        await Activity.note('code_locked', by=SYSTEM, at=at, **link.where, public_id=link.public_id)
        module, place = MODULE[link.scope], link.where
        await Notice.tell('code_locked', module=module, owner_id=link.staff_id, by=SYSTEM, **place, link_id=link.id)
        return Refused('code_locked_for_good' if for_good else 'code_locked')


def refuse_locked(link: PortalLink, at: datetime) -> None:
    """Raises Refused: `code_locked_for_good` (staff must unlock), `code_locked` (an hour)."""
    if link.codes_wrong >= WRONG_IN_ALL:
        raise Refused('code_locked_for_good')
    if _locked(link, at):
        raise Refused('code_locked')


def _locked(link: PortalLink, at: datetime) -> bool:
    return link.codes_wrong >= WRONG_IN_ALL or bool(link.codes_locked_until and at < link.codes_locked_until)


def _refusal_of(code: AccessCode | None, at: datetime, *, right: bool) -> Refused | None:
    if code is None:
        return Refused('code_none')
    if code.used_at:
        return Refused('code_used')
    if at > code.ends_at:
        return Refused('code_over')
    if code.wrong >= TRIES:
        return Refused('code_none')
    if not right:
        return Refused('code_spent' if code.wrong + 1 >= TRIES else 'code_wrong')
    return None
