"""A member's payments as a Qt model, live ones first."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from kiosk.cooperative.payment import Payment

Index = QModelIndex | QPersistentModelIndex


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
            return f"{payment.reference} {payment.total.shown()} {payment.state}"
        return None

    def load(self, payments: Sequence[Payment]) -> None:
        """Show these, live ones first and the newest of each first."""
        self.beginResetModel()
        self._rows = sorted(payments, key=lambda p: p.created_at, reverse=True)
        self._rows.sort(key=lambda p: not p.live)
        self.endResetModel()

    def payment(self, row: int) -> Payment:
        """The payment in a row."""
        return self._rows[row]

    @property
    def pending(self) -> list[Payment]:
        """Those whose truth is not known yet."""
        return [payment for payment in self._rows if payment.live and not payment.paid]
