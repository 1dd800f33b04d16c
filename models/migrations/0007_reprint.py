"""Marked papers by their fingerprint, the picture of a signature, and evidence that nobody rewrites."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops
from uuid_utils.compat import uuid7

from models.base import now
from models.migrations._ruling import ruling

REFERENCES = {'reprint': {'document_id': 'document'}}

EVIDENCE_STAYS = """
create unique index reprint_by_sha256 on reprint (sha256);
create trigger keep_rows before update or delete on reprint for each row execute function refuse_change();
create function refuse_rewriting_signature() returns trigger language plpgsql as $$
begin
  if to_jsonb(old) - 'picture' is distinct from to_jsonb(new) - 'picture' or old.picture is not null then
    raise exception 'a signature is kept: update is refused' using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
create trigger keep_evidence before update on signature for each row execute function refuse_rewriting_signature();
"""


class Migration(migrations.Migration):
    dependencies = [('models', '0005_money'), ('models', '0006_seal')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Reprint',
            fields=[
                ('id', fields.UUIDField(primary_key=True, default=uuid7, unique=True, db_index=True)),
                ('version', fields.IntField(default=1)),
                ('created_at', fields.DatetimeField(default=now, auto_now=False, auto_now_add=False)),
                ('document_id', fields.UUIDField(db_index=True)),
                ('sha256', fields.BinaryField()),
            ],
            options={
                'table': 'reprint',
                'app': 'models',
                'pk_attr': 'id',
                'table_description': 'Append-only; so a marked paper that comes back to be verified is not taken for an altered one.',
            },
            bases=['Record'],
        ),
        ops.AddField(model_name='Signature', name='picture', field=fields.BinaryField(null=True)),
        ops.RunSQL(ruling(references=REFERENCES, further=EVIDENCE_STAYS)),
    ]
