"""What the database itself refuses, and how it tells open pages of a change."""

from tortoise import migrations
from tortoise.migrations import operations as ops

STAGES = "'New', 'Picking', 'Loaded', 'Delivering', 'On Site', 'Returning', 'Closed', 'Cancelled'"
QUOTE_STATUSES = "'Draft', 'Sent', 'Accepted', 'Job Created', 'Declined', 'Expired'"
DEPOSIT_STATUSES = "'Pending', 'Partially Held', 'Held', 'Returned', 'Partially Returned', 'Forfeited'"

CHECKS = {
    'business': {'is_only_one': '"only" = 1', 'language_known': "language in ('en', 'th')"},
    'customer': {'language_known': "language in ('en', 'th')"},
    'staff': {'language_known': "language in ('en', 'th')"},
    'number_counter': {'positive': 'last_number > 0'},
    'quote': {
        'status_known': f'status in ({QUOTE_STATUSES})',
        'dates_in_order': 'job_end >= job_start and expires_on <= job_start',
        'amounts_not_negative': 'least(subtotal, discount, vat, grand_total, deposit, discount_value) >= 0',
        'adds_up': 'grand_total = subtotal - discount + vat and total_due = grand_total + deposit',
    },
    'quote_line': {'amounts_not_negative': 'quantity > 0 and duration > 0 and rate >= 0 and amount >= 0'},
    'job': {'stage_known': f'stage in ({STAGES})', 'dates_in_order': 'end_on >= start_on and end_on >= first_end_on'},
    'job_line': {'amounts_not_negative': 'quantity > 0 and duration > 0 and rate >= 0 and amount >= 0'},
    'stage_move': {'stage_known': f'to_stage in ({STAGES})'},
    'invoice': {
        'status_known': "status in ('Draft', 'Sent', 'Partial', 'Paid', 'Void')",
        'numbered_when_issued': "(status = 'Draft') = (number is null)",
        'amounts_not_negative': 'least(subtotal, discount, vat, total, received, withheld) >= 0',
        'adds_up': 'total = subtotal - discount + vat',
        'settled_within_total': 'received + withheld <= total',
    },
    'invoice_line': {
        'amounts_not_negative': "quantity > 0 and duration > 0 and ((rate >= 0 and amount >= 0) or kind = 'Pre-payment')"
    },
    'payment': {'amounts_sound': 'amount > 0 and withheld >= 0 and credit >= 0 and credit <= amount'},
    'receipt': {'amounts_not_negative': 'least(amount, withheld, vat, kept) >= 0'},
    'deposit': {
        'status_known': f'status in ({DEPOSIT_STATUSES})',
        'amounts_sound': 'amount > 0 and least(collected, returned, kept) >= 0',
        'never_more_than_asked': 'collected <= amount',
        'never_more_than_held': 'returned + kept <= collected',
    },
    'deposit_move': {'amounts_not_negative': 'amount >= 0'},
    'deposit_kept': {'amounts_sound': 'amount > 0 and vat >= 0'},
    'portal_link': {
        'scope_names_its_record': "(scope = 'customer' and quote_id is null and invoice_id is null)"
        " or (scope = 'quote' and quote_id is not null and invoice_id is null)"
        " or (scope = 'invoice' and invoice_id is not null and quote_id is null)",
        'revoked_has_no_secret': 'revoked_at is null or cipher is null',
    },
    'access_code': {'wrong_not_negative': 'wrong >= 0', 'over_has_no_secret': 'replaced_at is null or cipher is null'},
    'notice': {'kind_named': "what <> ''"},
    'outbox': {'state_known': "state in ('Queued', 'Sent', 'Failed')"},
    'document': {'set_has_its_bytes': "state = 'Ordered' or (content is not null and sha256 is not null)"},
}

# Columns that name a record of another table; Tortoise knows them as plain ids.
REFERENCES = {
    'job': {'quote_id': 'quote'},
    'signature': {'quote_id': 'quote', 'link_id': 'portal_link'},
    'deposit': {'quote_id': 'quote', 'job_id': 'job'},
    'payment': {'customer_id': 'customer', 'job_id': 'job', 'counted_on_id': 'invoice'},
    'receipt': {
        'customer_id': 'customer',
        'invoice_id': 'invoice',
        'job_id': 'job',
        'deposit_id': 'deposit',
        'payment_id': 'payment',
    },
    'document': {
        'customer_id': 'customer',
        'quote_id': 'quote',
        'job_id': 'job',
        'invoice_id': 'invoice',
        'deposit_id': 'deposit',
        'receipt_id': 'receipt',
    },
    'portal_link': {'quote_id': 'quote', 'invoice_id': 'invoice', 'staff_id': 'staff'},
    'quote': {'owner_id': 'staff'},
    'access_code': {'link_id': 'portal_link', 'device_id': 'device'},
    'device_right': {'link_id': 'portal_link', 'device_id': 'device'},
    'portal_visit': {'link_id': 'portal_link', 'device_id': 'device'},
    'visit_origin': {'visit_id': 'portal_visit'},
    'presence': {'link_id': 'portal_link', 'customer_id': 'customer'},
    'notice': {'staff_id': 'staff', 'customer_id': 'customer', 'quote_id': 'quote', 'invoice_id': 'invoice'},
    'invoice': {'owner_id': 'staff'},
}

APPEND_ONLY = ('activity', 'portal_visit')
NEVER_DELETED = ('number_counter', 'payment', 'receipt', 'signature', 'stage_move', 'deposit_move', 'portal_link')

