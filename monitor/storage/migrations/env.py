"""What Alembic runs: it migrates on the connection it is given, inside that connection's transaction."""

from alembic import context

from monitor.storage.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
