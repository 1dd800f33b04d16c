"""A session keeps from where it was opened, for the person whose it is, as long as the browser it was opened on."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops


class Migration(migrations.Migration):
    dependencies = [('models', '0014_papers_of_records')]

    initial = False

    operations = [
        ops.AddField(
            model_name='StaffSession', name='ip', field=fields.CharField(default='', db_default='', max_length=45)
        ),
    ]
