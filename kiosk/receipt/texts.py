"""The words of a receipt, by language.

A new language is one file beside `texts_es.py` and one line in `languages.py`. The scheme's own
texts are not here: they stay Spanish in every language (`kiosk.cooperative.scheme_texts`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kiosk.cooperative.obligation import ObligationKind


@dataclass(frozen=True, slots=True)
class Texts:
    """All texts of one language; `{...}` are filled in by the document."""

    months: tuple[str, ...]
    kinds: Mapping[ObligationKind, str]

    demonstration: str
    copy: str
    reprinted: str

    title_paid: str
    title_pending: str
    title_unpaid: str
    title_review: str

    nit: str
    terminal: str
    place: str

    total_paid: str
    total_pending: str
    total_unpaid: str
    total: str

    section_lines: str
    section_transaction: str
    section_member: str
    section_support: str

    line_reference: str
    requested: str
    decided: str
    consulted: str
    bank: str
    cus: str
    reference: str
    ticket: str
    method: str
    currency: str
    vat: str
    description: str
    pays_one: str
    pays_many: str
    cause: str
    core_receipt: str
    cost: str
    ip_address: str
    member: str
    document: str
    holder: str
    holder_document: str
    phone: str
    email: str

    not_given: str
    not_yet: str

    note_gmf: str
    note_being_applied: str
    note_pending: str
    note_wait: str
    note_unpaid: str
    note_claim: str
    note_review: str
    note_support: str
    note_no_invoice_paid: str
    note_no_invoice_other: str

    qr_verify: str
    qr_keep: str
    qr_reference: str
