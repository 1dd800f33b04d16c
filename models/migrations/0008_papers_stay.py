"""What a paper is about never changes once it is set, as what it says never does."""

from tortoise import migrations
from tortoise.migrations import operations as ops

KEPT = (
    'state',
    'content',
    'sha256',
    'kind',
    'number',
    'edition',
    'verification',
    'customer_id',
    'quote_id',
    'job_id',
    'invoice_id',
    'deposit_id',
    'receipt_id',
    'issued_on',
)

PAPERS_STAY = f"""
create or replace function refuse_changing_paper() returns trigger language plpgsql as $$
begin
  if old.state = 'Set' and ({', '.join(f'old.{name}' for name in KEPT)})
      is distinct from ({', '.join(f'new.{name}' for name in KEPT)})
    or old.frozen::text is distinct from new.frozen::text then
    raise exception 'paper % is kept: update is refused', old.number using errcode = 'insufficient_privilege';
  end if;
  return new;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [('models', '0007_reprint')]

    initial = False

    operations = [ops.RunSQL(PAPERS_STAY)]
