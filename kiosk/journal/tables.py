"""The journal's tables: one SQLite file a terminal."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

REVISIONS = ("0001", "0002", "0003", "0004", "0005")
"""Every migration in order; the last is the schema this code reads and writes."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """An aware instant. SQLite has no zones: the column is UTC by rule."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - the base class names it
    ) -> datetime | None:
        """Raises ValueError for a naive time: nobody could say which instant it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("the journal takes aware instants only")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002 - the base class names it
    ) -> datetime | None:
        """Always aware, always UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


payments = Table(
    "payments",
    metadata,
    Column("payment_id", String(36), primary_key=True),
    Column("reference", String(30), nullable=False, unique=True),
    Column("terminal", String(12), nullable=False),
    Column("gateway", String(40), nullable=False),
    Column("member_id", String(64), nullable=False),
    Column("member_name", Text, nullable=False),
    Column("member_document_masked", String(40), nullable=False),
    Column("holder_name", Text, nullable=False),
    Column("holder_document_masked", String(40), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("total_cents", BigInteger, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("state", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("review", String(20)),
    Column("gateway_id", String(64)),
    Column("redirect_url", Text),
    Column("cus", String(64)),
    Column("bank", Text),
    Column("cause", Text),
    Column("error", String(24)),
    Column("changed_at", Instant, nullable=False),
    Column("decided_at", Instant),
    Column("core_receipt", String(40)),
    Column("next_ask_at", Instant),
    Column("asks", Integer, nullable=False),
    Column("account", String(120)),
    Column("expires_at", Instant),
    Column("told", String(10)),
    Column("attempt", String(64)),
    Index(None, "state", "next_ask_at"),
    Index(None, "member_id", "created_at"),
    Index(None, "review"),
    Index(None, "cus"),
    Index(None, "created_at"),
    Index(None, "gateway_id"),
    Index(None, "member_document_masked"),
    Index(None, "holder_document_masked"),
)
"""The projection: where each payment stands now. The events say how it got there."""

payment_lines = Table(
    "payment_lines",
    metadata,
    Column("payment_id", ForeignKey(payments.c.payment_id), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("line_id", String(20), nullable=False),
    Column("obligation_id", String(64), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("choice", String(10), nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("payment_id", ForeignKey(payments.c.payment_id), nullable=False, index=True),
    Column("at", String(27), nullable=False),
    Column("event", String(24), nullable=False),
    Column("state_before", String(12)),
    Column("state_after", String(12), nullable=False),
    Column("facts", Text, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("key_id", String(16)),
    Column("mac", String(64)),
)
"""Append-only (triggers refuse the rest).

`at` (ISO, UTC, microseconds) and `facts` (canonical JSON) are texts, hashed as they stand. `mac` is a code
over the hash with the key named beside it: not hashed itself, so that anybody can check the chain, and
only whoever has the key can write an event that has a code.
"""

marks = Table(
    "marks",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("at", String(27), nullable=False),
    Column("mark", String(24), nullable=False),
    Column("facts", Text, nullable=False),
    Column("prev_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("key_id", String(16)),
    Column("mac", String(64)),
)
"""What happened to the journal itself, in a chain of its own: keyed, renewed, restored. Append-only.

Each names the head of the events at that moment.
"""

identity = Table(
    "identity",
    metadata,
    Column("journal_id", String(32), primary_key=True),
    Column("epoch", Integer, nullable=False),
)
"""One row: which journal this is, drawn when it was made, and how often a copy of it was put back."""

held_obligations = Table(
    "held_obligations",
    metadata,
    Column("obligation_id", String(64), primary_key=True),
    Column("payment_id", ForeignKey(payments.c.payment_id), nullable=False, index=True),
)
"""The primary key is the rule: one payment holds an obligation (`cooperative.standing.holds`)."""

second_debits = Table(
    "second_debits",
    metadata,
    Column("payment_id", ForeignKey(payments.c.payment_id), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("currency", String(3), nullable=False),
    Column("amount_cents", BigInteger, nullable=False),
    Column("cus", String(64)),
    Column("bank", Text),
    Column("decided_at", Instant),
    Column("noted_at", Instant, nullable=False),
    Column("returned_at", Instant),
    Column("evidence", Text),
)
"""Further full debits under a payment's reference, until they are returned."""

reference_days = Table(
    "reference_days",
    metadata,
    Column("terminal", String(12), primary_key=True),
    Column("day", String(6), primary_key=True),
    Column("last", Integer, nullable=False),
)
"""The last sequence number per terminal and Bogotá day (YYMMDD), of references that were numbered.

References are drawn since schema 0003: nothing is added here any more.
"""

pulse = Table(
    "pulse",
    metadata,
    Column("terminal", String(12), primary_key=True),
    Column("at", Instant, nullable=False),
)
"""The last write that only proved that the disk takes one."""
