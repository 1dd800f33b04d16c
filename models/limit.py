"""How often something may be tried: counted in the database, so that all programs of an installation count together."""

import ipaddress
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from tortoise import connections, fields
from tortoise.expressions import F
from tortoise.models import Model

from models.base import now, one_change

COUNT = """
insert into limit_count (key, tries, ends_at) values ($1, 1, $2)
on conflict (key) do update set
  tries = case when limit_count.ends_at <= $3 then 1 else limit_count.tries + 1 end,
  ends_at = case when limit_count.ends_at <= $3 then $2 else limit_count.ends_at end
returning tries
"""


class LimitCount(Model):
    key = fields.CharField(max_length=120, primary_key=True)
    tries = fields.IntField()
    ends_at = fields.DatetimeField(db_index=True)

    class Meta:
        table = 'limit_count'

    @classmethod
    async def count(cls, key: str, within: timedelta) -> int:
        """One more try under `key`; returns how many there were since its window began."""
        at = now()
        rows = await connections.get('default').execute_query_dict(COUNT, [key, at + within, at])
        return int(rows[0]['tries'])

    @classmethod
    async def turn(
        cls, keys: Iterable[str], spacing: Callable[[int], timedelta], *, forgiven_after: timedelta
    ) -> timedelta:
        """One more try under all of these keys, unless it comes too soon: then nothing counts, and it says how soon.

        `spacing` is what must lie between so many tries and the next. Those who try at once come one after the other.
        """
        at, names = now(), sorted(set(keys))
        async with one_change():
            await cls.bulk_create([cls(key=name, tries=0, ends_at=at) for name in names], ignore_conflicts=True)
            known = await cls.filter(key__in=names).select_for_update().order_by('key')
            lasting = [row for row in known if row.ends_at > at]
            left = [row.ends_at - forgiven_after + spacing(row.tries) - at for row in lasting]
            wait = max(left, default=timedelta(0))
            if wait > timedelta(0):
                return wait
            for row in known:
                tries = row.tries + 1 if row in lasting else 1
                await cls.filter(key=row.key).update(tries=tries, ends_at=at + forgiven_after)
        return timedelta(0)

    @classmethod
    async def so_far(cls, key: str) -> int:
        """How many tries there were, without counting this look."""
        counted = await cls.get_or_none(key=key)
        return counted.tries if counted and counted.ends_at > now() else 0

    @classmethod
    async def take_back(cls, key: str) -> None:
        """One try less: it was none."""
        await cls.filter(key=key, tries__gt=0).update(tries=F('tries') - 1)

    @classmethod
    async def forget(cls, key: str) -> None:
        await cls.filter(key=key).delete()

    @classmethod
    async def sweep(cls, before: datetime) -> None:
        """Windows long over are of no use to anybody."""
        await cls.filter(ends_at__lt=before).delete()


def network(ip: str) -> str:
    """What counts as one address: of IPv6 the /64, which one subscriber has whole."""
    try:
        known = ipaddress.ip_address(ip)
    except ValueError:
        return ip[:45]
    return str(ipaddress.ip_network((known, 64), strict=False)) if known.version == 6 else str(known)
