"""Credit notes, credit that was paid back, withholding certificates, and what long lists are found by."""

from typing import Any

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops
from uuid_utils.compat import uuid7

from models.base import now
from models.migrations._ruling import ruling
from models.money import ZERO
from models.payment import Method

METHODS = '\n'.join(f'{method.name}: {method.value}' for method in Method)

CHECKS = {
    'credit_note': {
        'amounts_sound': 'difference > 0 and least(original_value, right_value, vat, lowered, credit) >= 0',
        'adds_up': 'right_value = original_value - difference and amount = difference + vat',
        'goes_somewhere': 'lowered + credit = case when voids then 0 else amount end',
    },
    'credit_return': {'amount_positive': 'amount > 0'},
    'invoice': {
        'settled_within_total': 'received + withheld + credited <= total',
        'credit_not_negative': 'least(credited, prepaid) >= 0',
    },
    'receipt': {'credit_within_amount': 'credit >= 0 and credit <= amount'},
}
REFERENCES = {
    'credit_note': {'customer_id': 'customer'},
    'credit_return': {'customer_id': 'customer'},
    'withholding_certificate': {'customer_id': 'customer', 'payment_id': 'payment'},
}
LIVE_TABLES: dict[str, tuple[str, ...]] = {
    'credit_note': ('customer_id', 'invoice_id'),
    'credit_return': ('customer_id',),
    'withholding_certificate': ('customer_id',),
}

FURTHER = """
create function notes_match_invoice() returns trigger language plpgsql as $$
declare invoice_wanted uuid;
begin
  if tg_table_name = 'credit_note' then invoice_wanted := new.invoice_id; else invoice_wanted := new.id; end if;
  if exists (
    select 1 from invoice i left join credit_note n on n.invoice_id = i.id
    where i.id = invoice_wanted group by i.id having i.credited <> coalesce(sum(n.lowered), 0)
  ) then
    raise exception 'credit notes do not match what their invoice says was credited'
      using errcode = 'check_violation', constraint = 'notes_match_invoice';
  end if;
  return null;
end $$;
create constraint trigger notes_match_invoice after insert or update on credit_note
  deferrable initially deferred for each row execute function notes_match_invoice();
create constraint trigger notes_match_invoice after update of credited on invoice
  deferrable initially deferred for each row execute function notes_match_invoice();
create trigger keep_rows before update or delete on credit_note for each row execute function refuse_change();
create trigger keep_rows before update or delete on credit_return for each row execute function refuse_change();

create index invoice_of_customer on invoice (customer_id, number desc);
create index invoice_of_job on invoice (job_id);
create index invoice_latest on invoice (issued_on desc, number desc, id desc);
create index invoice_line_of on invoice_line (invoice_id);
create index payment_of_invoice on payment (invoice_id);
create index payment_certificate_owed on payment (paid_on)
  where withheld > 0 and reversed_at is null and not certificate_received;
create index credit_note_of_invoice on credit_note (invoice_id);
create index receipt_of_customer on receipt (customer_id, issued_on desc, id desc);
create index document_of_customer on document (customer_id, issued_on desc, number desc);
create index activity_of_customer on activity (customer_id, at desc, id desc);
create index activity_latest on activity (at desc, id desc);
create index job_of_customer on job (customer_id);
create index job_line_of on job_line (job_id);
create index deposit_of_customer on deposit (customer_id);
create index deposit_move_of on deposit_move (deposit_id);
create index quote_of_customer on quote (customer_id);
create index quote_line_of on quote_line (quote_id);
create index stage_move_of on stage_move (job_id);
create index contact_of on contact (customer_id);
create index portal_link_of_customer on portal_link (customer_id);
"""


def money(**options: Any) -> Any:
    return fields.DecimalField(max_digits=14, decimal_places=2, **options)


def of_record() -> list[tuple[str, Any]]:
    return [
        ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
        ('version', fields.IntField(default=1)),
        ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
    ]


