"""How staff look a payment up: by a whole word at once, by a part of one among the newest."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, and_, or_, select, union

from kiosk.cooperative.member import Document, DocumentType
from kiosk.journal.tables import payments

SEARCHED = 20_000
"""Payments, the newest: among these a part of a word is found while somebody waits."""

_EVER = datetime.min.replace(tzinfo=UTC)
_WORDS = ("reference", "payment_id", "gateway_id", "cus")
_LONGEST = 20
"""Characters of a document's number, as the core allows them."""
_DOCUMENTS = ("member_document_masked", "holder_document_masked")
_TEXTS = (*_WORDS, "member_name", "holder_name", *_DOCUMENTS)


def named(text: str) -> ColumnElement[bool]:
    """A whole reference, id, CUS or document; each of these columns has an index."""
    spelt = {text, text.upper(), text.lower()}
    documents = {text, *masks(text), *masks(re.sub(r"[\s.]", "", text))}
    return or_(
        *(payments.c[name].in_(sorted(spelt)) for name in _WORDS),
        *(payments.c[name].in_(sorted(documents)) for name in _DOCUMENTS),
    )


def in_part(connection: Connection, text: str) -> ColumnElement[bool]:
    """A part of any of it, names too, among the newest; of all payments a document's last four."""
    newest = select(payments.c.created_at).order_by(payments.c.created_at.desc())
    since = connection.execute(newest.offset(SEARCHED).limit(1)).scalar_one_or_none() or _EVER
    found = and_(payments.c.created_at >= since, _mentioned(text))
    if not re.fullmatch(r"[A-Za-z0-9]{4}", text):
        return found
    # A union: with both in one condition the database may read every payment.
    either = (select(payments.c.payment_id).where(part) for part in (found, _document_ends(text)))
    return payments.c.payment_id.in_(union(*either))


def masks(number: str) -> set[str]:
    """How a document of this number stands in the journal: with its kind, or as the core masks it."""
    kinds = {Document(kind, number).masked() for kind in DocumentType}
    return kinds | {mask.partition(" ")[2] for mask in kinds}


def _document_ends(four: str) -> ColumnElement[bool]:
    """Every mask that shows these four, so that the indexes find it."""
    every = set[str]().union(*(masks("0" * hidden + four) for hidden in range(_LONGEST - 3)))
    return or_(*(payments.c[name].in_(sorted(every)) for name in _DOCUMENTS))


def _mentioned(text: str) -> ColumnElement[bool]:
    return or_(*(payments.c[name].icontains(text, autoescape=True) for name in _TEXTS))
