"""What a clerk is writing on a quote, papers with a verification id that never change once set, and their logos."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.data import JSON_DUMPS
from tortoise.migrations import operations as ops
from uuid_utils.compat import uuid7

from models.base import now
from models.document import DocumentKind
from models.migrations._ruling import ruling

CHECKS = {'document': {'verification_whole': "verification ~ '^[0-9a-f]{32}$'"}}
REFERENCES = {
    'quote_revision': {'quote_id': 'quote', 'staff_id': 'staff'},
    'editing': {'quote_id': 'quote', 'staff_id': 'staff'},
}
LIVE_TABLES: dict[str, tuple[str, ...]] = {
    'editing': ('quote_id',),
    'quote_revision': ('quote_id',),
    'document': ('customer_id', 'quote_id'),
}
# Whoever looks at one quote is told of its papers, too.
DOCUMENT_ANEW = 'drop function announce_document() cascade;'

PAPERS_STAY = """
create function refuse_changing_paper() returns trigger language plpgsql as $$
begin
  if old.state = 'Set' and (old.state, old.content, old.sha256, old.kind, old.number, old.edition, old.verification)
      is distinct from (new.state, new.content, new.sha256, new.kind, new.number, new.edition, new.verification)
    or old.frozen::text is distinct from new.frozen::text then
    raise exception 'paper % is kept: update is refused', old.number using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger keep_rows before update on document for each row execute function refuse_changing_paper();
create trigger keep_papers before delete on document for each row execute function refuse_change();
create trigger keep_rows before update or delete on logo for each row execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [('models', '0002_rules')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Editing',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('quote_id', fields.UUIDField(db_index=True)),
                ('staff_id', fields.UUIDField()),
                ('name', fields.CharField(max_length=200)),
                ('program_id', fields.UUIDField(db_index=True)),
            ],
            options={
                'table': 'editing',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': 'A clerk who has the editor of a quote open now. Written when it opens, erased when it closes.',
            },
            bases=['Record'],
        ),
        ops.CreateModel(
            name='Logo',
            fields=[
                ('digest', fields.CharField(primary_key=True, unique=True, db_index=True, max_length=64)),
                ('content', fields.BinaryField()),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
            ],
            options={'table': 'logo', 'app': 'models', 'pk_attr': 'digest'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='QuoteRevision',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('quote_id', fields.UUIDField(unique=True)),
                ('content', fields.JSONField(default=dict, encoder=JSON_DUMPS, decoder=loads)),
                ('by_name', fields.CharField(default='', max_length=200)),
                ('staff_id', fields.UUIDField(null=True)),
                ('written_at', fields.DatetimeField(auto_now=False, auto_now_add=False)),
            ],
            options={
                'table': 'quote_revision',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': 'Of a draft: as typed, complete or not. Of a sent quote: what the customer sees only once it is published.',
            },
            bases=['Record'],
        ),
        ops.AlterField(
            model_name='Document',
            name='kind',
            field=fields.CharEnumField(
                description='QUOTE: Quote\nSIGNED_QUOTE: Signed Quote\nDEPOSIT_REQUEST: Deposit Request\nINVOICE: Invoice\nRECEIPT: Receipt\nTAX_INVOICE: Tax Invoice\nDEPOSIT_RECEIPT: Deposit Receipt\nDEPOSIT_RETURN: Deposit Return Receipt\nMANIFEST: Delivery Manifest\nCREDIT_NOTE: Credit Note\nSTATEMENT: Statement',
                enum_type=DocumentKind,
                max_length=24,
            ),
        ),
        ops.AddField(
            model_name='Document',
            name='set_at',
            field=fields.DatetimeField(null=True, auto_now=False, auto_now_add=False),
        ),
        ops.AddField(
            model_name='Document',
            name='verification',
            field=fields.CharField(null=True, unique=True, max_length=32),
        ),
        ops.RunSQL(DOCUMENT_ANEW),
        ops.RunSQL(ruling(checks=CHECKS, references=REFERENCES, live=LIVE_TABLES, further=PAPERS_STAY)),
        ops.AlterModelOptions(
            name='Program',
            options={
                'table': 'program',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': 'One running program; it says now and then that it is alive.',
            },
        ),
    ]
