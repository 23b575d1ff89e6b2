"""A member's payments as a Qt model, those first whose end is not known."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from kiosk.cooperative.payment import Payment
from kiosk.cooperative.standing import Standing, standing
from kiosk.models.dates import long_time
from kiosk.models.standing_words import standing_words

Index = QModelIndex | QPersistentModelIndex


def described(payment: Payment) -> str:
    """One row in words, for whoever hears it by a screen reader or the kiosk's voice."""
    when = long_time(payment.created_at)
    return f"{standing_words(payment)}, {payment.total.shown()}, {when}, {payment.reference}"


class PaymentsModel(QAbstractListModel):
    """Rows are payments as the journal tells them."""

    PAYMENT = Qt.ItemDataRole.UserRole + 1

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Payment] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        payment = self._rows[index.row()]
        if role == self.PAYMENT:
            return payment
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return described(payment)
        return None

    def load(self, payments: Sequence[Payment]) -> None:
        """Show these, open and disputed ones first and the newest of each first."""
        self.beginResetModel()
        self._rows = sorted(payments, key=lambda p: p.created_at, reverse=True)
        self._rows.sort(key=lambda p: standing(p) not in (Standing.OPEN, Standing.DISPUTED))
        self.endResetModel()

    def payment(self, row: int) -> Payment:
        """The payment in a row."""
        return self._rows[row]

    @property
    def pending(self) -> list[Payment]:
        """Those whose truth is not known yet."""
        return [payment for payment in self._rows if standing(payment) is Standing.OPEN]
