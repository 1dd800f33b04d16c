"""Credit that is paid back has a number and a paper of its own."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.document import DocumentKind

KINDS = (
    'QUOTE: Quote\nSIGNED_QUOTE: Signed Quote\nDEPOSIT_REQUEST: Deposit Request\nINVOICE: Invoice\nRECEIPT: Receipt\n'
    'TAX_INVOICE: Tax Invoice\nDEPOSIT_RECEIPT: Deposit Receipt\nDEPOSIT_RETURN: Deposit Return Receipt\n'
    'MANIFEST: Delivery Manifest\nCREDIT_NOTE: Credit Note\nCREDIT_RETURN: Credit Return Receipt\nSTATEMENT: Statement'
)


class Migration(migrations.Migration):
    dependencies = [('models', '0010_deposits_taken_back')]

    initial = False

    operations = [
        ops.AddField(
            model_name='CreditReturn', name='number', field=fields.CharField(null=True, unique=True, max_length=40)
        ),
        ops.AlterModelOptions(
            name='DepositMove',
            options={
                'table': 'deposit_move',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': 'A line of the ledger. What was collected by mistake is marked as reversed, and counts no more.',
            },
        ),
        ops.AlterField(
            model_name='Document',
            name='kind',
            field=fields.CharEnumField(description=KINDS, enum_type=DocumentKind, max_length=24),
        ),
    ]
