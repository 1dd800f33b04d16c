"""How long the register of links takes with thousands of links: asked of the database and drawn, as for one change.

python3 dev.py bench register
"""

from __future__ import annotations

import asyncio
import time
from itertools import product
from uuid import uuid4

from tortoise import connections

from app.database import connect, disconnect
from app.words import words
from models import Device, Module, Scope, now
from models.register import Register, Shelf
from pages.console.register_sheet import register, shelves
from pages.parts.listed import AT_ONCE
from tests.bench._house import percentile, table
from tests.cluster import Cluster, Databases, Loop
from tests.world import a_link, bo, nimman

LINKS, TIMES = 5000, 20
ALLOWED = 150.0  # ms
FURNISH = f"""
with one as (select * from customer limit 1), people as (
  insert into customer select (jsonb_populate_record(null::customer, to_jsonb(one) || jsonb_build_object(
    'id', gen_random_uuid(), 'name', 'Customer ' || n, 'search', 'customer ' || n))).*
  from one, generate_series(1, {LINKS // 5}) n returning id),
numbered as (select id, row_number() over () n from people)
insert into portal_link select (jsonb_populate_record(null::portal_link, to_jsonb(l) || jsonb_build_object(
  'id', gen_random_uuid(), 'customer_id', p.id, 'public_id', 'L' || p.n || '-' || k, 'note', 'Office ' || k,
  'digest', '\\x' || encode(sha256((p.n || '-' || k)::bytea), 'hex'), 'created_at', now() - n * interval '1 minute',
  'expires_at', now() + (p.n % 60 - 20) * interval '1 day', 'revoked_at', case when p.n % 9 = 0 then now() end,
  'cipher', null, 'views', k, 'first_viewed_at', case when k > 2 then now() end,
  'last_viewed_at', case when k > 2 then now() end))).*
from portal_link l, numbered p, generate_series(1, 5) k
"""
VISITS = """
insert into portal_visit (id, version, created_at, link_id, device_id, kind, at)
select gen_random_uuid(), 1, now(), l.id, d.id, 'View', now() from portal_link l, device d
"""
HERE = """
insert into presence (id, version, created_at, link_id, customer_id, program_id)
select gen_random_uuid(), 1, now(), l.id, l.customer_id, $1 from portal_link l where revoked_at is null limit 200
"""


async def furnish() -> None:
    await a_link(await nimman(by=await bo()))
    database = connections.get('default')
    await database.execute_query(FURNISH)
    for name in range(6):
        await Device.known(bytes([name]) * 32)
    await database.execute_query(VISITS)
    program = uuid4()
    await database.execute_query('insert into program (id, alive_at) values ($1, now())', [program])
    await database.execute_query(HERE, [program])
    await database.execute_query('analyze')


async def look(text: str, shelf: Shelf) -> tuple[float, float]:
    """Milliseconds until the database has told, and until the rows are drawn."""
    w = words('en')
    begun = time.perf_counter()
    known = await Register.of(list(Scope), text=text, shelf=shelf, most=AT_ONCE)
    told = time.perf_counter()
    str(register(w, known.links, (), list(Module), now()))
    str(shelves(w, known.counts, shelf))
    return (told - begun) * 1000, (time.perf_counter() - told) * 1000


async def measure(url: str) -> int:
    await connect(url)
    await furnish()
    rows = [(f'register of {LINKS} links, ms', 'told p50 + drawn p50 / whole p95', 'asked')]
    slowest = 0.0
    for text, shelf in product(('', 'customer 7 office'), Shelf):
        looks = [await look(text, shelf) for _ in range(TIMES)]
        told, drawn = (percentile([one[part] for one in looks], 50) for part in (0, 1))
        whole = percentile([sum(one) for one in looks], 95)
        slowest = max(slowest, told + drawn)
        name = f'{shelf.value}{f", sought “{text}”" if text else ""}'
        rows.append((name, f'{told:.0f} + {drawn:.0f} / {whole:.0f}', f'p50 ≤ {ALLOWED:.0f}'))
    await disconnect()
    table(rows)
    return 0 if slowest <= ALLOWED else 1


def main() -> int:
    cluster = Cluster()
    try:
        cluster.start()
        return asyncio.run(measure(Databases(cluster, Loop()).take()))
    finally:
        cluster.remove()


if __name__ == '__main__':
    raise SystemExit(main())
