"""What customers say they paid, with their slips; what bank statements say came in; how PromptPay is asked for."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops
from uuid_utils.compat import uuid7

from models.bank_statement import LineState
from models.base import now
from models.claim import ClaimState
from models.migrations._ruling import ruling
from models.money import ZERO

CHECKS = {
    'claim': {
        'state_known': "state in ('Waiting', 'Recorded', 'Dismissed')",
        'amounts_sound': 'amount > 0 and withheld >= 0',
        'is_about_one_document': '(invoice_id is null) <> (deposit_id is null)',
        'dismissed_with_reason': "state <> 'Dismissed' or reason <> ''",
    },
    'bank_line': {
        'state_known': "state in ('Open', 'Recorded', 'Ignored')",
        'amount_positive': 'amount > 0',
        'recorded_says_as_what': "(state = 'Recorded') = (recorded_as is not null)",
    },
}
REFERENCES = {
    'claim': {'customer_id': 'customer', 'invoice_id': 'invoice', 'deposit_id': 'deposit', 'link_id': 'portal_link'}
}
LIVE_TABLES: dict[str, tuple[str, ...]] = {
    'bank_line': (),
    'bank_statement': (),
    'claim': ('customer_id', 'invoice_id', 'deposit_id'),
}

ONE_CLAIM_A_TRANSFER = """
create unique index claim_transfer on claim (slip_bank, slip_reference)
  where slip_reference <> '' and state <> 'Dismissed';
create index claim_waiting on claim (claimed_at) where state = 'Waiting';
create index bank_line_open on bank_line (booked_on) where state = 'Open';
create trigger keep_rows before delete on claim for each row execute function refuse_change();
create trigger keep_rows before update or delete on slip for each row execute function refuse_change();
create trigger keep_rows before delete on bank_line for each row execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [('models', '0003_quotes_and_papers')]

    initial = False

    operations = [
        ops.AddField(
            model_name='Business',
            name='promptpay_static',
            field=fields.BooleanField(default=False, db_default=False),
        ),
        ops.AddField(
            model_name='Business',
            name='part_payments',
            field=fields.BooleanField(default=True, db_default=True),
        ),
        ops.CreateModel(
            name='BankStatement',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('file_name', fields.CharField(max_length=200)),
                ('head', fields.CharField(db_index=True, max_length=64)),
                ('columns', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('rows', fields.IntField()),
                ('new_rows', fields.IntField()),
                ('read_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                ('read_by', fields.CharField(max_length=200)),
            ],
            options={
                'table': 'bank_statement',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': 'One file that was read; `columns` says how, and is taken again for the next file with the same head.',
            },
            bases=['Record'],
        ),
        ops.CreateModel(
            name='BankLine',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                (
                    'statement',
                    fields.ForeignKeyField(
                        'models.BankStatement',
                        source_field='statement_id',
                        db_constraint=True,
                        to_field='id',
                        related_name='lines',
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ('fingerprint', fields.CharField(unique=True, max_length=64)),
                ('booked_on', fields.DateField(db_index=True)),
                ('at', fields.CharField(default='', max_length=8)),
                ('amount', fields.DecimalField(max_digits=14, decimal_places=2)),
                ('text', fields.TextField(default='', unique=False)),
                (
                    'state',
                    fields.CharEnumField(
                        default=LineState.OPEN,
                        description='OPEN: Open\nRECORDED: Recorded\nIGNORED: Ignored',
                        enum_type=LineState,
                        max_length=8,
                    ),
                ),
                ('recorded_as', fields.UUIDField(null=True, unique=True)),
                ('number', fields.CharField(default='', max_length=40)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('decided_by', fields.CharField(default='', max_length=200)),
            ],
            options={
                'table': 'bank_line',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': 'One row; its id is the key of the payment that is made of it, unless a claim was there before.',
            },
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Claim',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('customer_id', fields.UUIDField(db_index=True)),
                ('invoice_id', fields.UUIDField(null=True, db_index=True)),
                ('deposit_id', fields.UUIDField(null=True, db_index=True)),
                ('link_id', fields.UUIDField(null=True)),
                ('number', fields.CharField(max_length=40)),
                ('amount', fields.DecimalField(max_digits=14, decimal_places=2)),
                ('withheld', fields.DecimalField(default=ZERO, max_digits=14, decimal_places=2)),
                ('claimed_at', fields.DatetimeField(db_index=True, auto_now=False, auto_now_add=False)),
                (
                    'state',
                    fields.CharEnumField(
                        default=ClaimState.WAITING,
                        description='WAITING: Waiting\nRECORDED: Recorded\nDISMISSED: Dismissed',
                        enum_type=ClaimState,
                        max_length=9,
                    ),
                ),
                ('has_slip', fields.BooleanField(default=False)),
                ('slip_bank', fields.CharField(default='', max_length=20)),
                ('slip_reference', fields.CharField(default='', max_length=60)),
                ('decided_at', fields.DatetimeField(null=True, auto_now=False, auto_now_add=False)),
                ('decided_by', fields.CharField(default='', max_length=200)),
                ('reason', fields.TextField(default='', unique=False)),
            ],
            options={
                'table': 'claim',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': 'It moves no balance. Its id is the key under which the payment is recorded, so that it is recorded once.',
            },
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Slip',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                (
                    'claim',
                    fields.OneToOneField(
                        'models.Claim',
                        source_field='claim_id',
                        db_constraint=True,
                        to_field='id',
                        related_name='slip',
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ('picture', fields.BinaryField()),
            ],
            options={
                'table': 'slip',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': 'The picture of a claim, apart from it: it is read only by whoever looks at it.',
            },
            bases=['Record'],
        ),
        ops.RunSQL(ruling(checks=CHECKS, references=REFERENCES, live=LIVE_TABLES, further=ONE_CLAIM_A_TRANSFER)),
    ]
