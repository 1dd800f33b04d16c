"""The keys with which papers are sealed, and papers found by their fingerprint."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from uuid_utils.compat import uuid7

from models.base import now
from models.migrations._ruling import ruling

CHECKS = {'seal': {'number_positive': 'number > 0'}}

SEALS_STAY = """
create trigger keep_rows before update or delete on seal for each row execute function refuse_change();
create trigger keep_table before truncate on seal for each statement execute function refuse_change();
create index document_by_sha256 on document (sha256);
"""


class Migration(migrations.Migration):
    dependencies = [('models', '0003_quotes_and_papers')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Seal',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('number', fields.IntField(unique=True)),
                ('certificate', fields.BinaryField()),
                ('cipher', fields.BinaryField(null=True)),
            ],
            options={
                'table': 'seal',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': 'Numbered from 1; the last one made here seals, unless the firm brings a key of its own (no `cipher` then).',
            },
            bases=['Record'],
        ),
        ops.RunSQL(ruling(checks=CHECKS, further=SEALS_STAY)),
    ]
