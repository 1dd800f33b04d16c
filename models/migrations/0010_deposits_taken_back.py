"""Collected deposits that are taken back, links to a deposit, credit notes on what was paid before an invoice."""

from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.migrations import operations as ops

from models.grant import Scope
from models.migrations._ruling import ruling
from models.portal_link import EndReason

CHECKS = {
    'credit_note': {
        'goes_somewhere': 'lowered + credit = case when voids or payment_id is not null then 0 else amount end',
        'lowers_one_paper': '(invoice_id is null) <> (payment_id is null)',
    },
    'portal_link': {
        'scope_names_its_record': "(scope = 'customer' and coalesce(quote_id, invoice_id, deposit_id) is null)"
        " or (scope = 'quote' and quote_id is not null and coalesce(invoice_id, deposit_id) is null)"
        " or (scope = 'invoice' and invoice_id is not null and coalesce(quote_id, deposit_id) is null)"
        " or (scope = 'deposit' and deposit_id is not null and quote_id is not null and invoice_id is null)",
    },
}
REFERENCES = {
    'credit_note': {'payment_id': 'payment'},
    'deposit_move': {'receipt_id': 'receipt'},
    'portal_link': {'deposit_id': 'deposit'},
}
REPLACED = """
alter table credit_note drop constraint credit_note_goes_somewhere;
alter table portal_link drop constraint portal_link_scope_names_its_record;
"""
# Each move made one receipt of its kind in its own change: the first the first, the second the second.
RECEIPTS_OF_MOVES = """
with move as (
  select id, deposit_id, case kind when 'Collected' then 'DEPR' else 'DEPRR' end as kind,
    row_number() over (partition by deposit_id, kind order by at, id) as place from deposit_move
), paper as (
  select id, deposit_id, kind, row_number() over (partition by deposit_id, kind order by id) as place
  from receipt where deposit_id is not null
)
update deposit_move set receipt_id = paper.id from move join paper using (deposit_id, kind, place)
where deposit_move.id = move.id;
"""


class Migration(migrations.Migration):
    dependencies = [('models', '0009_waived_deposits')]

    initial = False

    operations = [
        ops.AlterModelOptions(
            name='BankLine',
            options={
                'table': 'bank_line',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': 'One row; of its id comes the key of the payment that is made of it, unless a claim was there before.',
            },
        ),
        ops.AlterField(
            model_name='CreditNote',
            name='invoice',
            field=fields.ForeignKeyField(
                'models.Invoice',
                source_field='invoice_id',
                null=True,
                db_constraint=True,
                to_field='id',
                related_name='credit_notes',
                on_delete=OnDelete.RESTRICT,
            ),
        ),
        ops.AddField(model_name='CreditNote', name='payment_id', field=fields.UUIDField(null=True, db_index=True)),
        ops.AddField(model_name='DepositMove', name='receipt_id', field=fields.UUIDField(null=True)),
        ops.AddField(
            model_name='DepositMove',
            name='reversal_reason',
            field=fields.TextField(default='', db_default='', unique=False),
        ),
        ops.AddField(
            model_name='DepositMove',
            name='reversed_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AlterField(
            model_name='PortalLink',
            name='end_reason',
            field=fields.CharEnumField(
                null=True,
                description='ACCEPTED: accepted\nDECLINED: declined\nPAID: paid\nVOID: void\nHELD: held',
                enum_type=EndReason,
                max_length=8,
            ),
        ),
        ops.AlterField(
            model_name='PortalLink',
            name='scope',
            field=fields.CharEnumField(
                description='CUSTOMER: customer\nQUOTE: quote\nINVOICE: invoice\nDEPOSIT: deposit',
                enum_type=Scope,
                max_length=8,
            ),
        ),
        ops.AddField(model_name='PortalLink', name='deposit_id', field=fields.UUIDField(null=True, db_index=True)),
        ops.RunSQL(RECEIPTS_OF_MOVES),
        ops.RunSQL(REPLACED),
        ops.RunSQL(ruling(checks=CHECKS, references=REFERENCES)),
    ]
