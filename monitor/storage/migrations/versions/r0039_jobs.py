"""Jobs for workers, on PostgreSQL alone: the tables of Procrastinate, of the version that is installed, if any is."""

from alembic import op

from monitor.storage import jobs_schema

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    tx = op.get_bind()
    if tx.dialect.name == "postgresql" and jobs_schema.is_installed() and not jobs_schema.are_there(tx):
        jobs_schema.create(tx)
