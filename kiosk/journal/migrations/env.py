"""Alembic's entry: it works on the connection that the journal hands over, in its transaction."""

from alembic import context

from kiosk.journal.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
