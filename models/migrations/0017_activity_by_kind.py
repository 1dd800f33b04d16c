"""What is seldom done is found among all that happened without reading through it."""

from tortoise import migrations
from tortoise.migrations import operations as ops

from models.migrations._ruling import ruling


class Migration(migrations.Migration):
    dependencies = [('models', '0016_password_links')]

    initial = False

    operations = [ops.RunSQL(ruling(further='create index activity_by_kind on activity (what, at);'))]
