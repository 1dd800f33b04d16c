"""What is still to be set is found without reading through all papers that ever were."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from models.migrations._ruling import ruling


class Migration(migrations.Migration):
    dependencies = [('models', '0018_customers_in_order')]

    initial = False

    operations = [ops.RunSQL(ruling(further="create index document_owed on document (id) where state = 'Ordered';"))]
