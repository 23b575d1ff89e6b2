"""How staff look a payment up: by a whole word at once, by a part of one among the newest."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from kiosk.cooperative.member import Document, DocumentType
from kiosk.journal.tables import payments

SEARCHED = 20_000
"""Payments, the newest: among these a part of a word is found while somebody waits."""

_WORDS = ("reference", "payment_id", "gateway_id", "cus")
_DOCUMENTS = ("member_document_masked", "holder_document_masked")
_TEXTS = (*_WORDS, "member_name", "holder_name", *_DOCUMENTS)


def named(text: str) -> ColumnElement[bool]:
    """A whole reference, id, CUS or document; each of these columns has an index."""
    spelt = {text, text.upper(), text.lower()}
    documents = {text, *masks(text)}
    return or_(
        *(payments.c[name].in_(sorted(spelt)) for name in _WORDS),
        *(payments.c[name].in_(sorted(documents)) for name in _DOCUMENTS),
    )


def masks(number: str) -> set[str]:
    """How a document of this number stands in the journal: with its kind, or as the core masks it."""
    kinds = {Document(kind, number).masked() for kind in DocumentType}
    return kinds | {mask.partition(" ")[2] for mask in kinds}


def mentioned(text: str) -> ColumnElement[bool]:
    """A part of any of it, names too."""
    return or_(*(payments.c[name].icontains(text, autoescape=True) for name in _TEXTS))
