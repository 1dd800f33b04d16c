"""People at the counter, and the sessions in which they are signed in."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from tortoise import fields
from tortoise.expressions import Q

from models.activity import Activity
from models.actor import Actor, Level, Module, Role
from models.base import Record, Refused, now, one_change

SESSION_LIFETIME = timedelta(days=30)
IDLE_LIMIT = timedelta(hours=12)  # for roles that can change settings and people
IDLE_LIMITED = (Role.ADMIN, Role.OWNER)
SEEN_EVERY = timedelta(minutes=5)  # how exactly the last use of a session is kept: not a write per click


class Staff(Record):
    name = fields.CharField(max_length=200)
    email = fields.CharField(max_length=200, unique=True)
    role = fields.CharEnumField(Role, max_length=12)
    password_hash = fields.CharField(max_length=200)
    language = fields.CharField(max_length=2, default='th')
    left_at = fields.DatetimeField(null=True)
    quiet_notices: list[str] = fields.JSONField(default=list)
    totp_cipher = fields.BinaryField(null=True)
    totp_step = fields.BigIntField(default=0)
    recovery_digests: list[str] = fields.JSONField(default=list)

    class Meta:
        table = 'staff'

    @classmethod
    async def enrol(
        cls, *, name: str, email: str, role: Role, password_hash: str, by: Actor, language: str = 'th'
    ) -> 'Staff':
        """Raises Refused: `name_missing`, `email_malformed`, `email_taken`."""
        by.must(Module.SETTINGS, Level.MANAGE)
        name, email = checked_person(name, email)
        at = now()
        async with one_change():
            if await cls.exists(email=email):
                raise Refused('email_taken')
            staff = await cls.create(name=name, email=email, role=role, password_hash=password_hash, language=language)
            await Activity.note('staff_enrolled', by=by, at=at, name=name, role=role)
        return staff

    @classmethod
    async def enrol_owner(cls, *, name: str, email: str, password_hash: str, language: str = 'th') -> 'Staff':
        """The first person of an installation. Raises Refused('owner_exists') once there is one."""
        from models.actor import SYSTEM

        async with one_change():
            if await cls.exists(role=Role.OWNER, left_at=None):
                raise Refused('owner_exists')
            return await cls.enrol(
                name=name, email=email, role=Role.OWNER, password_hash=password_hash, by=SYSTEM, language=language
            )

    async def choose_language(self, language: str) -> None:
        await self.set(language=language)

    async def quiet(self, kinds: Collection[str], *, by: Actor) -> None:
        """Of which kinds of notices no e-mail shall come; the bell rings all the same. Everybody for themselves."""
        from models.notice import KINDS

        self._must_be(by)
        await self.set(quiet_notices=[kind for kind in KINDS if kind in kinds])

    async def change_password(self, password_hash: str, *, keep: UUID | None, by: Actor) -> None:
        """A new password for oneself; every session but `keep` ends, for whoever knew the old one may be in one."""
        from models.outbox import Outbox
        from models.password_link import PasswordLink

        self._must_be(by)
        at = now()
        async with one_change():
            await self.set(password_hash=password_hash)
            await self._end_sessions(keep, at)
            await PasswordLink.end_all(self.id, at)
            await Outbox.queue_password_changed(self)
            await Activity.note('staff_password_changed', by=by, at=at)

    async def begin_codes(self, cipher: bytes, *, step: int, recovery_digests: Collection[str], by: Actor) -> None:
        """From now on signing in asks for a code of this secret; `step` is that of the first code."""
        self._must_be(by)
        at = now()
        async with one_change():
            await self.set(totp_cipher=cipher, totp_step=step, recovery_digests=list(recovery_digests))
            await Activity.note('staff_codes_began', by=by, at=at)

    async def end_codes(self, *, by: Actor) -> None:
        """Signing in asks for the password only."""
        self._must_be(by)
        at = now()
        async with one_change():
            await self.set(totp_cipher=None, totp_step=0, recovery_digests=[])
            await Activity.note('staff_codes_ended', by=by, at=at)

    async def spend_code(self, step: int) -> None:
        """A code counts once, and none after it that is older. Raises Refused('second_code_used')."""
        if not await Staff.filter(id=self.id, totp_step__lt=step).update(totp_step=step):
            raise Refused('second_code_used')
        self.totp_step = step

    async def spend_recovery_code(self, digest: str) -> None:
        """A recovery code counts once. Raises Refused('second_code_wrong')."""
        at = now()
        async with one_change():
            staff = await Staff.select_for_update().get(id=self.id)
            if digest not in staff.recovery_digests:
                raise Refused('second_code_wrong')
            left = [known for known in staff.recovery_digests if known != digest]
            await self.set(recovery_digests=left)
            await Activity.note('staff_recovery_code_used', by=self.actor, at=at, left=len(left))

    async def lift_codes(self, *, by: Actor) -> None:
        """Somebody lost the phone and the recovery codes: signing in asks for the password only, until they begin anew.

        Raises Refused('second_factor_off').
        """
        by.must(Module.SETTINGS, Level.MANAGE)
        at = now()
        async with one_change():
            known = Staff.filter(id=self.id).exclude(totp_cipher=None)
            if not await known.update(totp_cipher=None, totp_step=0, recovery_digests=[]):
                raise Refused('second_factor_off')
            await Activity.note('staff_codes_lifted', by=by, at=at, name=self.name)

    async def change_role(self, role: Role, *, by: Actor) -> None:
        """What this person may do from now on, in their open pages too. Raises Refused('last_owner')."""
        by.must(Module.SETTINGS, Level.MANAGE)
        at = now()
        async with one_change():
            if role is not Role.OWNER:
                await self._owner_stays()
            if await Staff.filter(id=self.id, left_at=None).exclude(role=role).update(role=role):
                await Activity.note('staff_role_changed', by=by, at=at, name=self.name, role=role)

    async def leave(self, *, by: Actor) -> None:
        """This person no longer works here: every session ends. Raises Refused('last_owner')."""
        from models.password_link import PasswordLink

        by.must(Module.SETTINGS, Level.MANAGE)
        at = now()
        async with one_change():
            await self._owner_stays()
            await self.set(left_at=at)
            await self._end_sessions(None, at)
            await PasswordLink.end_all(self.id, at)
            await Activity.note('staff_left', by=by, at=at, name=self.name)

    async def come_back(self, *, name: str, role: Role, language: str) -> None:
        """Invited anew after having left: nothing of how they signed in before holds."""
        await self.set(
            name=name, role=role, language=language, left_at=None, password_hash='', totp_cipher=None, totp_step=0,
            recovery_digests=[],
        )  # fmt: skip

    async def take_password(self, password_hash: str, at: datetime) -> None:
        """Chosen under an address that only this person was given."""
        await self.set(password_hash=password_hash)
        await self._end_sessions(None, at)

    @property
    def joined(self) -> bool:
        """Whether an invitation was followed: until then there is no password."""
        return bool(self.password_hash)

    @property
    def actor(self) -> Actor:
        return Actor('staff', self.name, role=self.role, staff_id=self.id)

    async def _owner_stays(self) -> None:
        """Without an owner nobody could ever invite one. Two owners who remove each other come one after the other."""
        owners = await Staff.filter(role=Role.OWNER, left_at=None).order_by('id').select_for_update()
        others = [owner for owner in owners if owner.id != self.id and owner.joined]
        if not others and self.id in {owner.id for owner in owners}:
            raise Refused('last_owner')

    def _must_be(self, by: Actor) -> None:
        if by.staff_id != self.id:
            raise Refused('not_allowed')

    async def _end_sessions(self, keep: UUID | None, at: datetime) -> None:
        sessions = StaffSession.filter(staff_id=self.id, ended_at=None)
        await (sessions.exclude(id=keep) if keep else sessions).update(ended_at=at)


def checked_person(name: str, email: str) -> tuple[str, str]:
    """As they are kept. Raises Refused: `name_missing`, `email_malformed`."""
    name, email = name.strip(), email.strip().casefold()
    if not name:
        raise Refused('name_missing')
    if '@' not in email:
        raise Refused('email_malformed')
    return name, email


class StaffSession(Record):
    """One sign-in on one browser, known by the hash of the secret in its cookie."""

    staff: fields.ForeignKeyRelation[Staff] = fields.ForeignKeyField(
        'models.Staff', related_name='sessions', on_delete=fields.RESTRICT
    )
    staff_id: UUID
    digest = fields.BinaryField(unique=False)
    seen_at = fields.DatetimeField()
    ends_at = fields.DatetimeField()
    ended_at = fields.DatetimeField(null=True)
    user_agent = fields.CharField(max_length=400, default='')
    ip = fields.CharField(max_length=45, default='', db_default='')

    class Meta:
        table = 'staff_session'

    @classmethod
    async def open(cls, staff: Staff, *, digest: bytes, user_agent: str = '', ip: str = '') -> 'StaffSession':
        """Sign in: a new session each time, so that a session id planted before is worth nothing."""
        at = now()
        if staff.left_at:
            raise Refused('sign_in_refused')
        async with one_change():
            session = await cls.create(
                staff_id=staff.id,
                digest=digest,
                seen_at=at,
                ends_at=at + SESSION_LIFETIME,
                user_agent=user_agent[:400],
                ip=ip[:45],
            )
            await Activity.note('staff_signed_in', by=staff.actor, at=at)
        return session

    @classmethod
    async def find(cls, digest: bytes) -> 'StaffSession | None':
        """The live session of this secret with its person, or None; notes now and then that it is in use."""
        at = now()
        session = await cls.filter(digest=digest, ended_at=None, ends_at__gt=at).select_related('staff').first()
        if session is None or session.until(session.staff.role) <= at or session.staff.left_at is not None:
            return None
        if at - session.seen_at > SEEN_EVERY:
            await session.set(seen_at=at)
        return session

    def until(self, role: Role) -> datetime:
        """When it is over by itself: at its end, for some roles sooner where nobody has used it."""
        return min(self.ends_at, self.seen_at + IDLE_LIMIT) if role in IDLE_LIMITED else self.ends_at

    @classmethod
    async def forget_agents(cls, before: datetime) -> int:
        """Of sessions that nobody has used since: on which browser they were, and from where."""
        known = cls.filter(~Q(user_agent='') | ~Q(ip=''), seen_at__lt=before)
        return await known.update(user_agent='', ip='')

    async def end(self) -> None:
        await self.set(ended_at=now())

    async def end_others(self) -> None:
        """Everywhere but here."""
        await StaffSession.filter(staff_id=self.staff_id, ended_at=None).exclude(id=self.id).update(ended_at=now())
