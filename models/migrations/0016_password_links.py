"""Somebody is invited to the console or forgot the password: an address of one use, and the letter that carries it."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from uuid_utils.compat import uuid7

from models.base import now
from models.migrations._ruling import ruling
from models.password_link import PasswordLinkKind

CHECKS = {'password_link': {'kind_known': "kind in ('Invitation', 'Reset')"}}
REFERENCES = {'outbox': {'password_link_id': 'password_link'}}
LIVE_TABLES = {'password_link': ('staff_id',)}
FURTHER = 'create unique index password_link_by_digest on password_link (digest);'


class Migration(migrations.Migration):
    dependencies = [('models', '0015_sessions_from_where')]

    initial = False

    operations = [
        ops.CreateModel(
            name='PasswordLink',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                (
                    'staff',
                    fields.ForeignKeyField(
                        'models.Staff',
                        source_field='staff_id',
                        db_constraint=True,
                        to_field='id',
                        related_name='password_links',
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    'kind',
                    fields.CharEnumField(
                        description='INVITATION: Invitation\nRESET: Reset', enum_type=PasswordLinkKind, max_length=10
                    ),
                ),
                ('digest', fields.BinaryField()),
                ('cipher', fields.BinaryField(null=True)),
                ('ends_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
                ('used_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
            ],
            options={
                'table': 'password_link',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': '`cipher` is kept until its letter has left; afterwards nobody can read the address again.',
            },
            bases=['Record'],
        ),
        ops.AddField(model_name='Outbox', name='password_link_id', field=fields.UUIDField(null=True)),
        ops.RunSQL(ruling(checks=CHECKS, references=REFERENCES, live=LIVE_TABLES, further=FURTHER)),
    ]
