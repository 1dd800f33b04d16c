"""A one-use address under which somebody chooses a password: an invitation to the console, or a reset."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from tortoise import fields
from tortoise.exceptions import IntegrityError

from models.activity import Activity
from models.actor import SYSTEM, Actor, Level, Module, Role
from models.base import Record, Refused, now, one_change
from models.portal_link import LinkSecret
from models.staff import Staff, checked_person


class PasswordLinkKind(StrEnum):
    INVITATION = 'Invitation'
    RESET = 'Reset'


LASTS = {PasswordLinkKind.INVITATION: timedelta(days=7), PasswordLinkKind.RESET: timedelta(minutes=30)}
SAME_PRESS = timedelta(minutes=1)


class PasswordLink(Record):
    """`cipher` is kept until its letter has left; afterwards nobody can read the address again."""

    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        'models.Staff', related_name='password_links', on_delete=fields.RESTRICT
    )
    staff_id: UUID
    kind = fields.CharEnumField(PasswordLinkKind, max_length=10)
    digest = fields.BinaryField()
    cipher = fields.BinaryField(null=True)
    ends_at = fields.DatetimeField()
    used_at = fields.DatetimeField(null=True)

    class Meta:
        table = 'password_link'

    @classmethod
    async def invite(
        cls, *, name: str, email: str, role: Role, secret: LinkSecret, by: Actor, language: str = 'th'
    ) -> 'PasswordLink':
        """Somebody new, or somebody who left and comes back; the letter is on its way. It lasts 7 days.

        Raises Refused: `name_missing`, `email_malformed`, `email_taken`.
        """
        by.must(Module.SETTINGS, Level.MANAGE)
        name, email = checked_person(name, email)
        at = now()
        try:
            async with one_change():
                staff = await Staff.select_for_update().get_or_none(email=email)
                if staff is None:
                    staff = await Staff.create(name=name, email=email, role=role, password_hash='', language=language)
                elif staff.left_at is None:
                    raise Refused('email_taken')
                else:
                    await staff.come_back(name=name, role=role, language=language)
                await Activity.note('staff_invited', by=by, at=at, name=name, role=role)
                return await cls._send(staff, PasswordLinkKind.INVITATION, secret, at, by)
        except IntegrityError as error:  # another owner was faster by a moment
            raise Refused('email_taken') from error

    @classmethod
    async def invite_again(cls, staff: Staff, *, secret: LinkSecret, by: Actor) -> 'PasswordLink':
        """A new letter; the address of the one before opens nothing. Raises Refused('invitation_over')."""
        by.must(Module.SETTINGS, Level.MANAGE)
        at = now()
        async with one_change():
            staff = await Staff.select_for_update().get(id=staff.id)
            if staff.joined or staff.left_at:
                raise Refused('invitation_over')
            await Activity.note('staff_invited', by=by, at=at, name=staff.name, role=staff.role)
            return await cls._send(staff, PasswordLinkKind.INVITATION, secret, at, by)

    @classmethod
    async def ask(cls, email: str, *, secret: LinkSecret) -> 'PasswordLink | None':
        """`Forgot password?`: a letter to whoever has this address; None, and nothing done, where nobody has.

        It lasts 30 minutes. Who was invited and has not come yet gets another letter, and no longer time.
        """
        at = now()
        async with one_change():
            staff = await Staff.select_for_update().get_or_none(email=email.strip().casefold(), left_at=None)
            if staff is None:
                return None
            if staff.joined:
                await Activity.note('staff_reset_asked', by=SYSTEM, at=at, name=staff.name)
                return await cls._send(staff, PasswordLinkKind.RESET, secret, at, SYSTEM)
            invited = await cls.filter(staff_id=staff.id, used_at=None, ends_at__gt=at).first()
            if invited is None:  # only an owner invites anew
                return None
            await Activity.note('staff_reset_asked', by=SYSTEM, at=at, name=staff.name)
            link = await cls._send(staff, PasswordLinkKind.INVITATION, secret, at, SYSTEM)
            await link.set(ends_at=invited.ends_at)
            return link

    @classmethod
    async def hand_out(cls, staff: Staff, *, secret: LinkSecret, by: Actor) -> 'PasswordLink':
        """For who cannot be reached by e-mail: an address to be given in person, for 30 minutes.

        Raises Refused('invitation_over') where somebody has left.
        """
        by.must(Module.SETTINGS, Level.MANAGE)
        at = now()
        async with one_change():
            staff = await Staff.select_for_update().get(id=staff.id)
            if staff.left_at:
                raise Refused('invitation_over')
            await Activity.note('staff_reset_handed_out', by=by, at=at, name=staff.name)
            return await cls._make(staff, PasswordLinkKind.RESET, secret, at)

    @classmethod
    async def find(cls, digest: bytes) -> 'PasswordLink | None':
        """The one that still opens, with its person, or None."""
        link = await cls.filter(digest=digest, used_at=None, ends_at__gt=now()).select_related('staff').first()
        return link if link and link.staff.left_at is None else None

    @classmethod
    async def just_used(cls, digest: bytes) -> 'Staff | None':
        """Whose password was chosen under this address by a press that may have come twice."""
        link = await cls.filter(digest=digest, used_at__gt=now() - SAME_PRESS).select_related('staff').first()
        return link.staff if link and link.staff.joined and link.staff.left_at is None else None

    async def choose(self, password_hash: str) -> Staff:
        """The password is chosen, once; every session of this person ends, for somebody else may be in one.

        Raises Refused('password_link_over').
        """
        from models.outbox import Outbox

        at = now()
        async with one_change():
            staff = await Staff.select_for_update().get(id=self.staff_id)
            known = await PasswordLink.filter(id=self.id, used_at=None, ends_at__gt=at).exists()
            if not known or staff.left_at:
                raise Refused('password_link_over')
            came = not staff.joined
            await staff.take_password(password_hash, at)
            await PasswordLink.end_all(staff.id, at)
            if not came:
                await Outbox.queue_password_changed(staff)
            what = 'staff_joined' if came else 'staff_password_reset'
            await Activity.note(what, by=staff.actor, at=at, name=staff.name)
        return staff

    @classmethod
    async def end_all(cls, staff_id: UUID, at: datetime) -> None:
        """None that this person holds opens anything any more, and letters with one need not leave."""
        from models.outbox import Outbox

        open_ = cls.filter(staff_id=staff_id, used_at=None)
        await Outbox.drop_password_links([link.id for link in await open_])
        await open_.update(used_at=at, cipher=None)

    @classmethod
    async def _send(
        cls, staff: Staff, kind: PasswordLinkKind, secret: LinkSecret, at: datetime, by: Actor
    ) -> 'PasswordLink':
        from models.outbox import Outbox

        link = await cls._make(staff, kind, secret, at)
        await Outbox.queue_password_link(link.id, staff=staff, template=kind.value.lower(), owner_id=by.staff_id)
        return link

    @classmethod
    async def _make(cls, staff: Staff, kind: PasswordLinkKind, secret: LinkSecret, at: datetime) -> 'PasswordLink':
        """In place of those before: of several letters the last one counts."""
        await cls.end_all(staff.id, at)
        return await cls.create(
            staff_id=staff.id,
            kind=kind,
            digest=secret.digest,
            cipher=secret.cipher,
            ends_at=at + LASTS[kind],
        )
