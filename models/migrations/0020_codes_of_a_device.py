"""Browsers that left nothing behind are forgotten without reading through all codes that ever were."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from models.migrations._ruling import ruling


class Migration(migrations.Migration):
    dependencies = [('models', '0019_papers_owed')]

    initial = False

    operations = [ops.RunSQL(ruling(further='create index access_code_device on access_code (device_id);'))]
