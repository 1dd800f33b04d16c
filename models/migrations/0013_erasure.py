"""A customer's personal data can be deleted: what may go then, and what stays as it is."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

from models.migrations._ruling import ruling

NO_RECORD = 'coalesce(quote_id, invoice_id, deposit_id) is null'

CHECKS = {
    'customer': {'erased_is_archived': 'erased_at is null or archived_at is not null'},
    'portal_link': {
        'scope_names_its_record': f"(scope = 'customer' and {NO_RECORD})"
        " or (scope = 'quote' and quote_id is not null and coalesce(invoice_id, deposit_id) is null)"
        " or (scope = 'invoice' and invoice_id is not null and coalesce(quote_id, deposit_id) is null)"
        " or (scope = 'deposit' and deposit_id is not null and quote_id is not null and invoice_id is null)"
        # what it was made for was deleted: the link stays, revoked, for the sake of what happened
        f" or (scope = 'quote' and revoked_at is not null and {NO_RECORD})",
    },
}
REPLACED = 'alter table portal_link drop constraint portal_link_scope_names_its_record;'

# Of a customer whose data was deleted, and only then: papers of quotes that nobody signed, statements of an account on
# which nothing ever stood, and slips. Every other paper is refused, as before.
MAY_GO = """
create function was_erased(customer_wanted uuid) returns boolean language sql stable as $$
  select exists (select from customer where id = customer_wanted and erased_at is not null)
$$;
create function refuse_deleting_paper() returns trigger language plpgsql as $$
begin
  if was_erased(old.customer_id) and (
    (old.kind = 'Quote' and not exists (select from signature where quote_id = old.quote_id))
    or (old.kind = 'Statement'
      and not exists (select from invoice where customer_id = old.customer_id and number is not null)
      and not exists (select from receipt where customer_id = old.customer_id))
  ) then
    return old;
  end if;
  raise exception 'paper % is kept: delete is refused', old.number using errcode = 'insufficient_privilege';
end $$;
create function refuse_changing_slip() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and was_erased((select customer_id from claim where id = old.claim_id)) then
    return old;
  end if;
  raise exception 'slip is kept: % is refused', lower(tg_op) using errcode = 'insufficient_privilege';
end $$;
drop trigger keep_papers on document;
create trigger keep_papers before delete on document for each row execute function refuse_deleting_paper();
drop trigger keep_rows on slip;
create trigger keep_rows before update or delete on slip for each row execute function refuse_changing_slip();
create trigger stays_erased before update on customer
  for each row when (old.erased_at is not null) execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [('models', '0012_audit_seals')]

    initial = False

    operations = [
        ops.AddField(model_name='Customer', name='erased_at', field=fields.DatetimeField(null=True)),
        ops.RunSQL(REPLACED),
        ops.RunSQL(ruling(checks=CHECKS, further=MAY_GO)),
    ]
