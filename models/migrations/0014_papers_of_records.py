"""A page may follow the papers of the one record that it shows."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from models.migrations._ruling import ruling

AGAIN = 'drop function announce_document() cascade;'  # with its triggers
LIVE_TABLES = {'document': ('customer_id', 'quote_id', 'invoice_id', 'receipt_id')}


class Migration(migrations.Migration):
    dependencies = [('models', '0013_erasure')]

    initial = False

    operations = [ops.RunSQL(AGAIN), ops.RunSQL(ruling(live=LIVE_TABLES))]
