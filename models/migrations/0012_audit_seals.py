"""Lines of activity are counted as they are written, and sealed."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from uuid_utils.compat import uuid7

from models.base import now
from models.migrations._ruling import ruling

CHECKS = {'audit_seal': {'number_positive': 'number > 0'}}

# Whoever seals may not lock the table by right: the function may, as its owner, and only so.
PLACES = """
alter table activity add column place bigint generated always as identity;
create unique index activity_by_place on activity (place);
create function settled_activity() returns bigint
  language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  lock table public.activity in share mode nowait;
  return (select coalesce(max(place), 0) from public.activity);
exception when lock_not_available then
  return null;  -- somebody is writing
end $$;
create trigger keep_rows before update or delete on audit_seal for each row execute function refuse_change();
create trigger keep_table before truncate on audit_seal for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [('models', '0011_credit_returns')]

    initial = False

    operations = [
        ops.CreateModel(
            name='AuditSeal',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('number', fields.IntField(unique=True)),
                ('rows', fields.IntField()),
                ('first_id', fields.UUIDField()),
                ('first_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_id', fields.UUIDField()),
                ('last_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('last_place', fields.BigIntField()),
                ('sha256', fields.BinaryField()),
            ],
            options={
                'table': 'audit_seal',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': 'Append-only. It covers the lines of activity behind the seal before it, up to `last_place`.',
            },
            bases=['Record'],
        ),
        ops.RunSQL(ruling(checks=CHECKS, further=PLACES)),
    ]
