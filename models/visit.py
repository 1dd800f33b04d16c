"""Who looked at a link: views by people, apart from previews by robots and looks by staff, and who looks right now."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import ip_address, ip_network
from uuid import UUID

from tortoise import fields
from tortoise.expressions import F
from tortoise.models import Model

from models.activity import Activity
from models.actor import Actor
from models.base import Record, now, one_change
from models.portal_link import PortalLink
from models.program import Program

ONE_VIEW = timedelta(minutes=30)  # the same device within this is the same view


class VisitKind(StrEnum):
    VIEW = 'View'
    PREVIEW = 'Preview'
    STAFF = 'Staff'


class PortalVisit(Record):
    """Append-only. Addresses and agents lie in `VisitOrigin`, which retention may cut."""

    link_id = fields.UUIDField(db_index=True)
    device_id = fields.UUIDField(null=True, db_index=True)
    kind = fields.CharEnumField(VisitKind, max_length=8)
    at = fields.DatetimeField()

    class Meta:
        table = 'portal_visit'

    @classmethod
    async def view(cls, link: PortalLink, *, device_id: UUID, ip: str, user_agent: str) -> bool:
        """A person saw the page for a second. Returns whether it counts as a view of its own."""
        at = now()
        async with one_change():
            await PortalLink.select_for_update().get(id=link.id)
            last = await cls.filter(link_id=link.id, device_id=device_id, kind=VisitKind.VIEW).order_by('-at').first()
            counts = last is None or at - last.at >= ONE_VIEW
            touched: dict[str, object] = {'last_viewed_at': at, 'last_viewed_ip': ip}
            if counts:
                touched['views'] = F('views') + 1
                await cls._note(VisitKind.VIEW, link, device_id=device_id, ip=ip, user_agent=user_agent, at=at)
                await Activity.note(
                    'link_viewed',
                    by=Actor('customer', '', link_id=link.id),
                    at=at,
                    customer_id=link.customer_id,
                    quote_id=link.quote_id,
                    invoice_id=link.invoice_id,
                    public_id=link.public_id,
                )
            # In one statement: a row that is written twice in a change has its references looked up again, and who
            # answers the quote at this moment holds it and waits for its links.
            first = {'first_viewed_at': at, 'first_viewed_ip': ip}
            if not await PortalLink.filter(id=link.id, first_viewed_at=None).update(**first, **touched):
                await PortalLink.filter(id=link.id).update(**touched)
        return counts

    @classmethod
    async def look(cls, kind: VisitKind, link: PortalLink, *, ip: str, user_agent: str, name: str = '') -> None:
        """A robot's preview or a look by staff: kept apart, never counted."""
        at = now()
        async with one_change():
            await cls._note(kind, link, device_id=None, ip=ip, user_agent=user_agent, at=at)
            if kind is VisitKind.PREVIEW and name:
                await PortalLink.filter(id=link.id).update(previewed_by=name[:40])

    @classmethod
    async def devices_of(cls, link_id: UUID) -> int:
        """From how many devices people looked."""
        seen = await cls.filter(link_id=link_id, kind=VisitKind.VIEW).distinct().values_list('device_id', flat=True)
        return len(seen)

    @classmethod
    async def _note(
        cls, kind: VisitKind, link: PortalLink, *, device_id: UUID | None, ip: str, user_agent: str, at: datetime
    ) -> None:
        visit = await cls.create(link_id=link.id, device_id=device_id, kind=kind, at=at)
        await VisitOrigin.create(visit_id=visit.id, ip=ip[:45], user_agent=user_agent[:400], at=at)


class VisitOrigin(Model):
    """From where: personal, so it can be cut while the visit stays."""

    visit_id = fields.UUIDField(primary_key=True)
    ip = fields.CharField(max_length=45, default='')
    user_agent = fields.CharField(max_length=400, default='')
    at = fields.DatetimeField(db_index=True)

    class Meta:
        table = 'visit_origin'

    @classmethod
    async def cut_before(cls, day: datetime) -> int:
        """Cut addresses older than `day` to their network (/24, /48) and forget their agents. Returns how many."""
        old = await cls.filter(at__lt=day).exclude(ip__contains='/').exclude(ip='')
        for origin in old:
            await cls.filter(visit_id=origin.visit_id).update(ip=network_of(origin.ip), user_agent='')
        for moment, name in (('first_viewed_at', 'first_viewed_ip'), ('last_viewed_at', 'last_viewed_ip')):
            for link in await PortalLink.filter(**{f'{moment}__lt': day}).exclude(**{f'{name}__contains': '/'}):
                await PortalLink.filter(id=link.id).update(**{name: network_of(getattr(link, name))})
        return len(old)


class Presence(Record):
    """A phone that has the page open now. Written when it connects, erased when it leaves."""

    link_id = fields.UUIDField(db_index=True)
    customer_id = fields.UUIDField(db_index=True)
    quote_id = fields.UUIDField(null=True)
    invoice_id = fields.UUIDField(null=True)
    device_id = fields.UUIDField(null=True)
    program_id = fields.UUIDField(db_index=True)

    class Meta:
        table = 'presence'

    @classmethod
    async def begin(cls, link: PortalLink, *, device_id: UUID | None, program_id: UUID) -> 'Presence':
        return await cls.create(
            link_id=link.id,
            customer_id=link.customer_id,
            quote_id=link.quote_id,
            invoice_id=link.invoice_id,
            device_id=device_id,
            program_id=program_id,
        )

    async def leave(self) -> None:
        await Presence.filter(id=self.id).delete()

    @classmethod
    async def of_program(cls, program_id: UUID) -> None:
        """A program that starts or stops shows nobody."""
        await cls.filter(program_id=program_id).delete()

    @classmethod
    async def of_customers(cls, customer_ids: Collection[UUID]) -> dict[UUID, int]:
        """How many phones look at this moment, by whose links they look."""
        alive = await Program.living(now())
        here = await cls.filter(program_id__in=alive, customer_id__in=list(customer_ids)).only('id', 'customer_id')
        return Counter(presence.customer_id for presence in here)

    @classmethod
    async def now_on(cls, **scope: UUID) -> int:
        """How many phones look at this moment, through programs that are alive."""
        alive = await Program.living(now())
        return await cls.filter(program_id__in=alive, **scope).count() if alive else 0


def network_of(ip: str) -> str:
    """The address without what names a person: /24 of IPv4, /48 of IPv6."""
    try:
        known = ip_address(ip)
    except ValueError:
        return ip if '/' in ip else ''
    return str(ip_network((known, 48 if known.version == 6 else 24), strict=False))
