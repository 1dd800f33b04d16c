"""Customers stand in the order of the reader's alphabet, however many there are."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from models.migrations._ruling import ruling

# As in a Thai dictionary: a vowel written before its consonant counts after it, and marks above letters do not count.
# The database itself may know no language, so that order cannot be asked of it.
THAI_ORDER = r"""
create function thai_order(written text) returns text language sql immutable strict parallel safe as $$
  select regexp_replace(translate(lower(written), '็่้๊๋์', ''), '([เแโใไ])([ก-ฮ])', '\2\1', 'g')
$$;
create index customer_by_name on customer (lower(name), id);
create index customer_by_name_th on customer (thai_order(coalesce(nullif(name_th, ''), name)), id);
"""


class Migration(migrations.Migration):
    dependencies = [('models', '0017_activity_by_kind')]

    initial = False

    operations = [ops.RunSQL(ruling(further=THAI_ORDER))]
