"""Has the cooperative tell members what ended otherwise than they heard at the terminal."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from uuid import UUID, uuid5

from kiosk.cooperative.payment import Payment, Review
from kiosk.journal.journal import Journal
from kiosk.member_core.connector import Connector, CoreError, Notice, NoticeKind, PostingRefused

log = logging.getLogger(__name__)

_KINDS = UUID("6f9d1c6e-6f0c-4a53-9b3a-0b1d9b6c2f41")
"""Names a notice by payment, kind and debit: the same one again is the same id, whoever sends it."""


_TRIES = 3
"""Calls without an answer, in one round."""


class Notices:
    """Tells the core, where it takes notices; a core that is away hears of them in a later round.

    Blocking. What was told is remembered while this process runs; told twice is told once to the core.
    """

    def __init__(self, journal: Journal, connector: Connector) -> None:
        self._journal, self._connector = journal, connector
        self._told: set[str] = set()

    def tell(self) -> None:
        """All that is open and not told yet. Raises what the journal raises."""
        due = [each for each in self._due() if each.notice_id not in self._told]
        if not due:
            return
        try:
            if not self._connector.status().takes_notices:
                return
        except CoreError as error:
            log.warning("notices: not told yet (%s)", type(error).__name__)
            return
        left = _TRIES
        for notice in due:  # one that always fails must not keep the others
            try:
                self._tell_core(notice)
            except CoreError as error:
                log.warning("payment %s: notice not told yet (%s)", notice.payment_id, type(error).__name__)
                left -= 1
                if not left:
                    return

    def _tell_core(self, notice: Notice) -> None:
        """One that the core refuses for good is set aside: it must not keep the others."""
        try:
            self._connector.tell_member(notice)
        except PostingRefused as error:
            said = "the core refuses its notice, staff must tell the member"
            log.error("payment %s: %s (%s)", notice.payment_id, said, error)
        self._told.add(notice.notice_id)

    def _due(self) -> Iterator[Notice]:
        flagged = {each.payment_id: each for each in self._journal.unresolved() if each.review}
        for payment in flagged.values():
            if payment.review is Review.LATE_APPROVAL:
                yield _notice(payment, NoticeKind.LATE_APPROVAL)
        for debit in self._journal.second_debits():
            payment = flagged.get(debit.payment_id) or self._journal.get(debit.payment_id)
            told = _notice(payment, NoticeKind.PAID_TWICE, debit.key)
            yield Notice(told.notice_id, told.member_id, told.payment_id, told.kind, debit.amount, debit.cus)


def _notice(payment: Payment, kind: NoticeKind, key: str = "") -> Notice:
    return Notice(
        str(uuid5(_KINDS, f"{payment.payment_id} {kind} {key}")),
        payment.payer.member_id,
        payment.payment_id,
        kind,
        payment.total,
        payment.cus,
    )