class Migration(migrations.Migration):
    dependencies = [('models', '0004_claims')]

    initial = False

    operations = [
        ops.CreateModel(
            name='CreditNote',
            fields=[
                *of_record(),
                ('number', fields.CharField(unique=True, max_length=40)),
                ('customer_id', fields.UUIDField(db_index=True)),
                (
                    'invoice',
                    fields.ForeignKeyField(
                        'models.Invoice',
                        source_field='invoice_id',
                        db_constraint=True,
                        to_field='id',
                        related_name='credit_notes',
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ('issued_on', fields.DateField()),
                ('original_number', fields.CharField(max_length=40)),
                ('original_on', fields.DateField()),
                ('original_value', money()),
                ('right_value', money()),
                ('difference', money()),
                ('vat', money()),
                ('amount', money()),
                ('lowered', money(default=ZERO)),
                ('credit', money(default=ZERO)),
                ('voids', fields.BooleanField(default=False)),
                ('reason', fields.TextField(unique=False)),
                ('key', fields.UUIDField(null=True, unique=True)),
                ('by_name', fields.CharField(max_length=200)),
            ],
            options={
                'table': 'credit_note',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': (
                    'Values in THB before VAT. `amount` is the difference with its VAT: what the invoice still asked for of it is'
                ),
            },
            bases=['Record'],
        ),
        ops.CreateModel(
            name='CreditReturn',
            fields=[
                *of_record(),
                ('customer_id', fields.UUIDField(db_index=True)),
                ('amount', money()),
                ('method', fields.CharEnumField(description=METHODS, enum_type=Method, max_length=14)),
                ('reference', fields.CharField(default='', max_length=200)),
                ('returned_on', fields.DateField()),
                ('reason', fields.TextField(default='', unique=False)),
                ('key', fields.UUIDField(unique=True)),
                ('by_name', fields.CharField(max_length=200)),
                ('at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                'table': 'credit_return',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': 'Credit that was paid back to the customer, in THB.',
            },
            bases=['Record'],
        ),
        ops.CreateModel(
            name='WithholdingCertificate',
            fields=[
                *of_record(),
                ('payment_id', fields.UUIDField(unique=True)),
                ('customer_id', fields.UUIDField(db_index=True)),
                ('number', fields.CharField(default='', max_length=60)),
                ('received_on', fields.DateField()),
                ('file_name', fields.CharField(default='', max_length=200)),
                ('media_type', fields.CharField(default='', max_length=60)),
                ('content', fields.BinaryField(null=True)),
                ('by_name', fields.CharField(max_length=200)),
            ],
            options={
                'table': 'withholding_certificate',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': 'One per payment; its file, if there is one, is only ever handed out to be saved, never shown in the house.',
            },
            bases=['Record'],
        ),
        ops.AddField(model_name='Invoice', name='credited', field=money(default=ZERO, db_default=ZERO)),
        ops.AddField(model_name='Invoice', name='prepaid', field=money(default=ZERO, db_default=ZERO)),
        ops.AddField(model_name='Invoice', name='voided_on', field=fields.DateField(null=True)),
        ops.AddField(model_name='Receipt', name='credit', field=money(default=ZERO, db_default=ZERO)),
        *(
            ops.AlterField(
                model_name=model,
                name='method',
                field=fields.CharEnumField(description=METHODS, enum_type=Method, max_length=14),
            )
            for model in ('Payment', 'DepositMove')
        ),
        ops.AlterModelOptions(name='Invoice', options={'table': 'invoice', 'app': 'models', 'pk_attr': 'id'}),
        ops.AlterModelOptions(
            name='Receipt',
            options={
                'table': 'receipt',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': '`amount` is the sum settled in THB; `withheld` the part of it that went to the Revenue Department, `credit` what',
            },
        ),
        ops.RunSQL('alter table invoice drop constraint invoice_settled_within_total;'),
        ops.RunSQL(ruling(checks=CHECKS, references=REFERENCES, live=LIVE_TABLES, further=FURTHER)),
    ]