REFUSALS = """
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is kept: % is refused', tg_table_name, lower(tg_op) using errcode = 'insufficient_privilege';
end $$;

create function refuse_deleting_issued() returns trigger language plpgsql as $$
begin
  if old.number is not null then
    raise exception 'invoice % was issued: delete is refused', old.number using errcode = 'insufficient_privilege';
  end if;
  return old;
end $$;

create function payments_match_invoice() returns trigger language plpgsql as $$
declare invoice_wanted uuid;
begin
  if tg_table_name = 'payment' then invoice_wanted := new.invoice_id; else invoice_wanted := new.id; end if;
  if exists (
    select 1 from invoice i left join payment p on p.invoice_id = i.id and p.reversed_at is null
    where i.id = invoice_wanted group by i.id
    having i.received <> coalesce(sum(p.amount - p.credit), 0) or i.withheld <> coalesce(sum(p.withheld), 0)
  ) then
    raise exception 'payments do not match what their invoice says was settled'
      using errcode = 'check_violation', constraint = 'payments_match_invoice';
  end if;
  return null;
end $$;
create constraint trigger payments_match_invoice after insert or update on payment
  deferrable initially deferred for each row execute function payments_match_invoice();
create constraint trigger payments_match_invoice after update of received, withheld on invoice
  deferrable initially deferred for each row execute function payments_match_invoice();

create trigger keep_issued before delete on invoice for each row execute function refuse_deleting_issued();
create unique index portal_link_digest on portal_link (digest);
create unique index staff_session_digest on staff_session (digest);
create unique index device_digest on device (digest);
create index outbox_due on outbox (next_try_at) where state = 'Queued';
create index notice_unread on notice (staff_id) where read_at is null;
create index quote_open on quote (expires_on) where status = 'Sent';
create index invoice_open on invoice (due_on) where status in ('Sent', 'Partial');
"""

LIVE_TABLES: dict[str, tuple[str, ...]] = {
    'activity': ('customer_id', 'quote_id', 'job_id', 'invoice_id', 'deposit_id'),
    'business': (),
    'contact': ('customer_id',),
    'customer': (),
    'deposit': ('customer_id', 'quote_id', 'job_id'),
    'deposit_kept': ('deposit_id',),
    'deposit_move': ('deposit_id',),
    'device_right': ('link_id',),
    'document': ('customer_id',),
    'invoice': ('customer_id', 'job_id'),
    'invoice_line': ('invoice_id',),
    'job': ('customer_id', 'quote_id'),
    'job_line': ('job_id',),
    'letter_text': (),
    'notice': ('staff_id',),
    'outbox': ('customer_id', 'quote_id', 'invoice_id'),
    'payment': ('customer_id', 'invoice_id', 'job_id'),
    'portal_link': ('customer_id', 'quote_id', 'invoice_id'),
    'presence': ('link_id', 'customer_id', 'quote_id', 'invoice_id'),
    'quote': ('customer_id',),
    'quote_line': ('quote_id',),
    'receipt': ('customer_id', 'invoice_id', 'deposit_id'),
    'signature': ('quote_id',),
    'staff': (),
    'staff_session': ('staff_id',),
    'stage_move': ('job_id',),
}


def announcement(table: str, columns: tuple[str, ...]) -> str:
    """A function of its own per table, so that wide rows (a paper's bytes) are never turned to JSON to read an id.

    A payload over 8,000 bytes would abort the change itself: many rows are announced as "anything in this table".
    """
    row = 'jsonb_build_object(' + ', '.join(f"'{column}', {column}" for column in ('id', *columns)) + ')'
    return f"""
create function announce_{table}() returns trigger language plpgsql as $$
declare rows jsonb; n int; payload text;
begin
  if tg_op = 'INSERT' then
    select count(*), jsonb_agg(j) into n, rows from (select {row} j from new_rows limit 61) s;
  elsif tg_op = 'DELETE' then
    select count(*), jsonb_agg(j) into n, rows from (select {row} j from old_rows limit 61) s;
  else
    -- a row that moved between customers is announced to both
    select count(*), jsonb_agg(j) into n, rows from
      (select {row} j from old_rows union select {row} j from new_rows limit 61) s;
  end if;
  if n = 0 then return null; end if;
  payload := jsonb_build_object('t', '{table}', 'o', left(tg_op, 1), 'r', rows)::text;
  if n > 60 or octet_length(payload) > 7900 then
    payload := jsonb_build_object('t', '{table}', 'o', '*')::text;
  end if;
  perform pg_notify('record_change', payload);
  return null;
end $$;
create trigger announce_insert after insert on "{table}" referencing new table as new_rows
  for each statement execute function announce_{table}();
create trigger announce_update after update on "{table}" referencing old table as old_rows new table as new_rows
  for each statement execute function announce_{table}();
create trigger announce_delete after delete on "{table}" referencing old table as old_rows
  for each statement execute function announce_{table}();
"""


def rules() -> str:
    parts = [REFUSALS]
    for table, checks in CHECKS.items():
        parts += [f'alter table {table} add constraint {table}_{name} check ({rule});' for name, rule in checks.items()]
    for table, columns in REFERENCES.items():
        for column, target in columns.items():
            name = f'{table}_{column}_is_{target}'
            parts.append(f'alter table {table} add constraint {name} foreign key ({column}) references {target} (id);')
    for table in APPEND_ONLY:
        parts.append(
            f'create trigger keep_rows before update or delete on {table} for each row execute function refuse_change();'
            f'create trigger keep_table before truncate on {table} for each statement execute function refuse_change();'
        )
    for table in NEVER_DELETED:
        parts.append(
            f'create trigger keep_rows before delete on {table} for each row execute function refuse_change();'
        )
    parts += [announcement(table, columns) for table, columns in LIVE_TABLES.items()]
    return '\n'.join(parts)


class Migration(migrations.Migration):
    dependencies = [('models', '0001_initial')]
    operations = [ops.RunSQL(rules())]
