"""A deposit of a cancelled job is not asked for any more, also where the job was cancelled before this was kept."""

from tortoise import fields, migrations
from tortoise.migrations import operations as ops

WAIVE = """
update deposit set waived_at = now() from job
where job.id = deposit.job_id and job.stage = 'Cancelled' and deposit.status in ('Pending', 'Partially Held')
"""


class Migration(migrations.Migration):
    dependencies = [('models', '0008_papers_stay')]

    initial = False

    operations = [
        ops.AddField(model_name='Deposit', name='waived_at', field=fields.DatetimeField(null=True)),
        ops.RunSQL(WAIVE),
    ]
